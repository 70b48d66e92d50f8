package arch

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/engine/code"
)

// A code that stands as a text is a code that no test holds against the words. One
// of a single word is a word of other meanings too, and is left out.
func TestCodesStandInOnePlace(t *testing.T) {
	codes := slices.DeleteFunc(slices.Concat(code.Blocks, code.Notices, code.Reasons, code.Incidents, code.Causes), func(c string) bool { return !strings.Contains(c, "-") })
	elsewhere := map[string]string{
		"engine/code":    "their place",
		"engine/probe":   "results of checks have codes of their own",
		"engine/model":   "findings have codes of their own",
		"engine/journal": "kinds of entries have names of their own",
	}
	for _, p := range house(t) {
		if name := p.room(); elsewhere[name] != "" || !within(name, "engine/...") {
			continue
		}
		eachNode(t, p, func(at token.Position, n ast.Node) {
			if text, ok := textOf(n); ok && slices.Contains(codes, text) {
				t.Errorf("%s: %q: use the constant of engine/code", at, text)
			}
		})
	}
}

// The keys of facts are checked against what sentences may ask for.
func TestKeysOfFactsStandInOnePlace(t *testing.T) {
	for _, p := range house(t) {
		name := p.room()
		if !within(name, "engine/...") && !within(name, "server/...") && !within(name, "web/...") {
			continue
		}
		eachNode(t, p, func(at token.Position, n ast.Node) {
			for _, key := range factKeys(n) {
				if text, ok := textOf(key); ok {
					t.Errorf("%s: %q: use the constant of engine/journal", at, text)
				}
			}
		})
	}
}

// factKeys are the keys in a map of facts, or the index into one.
func factKeys(n ast.Node) (keys []ast.Expr) {
	named := func(e ast.Expr) bool {
		switch x := e.(type) {
		case *ast.Ident:
			return x.Name == "facts" || x.Name == "Facts"
		case *ast.SelectorExpr:
			return x.Sel.Name == "Facts"
		}
		return false
	}
	inside := func(e ast.Expr) {
		if m, ok := e.(*ast.CompositeLit); ok {
			for _, el := range m.Elts {
				if kv, ok := el.(*ast.KeyValueExpr); ok {
					keys = append(keys, kv.Key)
				}
			}
		}
	}
	switch x := n.(type) {
	case *ast.KeyValueExpr:
		if named(x.Key) {
			inside(x.Value)
		}
	case *ast.AssignStmt:
		for i, left := range x.Lhs {
			if named(left) && i < len(x.Rhs) {
				inside(x.Rhs[i])
			}
		}
	case *ast.IndexExpr:
		if named(x.X) {
			keys = append(keys, x.Index)
		}
	}
	return keys
}

// textOf is a literal text.
func textOf(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
