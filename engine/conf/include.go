package conf

import (
	"errors"
	"slices"
	"strings"
)

// maxFiles is how many texts one text may include, and how many patterns it may
// name; maxOpen is how deep, and maxPattern how long a pattern is.
const (
	maxFiles   = 10_000
	maxOpen    = 32
	maxPattern = 4096
)

// ErrTooMuch is the error of Options.Files for files that are too many or too
// large: nothing more is included.
var ErrTooMuch = errors.New("too many or too large files")

// IsInclude says whether a word reads other files: include and its five variants,
// which differ in the misses that keepalived calls an error.
func IsInclude(word string) bool {
	return strings.HasPrefix(word, "include") && slices.Contains([]string{"", "r", "m", "w", "b", "a"}, word[len("include"):])
}

// include has the files that an include line names read in its place, or behind what
// is being carried out. plain says that the include is all that its line has, as it is
// written. False means that the line is no include.
func (x *expander) include(body string, s *span, plain bool) bool {
	word := firstWord(body)
	if x.opt.Files == nil || !IsInclude(word) {
		return false
	}
	at := s.place(s.from, s.to)
	named := strings.TrimSpace(body[len(word):])
	pattern := strings.Trim(named, `"`)
	if pattern == "" {
		return false
	}
	if pattern != named {
		x.notes.report("include-quoted", at, "Value", pattern)
	} else if !plain {
		x.notes.report("include-misread", at, "Value", pattern)
	}
	from := len(x.pending)
	for _, src := range x.sources(pattern, x.strictFor(word), at) {
		switch {
		case slices.Contains(x.open, src.Name):
			x.notes.report("include-loop", at, "Value", src.Name)
		case len(x.open) >= maxOpen || len(x.names)+len(x.pending) > maxFiles:
			x.notes.report("include-too-many", at, "Value", src.Name)
			slices.Reverse(x.pending[from:])
			return true
		default:
			x.pending = append(x.pending, awaited{src, at})
		}
	}
	slices.Reverse(x.pending[from:]) // the last one is read first
	return true
}

// sources are the files of a pattern. A miss is an error where the include or
// include_check says so, and keepalived then refuses the whole.
func (x *expander) sources(pattern string, strict strictness, at Span) []Source {
	if len(pattern) > maxPattern {
		x.notes.report("include-missing", at, "Value", Beginning(pattern, maxShown), "Reason", "")
		return nil
	}
	var found []Source
	patterns, told := Braces(pattern), false
	for _, p := range patterns {
		if x.asked++; x.asked > maxFiles {
			x.notes.report("include-too-many", at, "Value", p)
			return found
		}
		sources, err := x.opt.Files(p, x.open[len(x.open)-1])
		found = append(found, sources...)
		switch {
		case errors.Is(err, ErrTooMuch):
			x.notes.report("include-too-many", at, "Value", p)
			x.asked = maxFiles
			return found
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
