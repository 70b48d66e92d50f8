package facts

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// nameDirs are where iproute2 has its names: what the host says itself counts before
// what a package has brought.
var nameDirs = []string{"/etc/iproute2", "/usr/share/iproute2", "/usr/lib/iproute2"}

// protocolsFile has the names of the protocols above IP.
const protocolsFile = "/etc/protocols"

// nameFiles are the files of names, by the kind of what has a number and a name.
var nameFiles = map[string]string{"table": "rt_tables", "protocol": "rt_protos", "scope": "rt_scopes", "octet": "rt_dsfield", "realms": "rt_realms", "group": "group"}

// numbers gives the function that looks up names in iproute2's files, and protocols in
// /etc/protocols. Each file is read once, where it is needed.
func numbers(dirs []string, protocols string) func(kind, name string) (uint32, bool) {
	read := map[string]map[string]uint32{}
	var mu sync.Mutex // guards read
	return func(kind, name string) (uint32, bool) {
		mu.Lock()
		defer mu.Unlock()
		if read[kind] == nil {
			read[kind] = map[string]uint32{}
			if kind == "ipproto" {
				readNames(read[kind], protocols, true)
			}
			for _, dir := range dirs {
				readNames(read[kind], filepath.Join(dir, nameFiles[kind]), false)
				more, _ := filepath.Glob(filepath.Join(dir, nameFiles[kind]+".d", "*.conf")) // the pattern is a good one
				for _, file := range more {
					readNames(read[kind], file, false)
				}
			}
		}
		n, known := read[kind][name]
		return n, known
	}
}

// readNames adds the names of a file: a number and a name a line, or the other way
// round. A file that is not there has none.
func readNames(into map[string]uint32, file string, nameFirst bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		number, name := f[0], f[1]
		if nameFirst {
			number, name = name, number
		}
		if n, err := strconv.ParseUint(number, 0, 32); err == nil {
			if _, known := into[name]; !known {
				into[name] = uint32(n)
			}
		}
	}
}
