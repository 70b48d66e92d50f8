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

// tags are those of every build: what they leave out is looked at by no test here.
const tags = "nomsgpack sqlite_omit_load_extension osusergo netgo"

// built is a package as the go command describes it.
type built struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string

	TestImports, XTestImports []string // of the package's tests
	IgnoredGoFiles            []string // what the tags of a build leave out
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

// notOurs are the imports that are not ours.
func (p built) notOurs() []string {
	return slices.DeleteFunc(slices.Clone(p.Imports), func(i string) bool { return i == module || strings.HasPrefix(i, module+"/") })
}

// gosOwn says whether a package is one of Go's own.
func gosOwn(i string) bool {
	first, _, _ := strings.Cut(i, "/")
	return !strings.Contains(first, ".")
}

var list = sync.OnceValues(func() ([]built, error) {
	cmd := exec.Command("go", "list", "-tags", tags, "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports,TestImports,XTestImports,IgnoredGoFiles", "./...")
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
