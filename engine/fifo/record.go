package fifo

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"holdfast/engine/atomicfile"
)

// identity tells one file from another under the same path.
type identity struct{ device, inode uint64 }

// at is the file that a path leads to, zero for none.
func at(path string) identity {
	var s unix.Stat_t
	if unix.Lstat(path, &s) != nil {
		return identity{}
	}
	return identity{uint64(s.Dev), s.Ino}
}

// record says which pipes were made by us, so that the process that follows removes them
// at its end. It is in memory, as a reboot ends both.
type record struct {
	path string
	made map[string]identity
}

// recordAt reads a record; one that is not there or damaged is empty, and then a pipe is
// left rather than one of somebody else removed.
func recordAt(path string) record {
	r := record{path, map[string]identity{}}
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		var id identity
		var of string
		if n, _ := fmt.Sscanf(line, "%d %d %q", &id.device, &id.inode, &of); n == 3 {
			r.made[of] = id
		}
	}
	return r
}

func (r record) empty() bool                       { return len(r.made) == 0 }
func (r record) has(path string, id identity) bool { return r.made[path] == id }
func (r record) note(path string, id identity)     { r.made[path] = id }
func (r record) forget(path string)                { delete(r.made, path) }
func (r record) remove()                           { os.Remove(r.path) }

// removeOthers removes the pipes that were made by us and that nobody wants any more.
func (r record) removeOthers(want []Pipe) {
	for path, id := range r.made {
		if slices.ContainsFunc(want, func(p Pipe) bool { return p.Path == path }) {
			continue
		}
		if at(path) == id {
			os.Remove(path)
		}
		r.forget(path)
	}
}

// write keeps the record.
func (r record) write() error {
	if r.empty() {
		r.remove()
		return nil
	}
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(r.made)) {
		fmt.Fprintf(&b, "%d %d %q\n", r.made[path].device, r.made[path].inode, path)
	}
	return atomicfile.WriteVolatile(r.path, []byte(b.String()))
}
