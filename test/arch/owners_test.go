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
	reason     string
}{
	{"engine/vrrprole", "sockets.go", []string{"loop.go", "effects.go"}, "sockets are wanted by key, and packets come as messages"},
	{"engine/vrrprole", "links.go", []string{"loop.go", "tracking.go", "sockets.go"}, "links are watched, whoever asks"},
	{"engine/vrrprole", "scripts.go", []string{"loop.go", "resume.go"}, "scripts run, whoever tracks them"},
	{"engine/vrrprole", "notify.go", []string{"loop.go"}, "a notify script is a job"},
	{"engine/vrrprole", "router.go", []string{"loop.go", "links.go", "sockets.go", "writer.go"}, "a router is told what it needs"},
	{"engine/vrrprole", "writer.go", []string{"loop.go", "links.go", "status.go"}, "the writer is given tasks"},
	{"engine/vrrprole", "manifest.go", []string{"loop.go", "writer.go", "status.go"}, "the manifest knows addresses only"},
	{"engine/vrrprole", "readback.go", []string{"loop.go", "links.go", "status.go"}, "what the kernel has is compared, whatever for"},
	{"engine/vrrprole", "record.go", []string{"loop.go", "resume.go"}, "a record is values in a file"},
	{"engine/vrrprole", "surroundings.go", []string{"loop.go", "scripts.go"}, "conditions are made of values"},
	{"engine/vrrprole", "foresight.go", []string{"loop.go", "writer.go", "effects.go", "apply.go"}, "a preview works on copies"},
	{"engine/vrrprole", "holdings.go", []string{"loop.go", "writer.go", "readback.go"}, "holdings are values, and a preview copies them"},
	{"engine/lvsrole", "jobs.go", []string{"loop.go", "virtual.go", "declare.go", "apply.go", "settled.go", "status.go"}, "jobs are named by key, and the loop fills them in"},
	{"engine/lvsrole", "record.go", []string{"loop.go", "virtual.go", "declare.go", "resume.go", "writer.go"}, "a record is values in a file"},
	{"engine/lvsrole", "suspend.go", []string{"loop.go", "virtual.go", "declare.go", "checks.go", "probing.go"}, "addresses come as messages"},
	{"engine/lvsrole", "pool.go", []string{"loop.go", "virtual.go", "checks.go", "probing.go"}, "a pool counts, whatever is in flight"},
	{"engine/lvsrole", "checks.go", []string{"loop.go", "pool.go", "probing.go", "jobs.go", "writer.go"}, "checks are due, whoever runs them"},
	{"engine/lvsrole", "transitions.go", []string{"loop.go", "effects.go", "jobs.go", "writer.go"}, "what is told does not know who tells it"},
	{"engine/lvsrole", "problems.go", []string{"loop.go", "virtual.go", "jobs.go", "writer.go", "table.go"}, "a problem is told by name and code"},
	{"engine/lvsrole", "counters.go", []string{"loop.go", "virtual.go", "status.go", "jobs.go", "writer.go"}, "counters are values with an age"},
	{"engine/lvsrole", "manifest.go", []string{"loop.go", "virtual.go", "writer.go", "table.go", "jobs.go", "reconcile.go"}, "the manifest knows services only"},
	{"engine/lvsrole", "table.go", []string{"loop.go", "virtual.go", "writer.go", "manifest.go", "jobs.go", "reconcile.go"}, "the table is compared and written, whatever for"},
	{"engine/lvsrole", "services.go", []string{"loop.go", "virtual.go", "writer.go", "table.go", "reconcile.go"}, "a part of a table"},
	{"engine/lvsrole", "writer.go", []string{"loop.go", "virtual.go", "checks.go", "jobs.go", "settled.go"}, "the writer is given jobs and answers"},
	{"engine/lvsrole", "reconcile.go", []string{"loop.go", "virtual.go", "checks.go", "jobs.go", "settled.go"}, "the writer is given jobs and answers"},
}

func TestOwnersNameNeitherTheLoopNorEachOther(t *testing.T) {
	rooms := map[string]map[string]*ast.File{}
	for _, o := range owners {
		if rooms[o.room] == nil {
			rooms[o.room] = filesOf(t, o.room)
		}
		files := rooms[o.room]
		if files[o.file] == nil {
			t.Errorf("%s/%s is not there", o.room, o.file)
			continue
		}
		for _, other := range o.not {
			if files[other] == nil {
				t.Errorf("%s: %s/%s is not there", o.file, o.room, other)
				continue
			}
			for _, name := range namesOf(files[o.file], files[other]) {
				t.Errorf("%s/%s names %s of %s: %s", o.room, o.file, name, other, o.reason)
			}
		}
	}
	if lvs := rooms["engine/lvsrole"]; !slices.Contains(namesOf(lvs["jobs.go"], lvs["writer.go"]), "tableJob") {
		t.Error("jobs.go is not seen to name a job of writer.go")
	}
}

func filesOf(t *testing.T, room string) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", room, "*.go"))
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
	return files
}

// namesOf are the names in a file that another declares. Go's own resolution leaves
// open what a file does not declare itself.
func namesOf(f, other *ast.File) (names []string) {
	there := declaredIn(other)
	for _, id := range f.Unresolved {
		if slices.Contains(there, id.Name) {
			names = append(names, id.Name)
		}
	}
	return names
}

// declaredIn are the types, functions, constants and variables of a file, methods
// left out: a caller has a value of its type.
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
