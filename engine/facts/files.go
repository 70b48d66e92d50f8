package facts

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"holdfast/engine/conf"
)

// Largest is more bytes than any text that is read: what is larger is cut, and
// found to be too large.
const Largest = 65 << 20

// What the includes of one text may cost: bytes read, and names looked at.
const (
	includedBytes = 4 * Largest
	includedNames = 1 << 20
	namesAtOnce   = 1024
)

// included reads the files that includes name, until that costs too much.
type included struct{ bytes, names int }

// Files reads what an include names, as keepalived does: from the directory of the
// including file, in the order of the pattern, and only regular files that are not
// executable. What it gives is for one text; beyond what that may cost its error is
// conf.ErrTooMuch.
func Files() func(pattern, from string) ([]conf.Source, error) {
	return (&included{includedBytes, includedNames}).files
}

func (in *included) files(pattern, from string) ([]conf.Source, error) {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(filepath.Dir(from), pattern)
	}
	var found []conf.Source
	var made error
	for _, p := range conf.Braces(pattern) {
		names, err := in.glob(p)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			info, err := os.Stat(name)
			if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 != 0 {
				continue
			}
			if ofKernel(name) {
				made = errKernel
				continue
			}
			text, err := in.read(name)
			if err != nil {
				return found, err
			}
			found = append(found, conf.Source{Name: name, Text: text})
		}
	}
	return found, made
}

func (in *included) read(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(min(in.bytes, Largest))+1))
	if in.bytes -= len(text); err == nil && (in.bytes < 0 || len(text) > Largest) {
		err = conf.ErrTooMuch
	}
	return text, err
}

// glob gives the names that match a pattern, sorted. As in glob(3), a wildcard
// does not stand for a dot at the beginning of a name.
func (in *included) glob(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, `*?[\`) {
		in.names--
		if _, err := os.Lstat(pattern); err != nil || in.names < 0 {
			return nil, in.spent()
		}
		return []string{pattern}, nil
	}
	dir, last := filepath.Split(pattern)
	if dir = filepath.Clean(dir); dir == pattern {
		return nil, filepath.ErrBadPattern
	}
	dirs, err := in.glob(dir)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, d := range dirs {
		names, err := in.list(d)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			ok, err := filepath.Match(last, name)
			if err != nil {
				return nil, err
			}
			if ok && (name[0] != '.' || last[0] == '.') {
				found = append(found, filepath.Join(d, name))
			}
		}
	}
	return found, nil
}

// list gives the sorted names in a directory; what cannot be read has none.
func (in *included) list(dir string) ([]string, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	var all []string
	for {
		names, err := f.Readdirnames(namesAtOnce)
		all = append(all, names...)
		if in.names -= len(names); in.names < 0 {
			return nil, in.spent()
		}
		if err != nil {
			slices.Sort(all)
			return all, nil
		}
	}
}

func (in *included) spent() error {
	if in.names < 0 {
		return conf.ErrTooMuch
	}
	return nil
}
