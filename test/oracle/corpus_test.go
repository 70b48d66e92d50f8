package oracle

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// node is the name under which every text is read, here and by keepalived.
const node = "node1"

// long says whether the whole corpus goes through every test.
func long() bool { return os.Getenv("HOLDFAST_LONG") != "" }

// own are the texts of the project.
func own(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.conf")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d texts of our own, %v", len(files), err)
	}
	return files
}

// all are our own texts and those of the corpus, where there is one.
func all(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("HOLDFAST_CORPUS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.conf"))
	if err != nil || len(files) == 0 && os.Getenv("HOLDFAST_CORPUS") != "" {
		t.Fatalf("no texts in %s: %v", dir, err)
	}
	return slices.Concat(own(t), files)
}

// eachText runs a test for every file.
func eachText(t *testing.T, files []string, test func(t *testing.T, name string, text []byte)) {
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			test(t, filepath.Base(file), text)
		})
	}
}

// noFiles is a host on which no include finds anything.
func noFiles(string, string) ([]conf.Source, error) { return nil, nil }

// read gives a text its meaning on a host that has the interfaces it names, in the
// folder where keepalived finds it.
func read(name string, text []byte) (model.Config, []model.Finding) {
	return model.Parse("/tmp/"+name, text, model.Facts{Known: true, Bash: true, Node: node, Interfaces: interfaces(text),
		Files: noFiles, Program: program, User: account})
}

func program(word string) model.Program {
	_, err := exec.LookPath(word)
	return model.Program{Found: err == nil}
}

func account(name string) bool {
	_, err := user.Lookup(name)
	return err == nil
}

// interfaces are all that a text names.
func interfaces(text []byte) []string {
	names := []string{"lo"}
	_, findings := model.Parse("x", text, model.Facts{Known: true, Node: node, Interfaces: names, Files: noFiles})
	for _, f := range findings {
		if f.Code == "missing-interface" {
			names = append(names, f.Args["Name"])
		}
	}
	return names
}
