package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pure packages decide in values: the same input gives the same output, in a
// test, in the simulation and on the wire.
var pure = []string{"engine/conf", "engine/pattern", "engine/model", "engine/plan", "engine/vrrp", "engine/lvs", "engine/schedule", "engine/convert", "engine/explain", "engine/dump"}

// impure are the imports that would let the world in.
var impure = map[string]string{
	"os":            "a decision reads no file and no environment",
	"os/exec":       "a decision runs no program",
	"net":           "a decision opens no connection; net/netip has the values",
	"net/http":      "a decision opens no connection",
	"log":           "what a decision has to say is in its result",
	"log/slog":      "what a decision has to say is in its result",
	"math/rand":     "a decision does not throw dice",
	"math/rand/v2":  "a decision does not throw dice",
	"database/sql":  "a decision reads no database",
	"golang.org/x/": "a decision asks the kernel nothing",
}

func TestDecisionsImportNothingOfTheWorld(t *testing.T) {
	for _, p := range house(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		for _, i := range p.Imports {
			for name, reason := range impure {
				if i == name || strings.HasSuffix(name, "/") && strings.HasPrefix(i, name) {
					t.Errorf("%s imports %s: %s", p.room(), i, reason)
				}
			}
		}
	}
}

// clock are the functions of package time that look at the world's clock.
var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick"}

func TestDecisionsHaveNoClockAndNoGoroutine(t *testing.T) {
	for _, p := range house(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		eachNode(t, p, func(at token.Position, n ast.Node) {
			if _, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s: a go statement in a pure package: nothing waits for its end", at)
			}
			if name, ok := timeCall(n); ok && slices.Contains(clock, name) {
				t.Errorf("%s: time.%s in a pure package: now is an argument", at, name)
			}
		})
	}
}

func TestNothingSleepsOutsideTests(t *testing.T) {
	for _, p := range house(t) {
		if strings.HasPrefix(p.room(), "test/") {
			continue
		}
		eachNode(t, p, func(at token.Position, n ast.Node) {
			if name, ok := timeCall(n); ok && name == "Sleep" {
				t.Errorf("%s: time.Sleep: wait for what you wait for", at)
			}
		})
	}
}

// timeCall is the name in an expression time.NAME.
func timeCall(n ast.Node) (string, bool) {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	return s.Sel.Name, ok && x.Name == "time"
}

// eachNode walks the syntax of a package's files, tests left out.
func eachNode(t *testing.T, p built, visit func(token.Position, ast.Node)) {
	t.Helper()
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		files := token.NewFileSet()
		f, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil {
				visit(files.Position(n.Pos()), n)
			}
			return true
		})
	}
}
