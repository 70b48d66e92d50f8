package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// owners are the files of the roles that own a part of the state, and the files
// whose functions, types and values they do not name. Such a file is given what it
// needs and tells what happens later by a message: it can be read, tested and
// replaced alone.
var owners = []struct {
	room, file string
	not        []string
}{
	{"engine/vrrprole", "sockets.go", []string{"loop.go", "effects.go"}},
	{"engine/vrrprole", "links.go", []string{"loop.go", "tracking.go", "sockets.go"}},
	{"engine/vrrprole", "scripts.go", []string{"loop.go", "resume.go"}},
	{"engine/vrrprole", "notify.go", []string{"loop.go"}},
	{"engine/vrrprole", "router.go", []string{"loop.go", "links.go", "sockets.go", "writer.go"}},
	{"engine/vrrprole", "writer.go", []string{"loop.go", "links.go", "status.go"}},
	{"engine/vrrprole", "readback.go", []string{"loop.go", "links.go", "status.go"}},
	{"engine/vrrprole", "manifest.go", []string{"loop.go", "writer.go", "status.go"}},
	{"engine/vrrprole", "record.go", []string{"loop.go", "resume.go"}},
	{"engine/vrrprole", "holdings.go", []string{"loop.go", "writer.go", "readback.go"}},
}

func TestOwnersNameNeitherTheLoopNorEachOther(t *testing.T) {
	rooms := map[string]built{}
	for _, p := range house(t) {
		rooms[p.room()] = p
	}
	for _, o := range owners {
		p, known := rooms[o.room]
		if !known || !slices.Contains(p.GoFiles, o.file) {
			t.Errorf("%s/%s is not there", o.room, o.file)
			continue
		}
		used := identifiers(t, filepath.Join(p.Dir, o.file))
		for _, other := range o.not {
			for _, name := range declared(t, filepath.Join(p.Dir, other)) {
				if at, is := used[name]; is {
					t.Errorf("%s names %s, which is in %s", at, name, other)
				}
			}
		}
	}
}

// declared are the functions, types, constants and variables of a file, methods
// left out: whoever calls one has a value of its type.
func declared(t *testing.T, path string) (names []string) {
	t.Helper()
	f, _ := parsed(t, path)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// identifiers are the names that a file may have from its package: not what comes
// after a dot, nor the names of fields.
func identifiers(t *testing.T, path string) map[string]token.Position {
	t.Helper()
	f, files := parsed(t, path)
	used := map[string]token.Position{}
	other := map[*ast.Ident]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			other[n.Sel] = true
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				other[key] = true
			}
		case *ast.FuncDecl:
			other[n.Name] = true
		case *ast.Field:
			for _, name := range n.Names {
				other[name] = true
			}
		case *ast.Ident:
			if !other[n] {
				used[n.Name] = files.Position(n.Pos())
			}
		}
		return true
	})
	return used
}

func parsed(t *testing.T, path string) (*ast.File, *token.FileSet) {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return f, files
}
