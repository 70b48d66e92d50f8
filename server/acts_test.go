package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"holdfast/engine/model"
)

// engine/testdata/acts.txt names, for each word that is called acted on, the test
// that shows its effect: BLOCK.WORD DIRECTORY.TEST, where "check" stands for the
// blocks of all checks. A word without a line is not acted on.
const actsFile = "../engine/testdata/acts.txt"

func TestEveryWordActedOnHasATestThatShowsIt(t *testing.T) {
	text, err := os.ReadFile(actsFile)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for line := range strings.Lines(string(text)) {
		word, test, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || shown[word] != "" {
			t.Errorf("not a line, or the second of its word: %q", line)
		}
		shown[word] = test
	}
	for _, d := range model.Directives() {
		if d.Support != model.Acted {
			continue
		}
		test, ok := shown[d.ID]
		if !ok {
			t.Errorf("no test shows what %s does", d.ID)
			continue
		}
		if file := testFile(t, test); file == "" {
			t.Errorf("%s: there is no %s", d.ID, test)
		} else if !mentions(file, d) {
			t.Errorf("%s: the file of %s does not know the word", d.ID, test)
		}
	}
	acted := map[string]bool{}
	for _, d := range model.Directives() {
		acted[d.ID] = acted[d.ID] || d.Support == model.Acted
	}
	for word := range shown {
		if !acted[word] {
			t.Errorf("%s is not a word that is acted on", word)
		}
	}
}

// testFile is the text of the file that has a test.
func testFile(t *testing.T, test string) string {
	dir, name, _ := strings.Cut(test, ".")
	files, err := filepath.Glob("../" + dir + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name+"(") {
			return string(text)
		}
	}
	return ""
}

// mentions says whether a test knows the word: as it is written, as the field of
// the configuration that it fills, or as the name of the check it opens.
func mentions(file string, d model.Directive) bool {
	plain := strings.NewReplacer("_", "", "-", "").Replace
	words := []string{regexp.QuoteMeta(d.Word), "(?i:" + regexp.QuoteMeta(plain(d.Word)) + ")"}
	if d.Field != "" {
		words = append(words, d.Field)
	}
	return regexp.MustCompile(`\b(` + strings.Join(words, "|") + `)\b`).MatchString(file)
}
