package imports

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"holdfast/engine/conf"
	"holdfast/engine/model"
	"holdfast/web/fault"
)

// File is a text with its name, which may have folders before it.
type File struct{ Name, Text string }

// Upload is a text and the files that it includes.
type Upload struct {
	Main     File
	Included []File
}

// MostBytes is how large all texts of an upload are together.
const MostBytes = 16 << 20

// MostLines is how many lines are explained in a console, with all that is
// included, as often as it is. A command on the node explains longer texts.
const MostLines = 50_000

// includedBytes is how much the includes of one reading may add up to: a file may
// be included many times.
const includedBytes = 4 * MostBytes

// check says why an upload cannot be read. Faults: too-large, import-not-text,
// import-empty, import-twice.
func (u Upload) check() error {
	all := 0
	names := map[string]bool{}
	for _, f := range append([]File{u.Main}, u.Included...) {
		if all += len(f.Text); all > MostBytes {
			return fault.New("too-large")
		}
		if !utf8.ValidString(f.Text) || strings.ContainsRune(f.Text, 0) {
			return fault.New("import-not-text", "File", f.Name)
		}
		if names[f.Name] {
			return fault.New("import-twice", "File", f.Name)
		}
		names[f.Name] = true
	}
	if strings.TrimSpace(u.Main.Text) == "" {
		return fault.In("text", "import-empty")
	}
	return nil
}

// reader gives the files of an upload to the includes of its text. Of an include
// counts as much of the end of its path as a file's name has: a browser sends names
// without folders.
type reader struct {
	files []File            // by name
	from  map[string]string // by file: the folder it was read from
	twice error             // a file was read from two folders
}

func newReader(u Upload) *reader {
	files := slices.Clone(u.Included)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return &reader{files: files, from: map[string]string{}}
}

// reading adds what an include may read to the facts of a host.
func (r *reader) reading(facts model.Facts) func(node string) model.Facts {
	return func(node string) model.Facts {
		left := includedBytes
		facts.Node = node
		facts.Files = func(pattern, _ string) ([]conf.Source, error) { return r.include(pattern, &left) }
		return facts
	}
}

// include gives the files that a pattern names; left is what may still be read.
func (r *reader) include(pattern string, left *int) ([]conf.Source, error) {
	var found []conf.Source
	for _, p := range conf.Braces(pattern) {
		for _, f := range r.files {
			ok, err := path.Match(ending(p, strings.Count(f.Name, "/")+1), f.Name)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			if *left -= len(f.Text); *left < 0 {
				return found, conf.ErrTooMuch
			}
			dir := path.Dir(p)
			if before, read := r.from[f.Name]; read && before != dir && r.twice == nil {
				r.twice = fault.New("import-ambiguous", "File", f.Name, "One", before, "Other", dir)
			}
			r.from[f.Name] = dir
			found = append(found, conf.Source{Name: f.Name, Text: []byte(f.Text)})
		}
	}
	return found, nil
}

// ending is the last n elements of a path.
func ending(p string, n int) string {
	parts := strings.Split(p, "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}

// unread are the files that no include names.
func (r *reader) unread() []string {
	var names []string
	for _, f := range r.files {
		if _, read := r.from[f.Name]; !read {
			names = append(names, f.Name)
		}
	}
	return names
}
