package model

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"holdfast/engine/conf"
)

// templates reports what is left of a template or of a shell: {{ name }}, {% if %}
// and ${name:-default}, once for each line, in place of what their braces would
// lead to.
func (b *binder) templates(name, text string) {
	if len(text) > conf.Largest || !mayHoldLeftovers(text) {
		return
	}
	no := 0
	for line := range strings.Lines(text) {
		no++
		if len(line) > conf.Longest {
			continue // it is not read
		}
		if m := markOf(line); m != nil {
			value := line[m[2]:m[3]]
			b.report(Warning, "template-mark", wordAt(no, line, m[2], value), "Value", value, "Node", strings.TrimLeft(value, "@^"))
			continue
		}
		at := leftover(line)
		if at < 0 {
			continue
		}
		value := leftoverText(line[at:])
		b.report(Error, "template", wordAt(no, line, at, value), "Value", value)
		if b.filled == nil {
			b.filled = map[int]bool{}
		}
		b.filled[no] = true
	}
}

// mayHoldLeftovers says whether a text has anything of the kind. Most have not, and
// an expression would take longer over a large one than all the rest.
func mayHoldLeftovers(text string) bool {
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "${") || strings.HasSuffix(text, "@") {
		return true
	}
	for rest := text; ; {
		i := strings.IndexByte(rest, '@')
		if i < 0 || i+1 >= len(rest) {
			return false
		}
		if rest = rest[i+1:]; strings.IndexByte(" \t\r\n\f", rest[0]) >= 0 {
			return true
		}
	}
}

// leftMark is a line that begins with @NAME@: keepalived takes it for one of a node
// with that name.
var leftMark = regexp.MustCompile(`^[ \t]*(@\^?[^\s@]+@)(\s|$)`)

// markOf is where such a line has its mark.
func markOf(line string) []int {
	if !strings.HasPrefix(strings.TrimLeft(line, " \t"), "@") {
		return nil
	}
	return leftMark.FindStringSubmatchIndex(line)
}

// wordAt is the place of what begins on a line behind so many bytes.
func wordAt(no int, line string, at int, value string) conf.Span {
	col := utf8.RuneCountInString(line[:at]) + 1
	return conf.Span{Line: no, Col: col, EndLine: no, EndCol: col + utf8.RuneCountInString(value)}
}

// leftover is where on a line a template begins, outside of quotes and comments,
// or -1.
func leftover(line string) int {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch rest := line[i:]; {
		case line[i] == '"':
			quoted = !quoted
		case quoted:
		case line[i] == '#' || line[i] == '!':
			return -1
		case strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "{%"):
			return i
		case strings.HasPrefix(rest, "${") && !isPlain(rest[2:]):
			return i
		}
	}
	return -1
}

// isPlain says whether a brace holds nothing but a name, as keepalived has it, or
// one of its own.
func isPlain(inside string) bool {
	if strings.HasPrefix(inside, "_") {
		return true
	}
	end := strings.IndexFunc(inside, func(r rune) bool { return !nameRune(r) })
	return end > 0 && inside[end] == '}'
}

func leftoverText(rest string) string {
	for _, end := range []string{"}}", "%}", "}"} {
		if _, after, ok := strings.Cut(rest, end); ok {
			return strings.TrimRight(rest[:len(rest)-len(after)], "\n")
		}
	}
	return strings.TrimSpace(rest)
}
