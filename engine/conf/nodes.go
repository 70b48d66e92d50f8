package conf

import (
	"bytes"
	"strings"
)

// NodesMark begins a comment that names the nodes of a text, so that one is known
// of which no line speaks:
//
//	! holdfast: nodes lb1 lb2
const NodesMark = "holdfast: nodes "

// LineMark is what a line for some nodes begins with: @ID is for the node ID, @^ID for
// all others.
type LineMark struct {
	ID  string
	Not bool
}

// MarkOf takes the mark off a line that has no blanks before it and no line end.
// rest is what follows the mark, from its blank on: "" says that the line ends with
// its mark, and is for no node. False says that there is no mark.
func MarkOf(line string) (m LineMark, rest string, ok bool) {
	word, ok := strings.CutPrefix(line, "@")
	if !ok {
		return LineMark{}, line, false
	}
	end := 0
	for end < len(word) && !blank(word[end]) {
		end++
	}
	id, not := strings.CutPrefix(word[:end], "^")
	return LineMark{id, not}, word[end:], true
}

// Holds says whether the node reads the line.
func (m LineMark) Holds(node string) bool { return (m.ID == node) != m.Not }

// String is the mark as it is written.
func (m LineMark) String() string {
	if m.Not {
		return "@^" + m.ID
	}
	return "@" + m.ID
}

// Nodes are the names that the @ lines of a text mention, and where there are
// such lines those that a comment adds. @NAME@ is left from a template.
func Nodes(text []byte) []string {
	var marked, named []string
	known := map[string]bool{}
	add := func(name string) {
		if name != "" && !known[name] && !strings.HasSuffix(name, "@") {
			known[name] = true
			marked = append(marked, name)
		}
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimLeft(line, " \t")
		switch {
		case len(line) == 0:
		case line[0] == '@':
			m, _, _ := MarkOf(strings.TrimRight(string(line), "\r\n"))
			add(m.ID)
		case line[0] == '!' || line[0] == '#':
			if names, ok := strings.CutPrefix(strings.TrimSpace(string(line[1:])), NodesMark); ok {
				named = append(named, strings.Fields(names)...)
			}
		}
	}
	if marked == nil {
		return nil
	}
	for _, name := range named {
		add(name)
	}
	return marked
}

// ForNode is a text with the lines of other nodes left out and the marks of the
// node's own taken off. In a definition a line that is left out leaves its backslash,
// so that the definition ends where it did.
func ForNode(text, node string) string {
	var out strings.Builder
	defining := false
	for line := range strings.Lines(text) {
		body := strings.TrimLeft(line, " \t")
		content := strings.TrimRight(body, "\r\n")
		end := body[len(content):]
		inside := defining
		m, rest, marked := MarkOf(content)
		if !marked {
			rest = content
		}
		reads := !marked || rest != "" && m.Holds(node)
		if inside {
			defining = GoesOn(line)
		} else if _, value, ok := definition(decomment(rest)); ok && reads {
			defining = goesOn(value)
		}
		switch {
		case !reads && inside && defining:
			out.WriteString(`\` + end)
		case !reads && inside:
			out.WriteString(end)
		case !reads:
		case marked:
			out.WriteString(line[:len(line)-len(body)] + rest[1:] + end)
		default:
			out.WriteString(line)
		}
	}
	return out.String()
}
