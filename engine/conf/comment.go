package conf

import "strings"

// content is how much of a line stands before its comment, without blanks at the end.
func content(line string) int {
	end := len(line)
	quoted := false
scan:
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '!', '#':
			if !quoted {
				end = i
				break scan
			}
		}
	}
	for end > 0 && blank(line[end-1]) {
		end--
	}
	return end
}

// Content is a line without its comment.
func Content(line string) string { return line[:content(line)] }

// decomment is a line without its comment and the blanks around it, as keepalived
// reads it: outside double quotes a backslash before # or ! is left out, and one that
// ends the line stays, also behind a comment.
func decomment(line string) string {
	line = strings.TrimRight(line, "\r\n")
	end := content(line)
	body := strings.TrimLeft(line[:end], " \t\f\v\r")
	last := guarding(line)
	if last && end == len(line) {
		body = strings.TrimRight(strings.TrimSuffix(body, `\`), " \t")
	}
	body = unguarded(body)
	if last {
		body += `\`
	}
	return body
}

// unguarded leaves out the backslashes that guard a # or a !.
func unguarded(body string) string {
	if !strings.Contains(body, `\#`) && !strings.Contains(body, `\!`) {
		return body
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && i+1 < len(body):
			if i++; quoted || body[i] != '#' && body[i] != '!' {
				b.WriteByte(c)
			}
		}
		b.WriteByte(body[i])
	}
	return b.String()
}

// guarded writes a line in which # and ! are characters so that it is read so.
func guarded(body string) string {
	if !strings.ContainsAny(body, "#!") {
		return body
	}
	var b strings.Builder
	quoted := false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && i+1 < len(body):
			b.WriteByte(c)
			i++
		case !quoted && (c == '#' || c == '!'):
			b.WriteByte('\\')
		}
		b.WriteByte(body[i])
	}
	return b.String()
}
