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
var pure = []string{"engine/conf", "engine/model", "engine/plan", "engine/vrrp", "engine/register", "engine/incident", "engine/forecast", "engine/why", "engine/bfd", "engine/lvs", "engine/schedule", "engine/convert", "engine/objects", "engine/cards", "engine/explain", "engine/dump", "engine/kit", "engine/verify"}

// values are those of Go's own packages that a decision may import: they know nothing
// of the machine, its files, its clock and its dice. Of time that is the clock's test.
var values = strings.Fields(`bytes cmp crypto/hmac crypto/md5 crypto/sha256 encoding/binary encoding/hex encoding/json errors fmt hash/fnv iter maps
	math math/bits net/netip path reflect regexp slices sort strconv strings sync time unicode unicode/utf8`)

func TestDecisionsImportNothingOfTheWorld(t *testing.T) {
	for _, p := range house(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		for _, i := range p.notOurs() {
			if !slices.Contains(values, i) {
				t.Errorf("%s imports %s: a decision is made of values", p.room(), i)
			}
		}
	}
}

// A clock under another name is one that the next test does not see.
func TestDecisionsCallPackagesByTheirNames(t *testing.T) {
	for _, p := range house(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		eachNode(t, p, func(at token.Position, n ast.Node) {
			if i, ok := n.(*ast.ImportSpec); ok && i.Name != nil {
				t.Errorf("%s: %s is imported as %s", at, i.Path.Value, i.Name.Name)
			}
		})
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
