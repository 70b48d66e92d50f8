package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var startsGoroutine = regexp.MustCompile(`(?m)^[^/"\x60]*(\bgo (func|[a-zA-Z.]+\()|\.Go\()`)

func TestCalmPackagesStartNoGoroutine(t *testing.T) {
	for _, folder := range calm {
		files, err := filepath.Glob("../../" + folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(folder, "has no file", err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if at := startsGoroutine.Find(text); at != nil && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s starts a goroutine: %s", file, at)
			}
		}
	}
	for _, text := range []string{"\tgo func() {", "\tgo run(x)", "\twg.Go(func() {", "if x { go l.run() }"} {
		if !startsGoroutine.MatchString(text) {
			t.Errorf("%q is not seen", text)
		}
	}
}

func TestAStageIsNamedByItsFirstPartToo(t *testing.T) {
	s := stage{name: "scenario/partners"}
	if !s.named([]string{"unit", "scenario"}) || !s.named([]string{"scenario/partners"}) || s.named([]string{"scen"}) {
		t.Error("names")
	}
}

// Each test for a guest runs in one stage, whatever it is called.
func TestEveryGuestTestIsInExactlyOneStage(t *testing.T) {
	t.Chdir("../..")
	stages, err := plan(shortRounds)
	if err != nil {
		t.Fatal(err)
	}
	folders, err := guestFolders()
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (TestGuest\w*)`).FindAllSubmatch(text, -1) {
				n := 0
				for _, s := range stages {
					if s.guest && slices.Equal(s.argv, []string{folder}) && regexp.MustCompile(s.chosen).Match(m[1]) {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s runs in %d stages", m[1], n)
				}
			}
		}
	}
}

// Each package with tests runs in one stage: none but apart is left out, and none runs twice.
func TestEveryPackageIsTestedInExactlyOneStage(t *testing.T) {
	t.Chdir("../..")
	stages, err := plan(shortRounds)
	if err != nil {
		t.Fatal(err)
	}
	runs := map[string]int{}
	for _, s := range stages {
		for _, word := range s.argv {
			if name := strings.TrimPrefix(strings.TrimPrefix(word, "holdfast/"), "./"); s.tests && !s.guest && name != word && s.name != "unit/size" {
				runs[name]++
			}
		}
	}
	files, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*_test.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range strings.Fields(string(files)) {
		text, err := os.ReadFile(file)
		if err != nil || !regexp.MustCompile(`(?m)^func (Test[^GM]|TestG[^u])`).Match(text) {
			continue // a file that was just removed, or one for the guest alone
		}
		dir := filepath.Dir(file)
		want := 1
		if dir == "test/"+apart {
			want = 0
		}
		if runs[dir] != want {
			t.Errorf("%s runs in %d stages", dir, runs[dir])
		}
		if bytes.Contains(text, []byte("\nfunc TestSize")) && !slices.Contains(sized, dir) {
			t.Errorf("the sizes of %s are not tested", dir)
		}
	}
}
