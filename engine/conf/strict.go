package conf

import "strings"

// strictness is which misses of an include are errors: a file that cannot be
// read, a plain name, a pattern, and one choice of those in braces without a file.
type strictness struct{ read, match, wildcard, brace bool }

// strictFor is the strictness that the letter behind include asks for.
func (x *expander) strictFor(word string) strictness {
	switch strings.TrimPrefix(word, "include") {
	case "r":
		return strictness{read: true}
	case "m":
		return strictness{read: true, match: true}
	case "w":
		return strictness{read: true, match: true, wildcard: true}
	case "b":
		return strictness{read: true, match: true, brace: true}
	case "a":
		return strictness{true, true, true, true}
	}
	return x.strict
}

// change follows include_check: alone it asks for all, words for what they name,
// and + or - before a word adds to what holds or takes from it.
func (s *strictness) change(words []string) {
	if len(words) == 0 {
		*s = strictness{true, true, true, true}
		return
	}
	if !strings.ContainsAny(words[0][:1], "+-") {
		*s = strictness{}
	}
	for _, w := range words {
		on := !strings.HasPrefix(w, "-")
		switch strings.TrimLeft(w, "+-") {
		case "read":
			s.read = on
		case "match":
			s.match = on
		case "wildcard_match":
			s.wildcard = on
		case "brace_match":
			s.brace = on
		}
	}
}

// forbids says whether a pattern, one of so many, may not be without a file.
func (s strictness) forbids(pattern string, of int) bool {
	return of > 1 && s.brace || strings.ContainsAny(pattern, "*?[") && s.wildcard ||
		!strings.ContainsAny(pattern, "*?[") && s.match && of == 1
}

// maxBraces bounds what one pattern may stand for.
const maxBraces = 1000

// Braces writes a{b,c}d out as abd and acd.
func Braces(pattern string) []string {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 && len(todo)+len(done) < maxBraces {
		p := todo[0]
		todo = todo[1:]
		before, parts, after, ok := brace(p)
		if !ok {
			done = append(done, p)
			continue
		}
		for i := range parts {
			parts[i] = before + parts[i] + after
		}
		todo = append(parts, todo...)
	}
	return done
}

// brace cuts a pattern at its first pair of braces, which may hold others.
func brace(p string) (before string, parts []string, after string, ok bool) {
	start := strings.IndexByte(p, '{')
	depth, from := 0, start+1
	for i := max(start, 0); start >= 0 && i < len(p); i++ {
		switch p[i] {
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 || depth == 1 && p[i] == ',' {
			parts = append(parts, p[from:i])
			from = i + 1
		}
		if depth == 0 {
			return p[:start], parts, p[from:], true
		}
	}
	return "", nil, "", false
}
