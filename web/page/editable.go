package page

import (
	"html/template"
	"strings"
)

// editable is a text as the content of a textarea, where nothing but the end of the
// element and a character reference mean something: every "<" is written as a
// reference, and every "&" that a letter, a digit or "#" follows. The usual escaping
// makes a large configuration up to five times as long.
func editable(text string) template.HTML {
	var b strings.Builder
	b.Grow(len(text) + len(text)/16)
	for i := range len(text) {
		switch c := text[i]; {
		case c == '<':
			b.WriteString("&lt;")
		case c == '&' && i+1 < len(text) && references(text[i+1]):
			b.WriteString("&amp;")
		case c == 0:
			b.WriteString("\uFFFD")
		default:
			b.WriteByte(c)
		}
	}
	return template.HTML(b.String())
}

// references says whether a character reference may go on with c.
func references(c byte) bool {
	return c == '#' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
