package conf

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// substitute replaces the uses of definitions in body, which is s's part of its
// line. False means that the line cannot be expanded; the reason is reported.
func (x *expander) substitute(body string, s span) ([]seg, bool) {
	var p pieces
	plain, col := 0, s.col(s.from)
	verbatim := func(to int) {
		if plain < to {
			p.add(seg{text: body[plain:to], col: col, verbatim: true})
			col += utf8.RuneCountInString(body[plain:to])
			plain = to
		}
	}
	size := 0
	for i := 0; i < len(body); {
		name, n := use(body[i:])
		if n == 0 {
			i++
			continue
		}
		from := col + utf8.RuneCountInString(body[plain:i])
		value, known := x.value(name, Span{s.no, from, s.no, from + utf8.RuneCountInString(body[i:i+n]), s.file})
		if !known {
			i++
			continue
		}
		verbatim(i)
		end := col + utf8.RuneCountInString(body[i:i+n])
		grown, code := x.grow(value, []string{name}, Span{s.no, col, s.no, end, s.file})
		if size += len(grown); size > maxGrown {
			code = "definition-too-large"
		}
		if code != "" {
			x.notes.report(code, Span{s.no, col, s.no, end, s.file}, "Name", name)
			return nil, false
		}
		p.add(seg{text: grown, col: col, end: end})
		i += n
		plain, col = i, end
	}
	verbatim(len(body))
	return p.segs, true
}

// grow replaces the uses inside a value. path holds the names being replaced: one
// that comes up again would go on for ever.
func (x *expander) grow(value string, path []string, at Span) (string, string) {
	if x.spend(len(value)); strings.IndexByte(value, '$') < 0 {
		return value, ""
	}
	if len(path) > maxNesting {
		return "", "definition-too-deep"
	}
	var b strings.Builder
	for i := 0; i < len(value); {
		name, n := use(value[i:])
		inner, known := "", false
		if n > 0 {
			inner, known = x.value(name, at)
		}
		if !known {
			b.WriteByte(value[i])
			i++
			continue
		}
		if slices.Contains(path, name) {
			return "", "definition-loop"
		}
		grown, code := x.grow(inner, append(path, name), at)
		if code != "" {
			return "", code
		}
		b.WriteString(grown)
		i += n
		if b.Len() > maxGrown || x.full {
			return "", "definition-too-large"
		}
	}
	return b.String(), ""
}

// use reads $NAME, ${NAME} or ${_ENV NAME} at the beginning of s: the name and how many bytes it
// takes, 0 where there is none. A bare name ends with a blank, a comma, a closing
// parenthesis or the line.
func use(s string) (string, int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] == '{' {
		n := nameLen(s[2:])
		if n > 0 && 2+n < len(s) && s[2+n] == '}' {
			return s[2 : 2+n], n + 3
		}
		if end := strings.IndexByte(s, '}'); end > 0 && 2+n < len(s) && s[2+n] == ' ' && takesWords(s[2:2+n]) {
			return s[2:end], end + 1
		}
		return "", 0
	}
	n := 1 + nameLen(s[1:])
	if n == 1 || n < len(s) && strings.IndexByte(" \t,)\n", s[n]) < 0 {
		return "", 0
	}
	return s[1:n], n
}
