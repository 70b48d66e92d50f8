package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/model"
	"holdfast/server/show"
)

const tutorial = "../engine/model/testdata/"

// holdfast runs one command line and gives what it printed and its exit code.
func holdfast(t *testing.T, lang string, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = execute(&env{Lang: lang, Out: &o, Err: &e, Version: "test"}, args)
	return o.String(), e.String(), code
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckNamesTheTutorialsOddities(t *testing.T) {
	for name, want := range map[string][]string{
		"tutorial-node1.conf": {":46:5: warning: nat_mask is out of use"},
		"tutorial-web.conf":   {":23:15: warning: This machine has no interface eno16777736", ":35:5: warning: notify_bakcup", "Did you mean notify_backup?"},
	} {
		out, _, code := holdfast(t, "en", "check", tutorial+name)
		if code != 0 {
			t.Errorf("%s: exit code %d", name, code)
		}
		for _, w := range want {
			if !strings.Contains(out, w) {
				t.Errorf("%s: no %q in\n%s", name, w, out)
			}
		}
	}
}

func TestCheckExitCodesTellErrorsFromWarnings(t *testing.T) {
	good, warned, bad := file(t, "! nothing\n"), file(t, "nonsense\n"), file(t, "vrrp_instance V {\n")
	for _, row := range []struct {
		args []string
		code int
	}{
		{[]string{"check", good}, 0},
		{[]string{"check", warned}, 0},
		{[]string{"check", "--strict", warned}, 1},
		{[]string{"check", bad}, 1},
		{[]string{"check", filepath.Join(t.TempDir(), "absent")}, 1},
		{[]string{"check"}, 2},
		{[]string{"check", "--colour", good}, 2},
	} {
		if _, _, code := holdfast(t, "en", row.args...); code != row.code {
			t.Errorf("%v: exit code %d, want %d", row.args, code, row.code)
		}
	}
}

func TestCheckReadsTheLinesOfTheNamedNode(t *testing.T) {
	path := file(t, "@other nonsense\n")
	if _, _, code := holdfast(t, "en", "check", "--strict", "--node", "this", path); code != 0 {
		t.Error("a line of another node was read")
	}
	if _, _, code := holdfast(t, "en", "check", "--strict", "--node", "other", path); code != 1 {
		t.Error("the node's own line was not read")
	}
}

func TestCheckPrintsJSON(t *testing.T) {
	out, _, code := holdfast(t, "zh-CN", "check", "--json", file(t, "global_defs {\n    router_idd x\n}\n"))
	var found []show.FoundJSON
	if err := json.Unmarshal([]byte(out), &found); err != nil || code != 0 || len(found) != 1 {
		t.Fatalf("%v, code %d:\n%s", err, code, out)
	}
	f := found[0]
	if f.Line != 2 || f.Column != 5 || f.EndColumn != 15 || f.Severity != "warning" || f.Code != "unknown-word" || f.Hint != "router_id" {
		t.Errorf("found %+v", f)
	}
	if !strings.Contains(f.Message, "不起作用") {
		t.Errorf("message is %q", f.Message)
	}
}

func TestFmtGivesTheSameBytes(t *testing.T) {
	for _, text := range []string{"", "a {\r\n \x00\n}\n}", "\ufeff@x b\n@y c # d", "no newline at the end {"} {
		if out, _, code := holdfast(t, "en", "fmt", file(t, text)); out != text || code != 0 {
			t.Errorf("%q came back as %q, code %d", text, out, code)
		}
	}
}

func TestCanonicalFormMeansTheSame(t *testing.T) {
	path := tutorial + "tutorial-node1.conf"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out, _, code := holdfast(t, "en", "fmt", "--canonical", path)
	if code != 0 {
		t.Fatalf("code %d", code)
	}
	a, _ := model.Parse("a", text, model.Facts{})
	b, _ := model.Parse("b", []byte(out), model.Facts{})
	if !model.Equal(a, b) || strings.Contains(out, "nat_mask") {
		t.Errorf("canonical form:\n%s", out)
	}
}

func TestEveryFindingHasASentenceInBothLanguages(t *testing.T) {
	for code := range findingCodes(t) {
		for _, lang := range assets.Langs {
			if s := assets.Text(lang, "finding."+code, nil); strings.HasPrefix(s, "[") {
				t.Errorf("%s has no sentence in %s", code, lang)
			}
		}
	}
}

// findingCodes reads the codes out of the source: every string that stands right
// behind a severity, and the keys of the map of the text's own problems.
func findingCodes(t *testing.T) map[string]bool {
	t.Helper()
	codes := map[string]bool{"unknown-word": true, "unknown-block": true, "misplaced-word": true, "belongs-outside": true, "more-findings": true}
	files, err := filepath.Glob("../engine/model/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source", err)
	}
	severity := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && (id.Name == "Note" || id.Name == "Warning" || id.Name == "Error")
	}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				codes[s] = true
			}
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if len(n.Args) > 1 && severity(n.Args[0]) {
					add(n.Args[1])
				}
			case *ast.KeyValueExpr:
				if severity(n.Value) {
					add(n.Key)
				}
			}
			return true
		})
	}
	if len(codes) < 50 {
		t.Fatalf("only %d codes found", len(codes))
	}
	return codes
}
