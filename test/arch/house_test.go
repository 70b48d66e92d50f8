package arch

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "holdfast"

// built is a package as the go command describes it.
type built struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
}

// room is the package's path under the module.
func (p built) room() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

// ours are the imports of the module's own packages, by room.
func (p built) ours() []string {
	var rooms []string
	for _, i := range p.Imports {
		if room, ok := strings.CutPrefix(i, module+"/"); ok {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

// outside are the imports that are neither ours nor Go's own.
func (p built) outside() []string {
	return slices.DeleteFunc(slices.Clone(p.Imports), func(i string) bool {
		first, _, _ := strings.Cut(i, "/")
		return first == module || !strings.Contains(first, ".")
	})
}

var list = sync.OnceValues(func() ([]built, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports", "./...")
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var packages []built
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p built
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages = append(packages, p)
	}
})

// house is every package of the module.
func house(t *testing.T) []built {
	t.Helper()
	packages, err := list()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	if len(packages) < 10 {
		t.Fatalf("go list names only %d packages", len(packages))
	}
	return packages
}

// go run ends with 1 when Ctrl-C reaches it, whatever the program made of it.
func TestWhatCtrlCEndsIsNotRunByGoRun(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{"run", "demo"} {
		_, recipe, found := strings.Cut(string(text), "\n"+target+": build\n")
		recipe, _, _ = strings.Cut(recipe, "\n\n")
		if !found || strings.Contains(recipe, "$(GO) run") {
			t.Errorf("make %s:\n%s", target, recipe)
		}
	}
}
