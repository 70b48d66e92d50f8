package facts_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"holdfast/engine/facts"
)

// folder writes files into a directory of its own and gives its path.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if strings.HasSuffix(name, ".sh") {
			mode = 0o755
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAProgramThatOthersMayWriteIsKnown(t *testing.T) {
	dir := folder(t, map[string]string{"down.sh": "#!/bin/sh\n"})
	path := filepath.Join(dir, "down.sh")
	for mode, want := range map[os.FileMode]string{0o777: path, 0o755: ""} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		got := facts.Local("").Program(path)
		if !got.Found || got.Writable != want {
			t.Errorf("mode %o: %+v", mode, got)
		}
	}
	if got := facts.Local("").Program(filepath.Join(dir, "absent")); got.Found {
		t.Errorf("an absent program: %+v", got)
	}
}

func TestAProgramThatTheConsoleMayNotRunIsNotCalledMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "check.sh")
	look := facts.Console("").Program
	if look(path).Found {
		t.Error("found where there is none")
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !look(path).Found {
		t.Error("called missing")
	}
}

func TestAnIncludeReadsPlainFilesInTheOrderOfThePattern(t *testing.T) {
	dir := folder(t, map[string]string{"keepalived.conf": "", "d/a.conf": "a", "d/b.conf": "b", "d/.c.conf": "c", "d/e.sh": "e", "d/f.conf/g": "g"})
	sources, err := facts.Files()("d/{b,a,e,.c,f}*", filepath.Join(dir, "keepalived.conf"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range sources {
		names = append(names, filepath.Base(s.Name)+"="+string(s.Text))
	}
	if want := []string{"b.conf=b", "a.conf=a", ".c.conf=c"}; !slices.Equal(names, want) {
		t.Errorf("read %q, want %q", names, want)
	}
}

func TestAFileThatIsNotReadHasACode(t *testing.T) {
	dir := folder(t, map[string]string{"keepalived.conf": "! good\n", "program": "\x7fELF\x02\x01\x01\x00", "wide": "\xff\xfev\x00r\x00"})
	for name, want := range map[string]facts.RefusedError{
		"keepalived.cnf":  {Code: "absent-like", Like: filepath.Join(dir, "keepalived.conf")},
		"nothing-like-it": {Code: "absent"},
		".":               {Code: "directory"},
		"program":         {Code: "binary"},
		"wide":            {Code: "utf16"},
	} {
		_, err := facts.ReadText(filepath.Join(dir, name))
		var got *facts.RefusedError
		if !errors.As(err, &got) || got.Code != want.Code || got.Like != want.Like && want.Like != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if text, err := facts.ReadText(filepath.Join(dir, "keepalived.conf")); err != nil || string(text) != "! good\n" {
		t.Errorf("%q, %v", text, err)
	}
}
