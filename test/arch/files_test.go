package arch

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// longest is where a file holds more than one thing.
const longest = 500

func TestFilesStayReadable(t *testing.T) {
	eachGoFile(t, func(path string, text []byte) {
		if lines := bytes.Count(text, []byte("\n")); lines > longest {
			t.Errorf("%s has %d lines, more than %d", path, lines, longest)
		}
	})
}

// A prefix of file names that tells the roles apart is a package that is missing.
func TestNoFileOfTheEngineIsNamedForARole(t *testing.T) {
	eachGoFile(t, func(path string, text []byte) {
		name := filepath.Base(path)
		if strings.Contains(filepath.ToSlash(path), "/engine/") && (strings.HasPrefix(name, "vrrp_") || strings.HasPrefix(name, "lvs_")) {
			t.Errorf("%s: what a role does is in the role's package", path)
		}
	})
}

// commandLines is how many lines package main may have: it parses, calls and prints.
// What decides something belongs below engine, where the console can ask it, too.
const commandLines = 3000

func TestCommandsStayThin(t *testing.T) {
	lines := 0
	for _, p := range house(t) {
		if p.room() != "server" {
			continue
		}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(text, []byte("\n"))
		}
	}
	if lines == 0 || lines > commandLines {
		t.Errorf("the commands have %d lines, and may have %d", lines, commandLines)
	}
}

// A reader looks for the comment of a package in one place.
func TestPackagesSayWhatTheyPromise(t *testing.T) {
	for _, p := range house(t) {
		if len(p.GoFiles) == 0 {
			continue
		}
		for _, name := range append(p.GoFiles, p.CgoFiles...) {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			before, _, ok := bytes.Cut(append([]byte("\n"), text...), []byte("\npackage "))
			if told := ok && bytes.Contains(before, []byte("// ")); told && name != "doc.go" {
				t.Errorf("%s/%s has the package comment, which belongs in doc.go", p.room(), name)
			}
		}
		if text, err := os.ReadFile(filepath.Join(p.Dir, "doc.go")); err != nil || !bytes.HasPrefix(text, []byte("// ")) {
			t.Errorf("%s has no package comment in doc.go", p.room())
		}
	}
}

// A file that the build leaves out is one that no test here sees.
func TestTheBuildLeavesNoFileOut(t *testing.T) {
	for _, p := range house(t) {
		for _, name := range p.IgnoredGoFiles {
			t.Errorf("%s/%s is in no build", p.room(), name)
		}
	}
}

func TestNothingIsLeftForLater(t *testing.T) {
	eachGoFile(t, func(path string, text []byte) {
		for _, word := range []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:"} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s says %s", path, word)
			}
		}
	})
}

// eachGoFile visits every Go file of the checkout that is ours.
func eachGoFile(t *testing.T, visit func(path string, text []byte)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(path, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
