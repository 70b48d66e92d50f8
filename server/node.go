package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"holdfast/engine/model"
)

// nodesMark begins a comment that names the nodes of a text, so that one is known
// of which no line speaks:
//
//	! holdfast: nodes lb1 lb2
const nodesMark = "holdfast: nodes "

// lineMark is what a line for some nodes begins with: @ID is for the node ID, @^ID for
// all others.
type lineMark struct {
	id  string
	not bool
}

// markOf takes the mark off a line that has no blanks before it. rest is what
// follows the blank behind the mark, and false says that there is no mark.
func markOf(line string) (m lineMark, rest string, ok bool) {
	word, ok := strings.CutPrefix(line, "@")
	if !ok {
		return lineMark{}, line, false
	}
	if n := strings.IndexAny(word, " \t"); n >= 0 {
		word, rest = word[:n], word[n+1:]
	}
	id, not := strings.CutPrefix(word, "^")
	return lineMark{id, not}, rest, true
}

// holds says whether the node reads the line.
func (m lineMark) holds(node string) bool { return (m.id == node) != m.not }

func (m lineMark) String() string {
	if m.not {
		return "@^" + m.id
	}
	return "@" + m.id
}

// nodesOf are the names that the @ lines of a text mention, and where there are
// such lines those that a comment adds. @NAME@ is left from a template.
func nodesOf(text []byte) []string {
	var marked, named []string
	known := map[string]bool{}
	add := func(list *[]string, name string) {
		if name != "" && !known[name] && !strings.HasSuffix(name, "@") {
			known[name] = true
			*list = append(*list, name)
		}
	}
	for line := range bytes.Lines(text) {
		line = bytes.TrimLeft(line, " \t")
		switch {
		case len(line) == 0:
		case line[0] == '@':
			m, _, _ := markOf(strings.TrimRight(string(line), "\r\n"))
			add(&marked, m.id)
		case line[0] == '!' || line[0] == '#':
			if names, ok := strings.CutPrefix(strings.TrimSpace(string(line[1:])), nodesMark); ok {
				for _, name := range strings.Fields(names) {
					add(&named, name)
				}
			}
		}
	}
	if marked == nil {
		return nil
	}
	return append(marked, named...)
}

// knownNode looks whether the text has lines for a node that the operator named:
// else the node gets none of the lines that tell nodes apart.
func knownNode(e *env, text []byte, node string) error {
	names := nodesOf(text)
	if len(names) == 0 || node == "" || slices.Contains(names, node) {
		return nil
	}
	id, args := "node.unknown", map[string]string{"Node": node, "Nodes": strings.Join(names, ", "), "Like": model.Nearest(node, names)}
	if args["Like"] != "" {
		id = "node.unknown-like"
	}
	return errors.New(e.Text(id, args))
}

// warnNode says so where reading goes on.
func warnNode(e *env, text []byte, node string, asked bool) {
	switch err := knownNode(e, text, node); {
	case err == nil:
	case asked:
		fmt.Fprintln(e.Err, "!", err)
	default:
		fmt.Fprintln(e.Err, "!", e.Text("node.none", map[string]string{"Node": node, "Nodes": strings.Join(nodesOf(text), ", ")}))
	}
}

// reader is the node as which a text is taken in: the one that was asked for; else
// this host, where the text has lines for it or for nobody; else the first one that
// it names, which is said.
func reader(e *env, text []byte, node string, asked bool) string {
	names := nodesOf(text)
	if asked || len(names) == 0 || slices.Contains(names, node) {
		warnNode(e, text, node, asked)
		return node
	}
	fmt.Fprintln(e.Err, "!", e.Text("node.reader", map[string]string{"Node": node, "As": names[0], "Nodes": strings.Join(names, ", ")}))
	return names[0]
}
