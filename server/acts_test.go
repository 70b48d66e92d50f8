package main

import (
	"go/ast"
	"go/parser"
	"go/token"
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
	shown, folders := map[string]string{}, map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		at := max(0, strings.LastIndexByte(line, ' ')) // the word of a form is two
		word, test := line[:at], strings.TrimSpace(line[at:])
		if word == "" || shown[word] != "" {
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
		dir, name, _ := strings.Cut(test, ".")
		if folders[dir] == nil {
			folders[dir] = testDeclarations(t, "../"+dir)
		}
		if text := reached(folders[dir], name); text == "" {
			t.Errorf("%s: there is no %s", d.ID, test)
		} else if !mentions(text, d) {
			t.Errorf("%s: %s does not know the word", d.ID, test)
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

// reached is the text of a test, and of all that it uses of what its package's tests
// declare; "" where there is no such test.
func reached(declared map[string]string, name string) string {
	var text strings.Builder
	todo, seen := []string{name}, map[string]bool{name: true}
	for len(todo) > 0 {
		source := declared[todo[0]]
		todo = todo[1:]
		text.WriteString(source)
		for _, word := range identifier.FindAllString(source, -1) {
			if declared[word] != "" && !seen[word] {
				seen[word] = true
				todo = append(todo, word)
			}
		}
	}
	return strings.ReplaceAll(text.String(), `\n`, "\n") // of a text inside of it
}

var identifier = regexp.MustCompile(`\b[A-Za-z]\w*\b`)

// testDeclarations are the functions, constants and variables of the tests in a
// folder, each as it is written.
func testDeclarations(t *testing.T, dir string) map[string]string {
	files, err := filepath.Glob(dir + "/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		source := func(n ast.Node) string {
			return string(text[set.Position(n.Pos()).Offset:set.Position(n.End()).Offset])
		}
		for _, d := range parsed.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				declared[d.Name.Name] += source(d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok {
						declared[v.Names[0].Name] += source(v)
					}
				}
			}
		}
	}
	return declared
}

// mentions says whether a test knows the word: as it is written, as the field of
// the configuration that it fills, or as the name of the check it opens.
func mentions(text string, d model.Directive) bool {
	plain := strings.NewReplacer("_", "", "-", "").Replace
	words := []string{regexp.QuoteMeta(d.Word), "(?i:" + regexp.QuoteMeta(plain(d.Word)) + ")"}
	if d.Field != "" {
		words = append(words, d.Field)
	}
	return regexp.MustCompile(`\b(` + strings.Join(words, "|") + `)\b`).MatchString(text)
}
