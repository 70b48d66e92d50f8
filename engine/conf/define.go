package conf

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// maxUse is the longest use of a definition with words in its braces.
const maxUse = 256

// substitute replaces the uses of definitions in body, which begins at byte from
// of s's line, and puts the pieces into p. False means that the line cannot be
// expanded; the reason is reported.
func (x *expander) substitute(p *pieces, body string, from int, s *span) bool {
	col := s.col(from) // of byte counted
	plain, counted, size := 0, 0, 0
	to := func(i int) int {
		col += utf8.RuneCountInString(body[counted:i])
		counted = i
		return col
	}
	plainCol := col
	for i := 0; i < len(body); {
		next := strings.IndexByte(body[i:], '$')
		if next < 0 {
			break
		}
		i += next
		name, n := use(body[i:])
		if n == 0 {
			i++
			continue
		}
		at := Span{s.no, to(i), s.no, to(i) + utf8.RuneCountInString(body[i:i+n]), s.file}
		value, known := x.value(name, at)
		if !known {
			i++
			continue
		}
		if plain < i {
			p.verbatim(body[plain:i], plainCol)
		}
		x.at = at
		grown, code := x.grow(value, []string{name})
		if size += len(grown); size > maxGrown {
			code = "definition-too-large"
		}
		if code != "" && !x.full {
			x.notes.report(code, at, "Name", name)
		}
		if code != "" || x.full {
			return false
		}
		x.spend(2 * segCost)
		p.replaced(grown, at.Col, at.EndCol)
		i += n
		plain, plainCol = i, at.EndCol
	}
	if plain < len(body) {
		p.verbatim(body[plain:], plainCol)
	}
	return true
}

// grow replaces the uses inside a value. path holds the names being replaced: one
// that comes up again would go on for ever.
func (x *expander) grow(value string, path []string) (string, string) {
	if x.spend(len(value) + stepCost); strings.IndexByte(value, '$') < 0 {
		return value, ""
	}
	if len(path) > maxNesting {
		return "", "definition-too-deep"
	}
	var b strings.Builder
	several, line, seen := strings.IndexByte(value, '\n') >= 0, 0, 0
	for plain, i := 0, 0; ; {
		next := strings.IndexByte(value[i:], '$')
		if next < 0 {
			b.WriteString(value[plain:])
			return b.String(), ""
		}
		i += next
		if end := strings.LastIndexByte(value[seen:i], '\n'); end >= 0 {
			line = seen + end + 1
		}
		if seen = i; several && value[line] == '~' {
			// A generator repeats all of its line: what it uses is replaced when it is
			// carried out.
			if end := strings.IndexByte(value[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(value)
			}
			continue
		}
		name, n := use(value[i:])
		inner, known := "", false
		if n > 0 {
			x.spend(stepCost)
			inner, known = x.value(name, x.at)
		}
		if !known {
			i++
			continue
		}
		if slices.Contains(path, name) {
			return "", "definition-loop"
		}
		grown, code := x.grow(inner, append(path, name))
		if code != "" {
			return "", code
		}
		x.spend(len(grown))
		b.WriteString(value[plain:i])
		b.WriteString(grown)
		i += n
		plain = i
		if b.Len() > maxGrown || x.full {
			return "", "definition-too-large"
		}
	}
}

// use reads $NAME, ${NAME} or ${_ENV NAME} at the beginning of s: the name and how many bytes it
// takes, 0 where there is none. A bare name ends with a blank, a comma, a closing
// parenthesis or the line.
func use(s string) (string, int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] != '{' {
		n := 1 + nameLen(s[1:])
		if n == 1 || n < len(s) && strings.IndexByte(" \t,)\n", s[n]) < 0 {
			return "", 0
		}
		return s[1:n], n
	}
	n := 2 + nameLen(s[2:])
	switch {
	case n == 2 || n >= len(s):
	case s[n] == '}':
		return s[2:n], n + 1
	case s[n] == ' ' && takesWords(s[2:n]):
		if end := strings.IndexByte(s[:min(len(s), maxUse)], '}'); end > 0 {
			return s[2:end], end + 1
		}
	}
	return "", 0
}
