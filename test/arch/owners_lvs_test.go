package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// lvsOwners says which files of the lvs role name nothing that others declare: an
// owner has fields of its own, takes what it needs as arguments and answers with
// values.
var lvsOwners = []struct {
	file    string
	strange []string
	reason  string
}{
	{"jobs.go", []string{"loop.go", "virtual.go", "declare.go", "apply.go", "settled.go", "status.go"}, "jobs are named by key, and the loop fills them in"},
	{"record.go", []string{"loop.go", "virtual.go", "declare.go", "resume.go", "writer.go"}, "a record is values in a file"},
	{"suspend.go", []string{"loop.go", "virtual.go", "declare.go", "checks.go", "probing.go"}, "addresses come as messages"},
	{"pool.go", []string{"loop.go", "virtual.go", "checks.go", "probing.go"}, "a pool counts, whatever is in flight"},
	{"checks.go", []string{"loop.go", "pool.go", "probing.go", "jobs.go", "writer.go"}, "checks are due, whoever runs them"},
	{"transitions.go", []string{"loop.go", "effects.go", "jobs.go", "writer.go"}, "what is told does not know who tells it"},
	{"problems.go", []string{"loop.go", "virtual.go", "jobs.go", "writer.go", "table.go"}, "a problem is told by name and code"},
	{"counters.go", []string{"loop.go", "virtual.go", "status.go", "jobs.go", "writer.go"}, "counters are values with an age"},
	{"manifest.go", []string{"loop.go", "virtual.go", "writer.go", "table.go", "jobs.go", "reconcile.go"}, "the manifest knows services only"},
	{"table.go", []string{"loop.go", "virtual.go", "writer.go", "manifest.go", "jobs.go", "reconcile.go"}, "the table is compared and written, whatever for"},
	{"services.go", []string{"loop.go", "virtual.go", "writer.go", "table.go", "reconcile.go"}, "a part of a table"},
	{"writer.go", []string{"loop.go", "virtual.go", "checks.go", "jobs.go", "settled.go"}, "the writer is given jobs and answers"},
	{"reconcile.go", []string{"loop.go", "virtual.go", "checks.go", "jobs.go", "settled.go"}, "the writer is given jobs and answers"},
}

func TestOwnersOfTheLVSRoleNameNoStrangers(t *testing.T) {
	dir := filepath.Join("..", "..", "engine", "lvsrole")
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = f
	}
	if jobs, writer := files["jobs.go"], files["writer.go"]; jobs == nil || writer == nil ||
		!slices.Contains(namesIn(jobs), "tableJob") || !slices.Contains(declaredIn(writer), "tableJob") {
		t.Fatal("jobs.go is not seen to name a job of writer.go")
	}
	for _, row := range lvsOwners {
		if files[row.file] == nil {
			t.Errorf("there is no %s", row.file)
			continue
		}
		used := namesIn(files[row.file])
		for _, other := range row.strange {
			if files[other] == nil {
				t.Errorf("%s: there is no %s", row.file, other)
				continue
			}
			for _, name := range declaredIn(files[other]) {
				if slices.Contains(used, name) {
					t.Errorf("%s names %s of %s: %s", row.file, name, other, row.reason)
				}
			}
		}
	}
}

// namesIn are the names of the package that a file names: what Go's own resolution
// within the file left open.
func namesIn(f *ast.File) (names []string) {
	for _, id := range f.Unresolved {
		names = append(names, id.Name)
	}
	return names
}

// declaredIn are the types, functions, constants and variables of a file.
func declaredIn(f *ast.File) (names []string) {
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
					for _, id := range s.Names {
						names = append(names, id.Name)
					}
				}
			}
		}
	}
	return names
}
