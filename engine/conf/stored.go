package conf

import (
	"strings"
	"unicode/utf8"
)

// stored is what a name stands for. One of several lines can be used at the end of a
// line only, and each of its lines is read as one of the text where it is used.
type stored struct {
	text    string
	several bool
}

// definition reads $NAME=VALUE; there is no blank before the sign.
func definition(body string) (name, value string, ok bool) {
	if !strings.HasPrefix(body, "$") {
		return "", "", false
	}
	n := 1 + nameLen(body[1:])
	if n == 1 || n >= len(body) || body[n] != '=' {
		return "", "", false
	}
	return body[1:n], strings.TrimSpace(body[n+1:]), true
}

// nameLen is the length of the name that s begins with.
func nameLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}

// GoesOn says whether a definition that has a line takes the next one, too: the last
// backslash of the line alone decides, be it before a comment or at the end of one. A
// line of blanks or of a comment has none, and ends the definition.
func GoesOn(line string) bool { return goesOn(decomment(line)) }

func goesOn(body string) bool { return strings.HasSuffix(body, `\`) }

// define takes a definition and the lines that it goes on with: those of what is
// being carried out, then those of the file.
func (x *expander) define(name, value string) {
	var lines []string
	more := goesOn(value)
	several := more
	for {
		if more {
			value = strings.TrimRight(strings.TrimSuffix(value, `\`), " \t")
		}
		if value != "" {
			lines = append(lines, value)
		}
		if !more || x.full {
			break
		}
		var ok bool
		if value, ok = x.nextOf(); !ok {
			break
		}
		more = goesOn(value)
	}
	x.defs[name] = stored{strings.Join(lines, "\n"), several && len(lines) > 0}
}

// quotes reports a quote that the line of a definition does not close: keepalived
// complains where the line stands, whatever becomes of it where it is used.
func (x *expander) quotes(line string) {
	open := -1
	for i, end := 0, content(line); i < end; i++ {
		switch {
		case line[i] == '\\':
			i++
		case line[i] == '"' && open < 0:
			open = i
		case line[i] == '"':
			open = -1
		}
	}
	if open >= 0 {
		at := 1 + utf8.RuneCountInString(line[:open])
		x.notes.report("unmatched-quote", Span{x.src.no, at, x.src.no, 1 + utf8.RuneCountInString(line), x.file})
	}
}

// nextOf is the next line of a definition, false where it ends before.
func (x *expander) nextOf() (string, bool) {
	if line, _, ok := x.fed(); ok {
		return line, true
	}
	if x.src.rest == "" {
		return "", false
	}
	line := strings.TrimRight(x.src.next(), "\r")
	x.quotes(line)
	body := decomment(line)
	if body == "" && line != "" {
		x.notes.report("definition-ends-at-comment", Span{x.src.no, 1, x.src.no, 1 + utf8.RuneCountInString(line), x.file})
	}
	return body, body != ""
}
