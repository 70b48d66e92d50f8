package model

import (
	"strings"
	"unicode/utf8"

	"holdfast/engine/conf"
)

// templates reports what is left of a template or of a shell: {{ name }}, {% if %}
// and ${name:-default}, once for each line, in place of what their braces would
// lead to.
func (b *binder) templates(name, text string) {
	if len(text) > conf.Largest || !strings.Contains(text, "{{") && !strings.Contains(text, "{%") && !strings.Contains(text, "${") {
		return
	}
	no := 0
	for line := range strings.Lines(text) {
		no++
		if len(line) > conf.Longest {
			continue // it is not read
		}
		at := leftover(line)
		if at < 0 {
			continue
		}
		col := utf8.RuneCountInString(line[:at]) + 1
		value := leftoverText(line[at:])
		b.report(Error, "template", conf.Span{Line: no, Col: col, EndLine: no, EndCol: col + utf8.RuneCountInString(value)}, "Value", value)
		if b.filled == nil {
			b.filled = map[int]bool{}
		}
		b.filled[no] = true
	}
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
