package conf

import (
	"slices"
	"strings"
)

// maxFiles is how many texts one text may include, and maxOpen how deep.
const (
	maxFiles = 10_000
	maxOpen  = 32
)

// IsInclude says whether a word reads other files: include and its five variants,
// which differ in the misses that keepalived calls an error.
func IsInclude(word string) bool {
	return strings.HasPrefix(word, "include") && slices.Contains([]string{"", "r", "m", "w", "b", "a"}, word[len("include"):])
}

// include reads the files that an include line names, in its place. False means
// that the line is no include.
func (x *expander) include(body string, s span) bool {
	word, pattern, _ := strings.Cut(strings.ReplaceAll(body, "\t", " "), " ")
	if !IsInclude(word) {
		return false
	}
	at := s.place(s.from, s.to)
	pattern = strings.Trim(strings.TrimSpace(pattern), `"`)
	segs, ok := x.substitute(pattern, s)
	if !ok {
		return true
	}
	if pattern = join(segs); pattern == "" {
		x.emit(s.unchanged())
		return true
	}
	sources, err := x.opt.Files(pattern, x.open[len(x.open)-1])
	if err != nil || len(sources) == 0 {
		reason := ""
		if err != nil {
			reason = err.Error()
		}
		x.notes.report("include-missing", at, "Value", pattern, "Reason", reason)
	}
	for _, src := range sources {
		switch {
		case slices.Contains(x.open, src.Name):
			x.notes.report("include-loop", at, "Value", src.Name)
		case len(x.open) >= maxOpen || len(x.names) >= maxFiles:
			x.notes.report("include-too-many", at, "Value", src.Name)
			return true
		default:
			x.read(src)
		}
	}
	return true
}
