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
	sources := x.sources(pattern, x.strictFor(word), at)
	for _, src := range sources {
		switch {
		case slices.Contains(x.open, src.Name):
			x.notes.report("include-loop", at, "Value", src.Name)
		case len(x.open) >= maxOpen || len(x.names) >= maxFiles:
			x.notes.report("include-too-many", at, "Value", src.Name)
			return true
		default:
			x.read(src, at)
		}
	}
	return true
}

// sources are the files of a pattern. A miss is an error where the include or
// include_check says so, and keepalived then refuses the whole.
func (x *expander) sources(pattern string, strict strictness, at Span) []Source {
	var found []Source
	patterns, told := Braces(pattern), false
	for _, p := range patterns {
		sources, err := x.opt.Files(p, x.open[len(x.open)-1])
		found = append(found, sources...)
		switch {
		case err != nil && strict.read:
			x.notes.report("include-required", at, "Value", p, "Reason", err.Error())
		case err != nil:
			x.notes.report("include-missing", at, "Value", p, "Reason", err.Error())
		case len(sources) == 0 && strict.forbids(p, len(patterns)):
			x.notes.report("include-required", at, "Value", p, "Reason", "")
		default:
			continue
		}
		told = true
	}
	if len(found) == 0 && !told {
		x.notes.report("include-missing", at, "Value", pattern, "Reason", "")
	}
	return found
}
