package show

import (
	"slices"
	"strconv"

	"holdfast/engine/explain"
)

// notes are the sentences of notes.
func (x *Explained) notes(list []explain.Note) []string {
	var said []string
	for _, n := range list {
		said = append(said, x.note(n))
	}
	return said
}

// effects are the sentences of what the words of a line do, each once: some words
// share theirs.
func (x *Explained) effects(l *explain.Line) []string {
	var said []string
	for _, s := range x.notes(l.Effect) {
		if !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	return said
}

// note is the sentence of a note.
func (x *Explained) note(n explain.Note) string {
	switch {
	case n.Code == explain.Does:
		s, ok := x.does[n.Directive]
		if !ok {
			s = Effect(x.Env, *n.Directive)
			x.does[n.Directive] = s
		}
		return s
	case n.Code == explain.Blocked:
		return x.Text("held."+n.Held.Code, n.Held.Args)
	case n.Args == nil:
		return x.word("explain." + string(n.Code))
	}
	return x.Text("explain."+string(n.Code), n.Args)
}

// word is a sentence without arguments, which is looked up once.
func (x *Explained) word(id string) string {
	s, ok := x.said[id]
	if !ok {
		s = x.Text(id, nil)
		x.said[id] = s
	}
	return s
}

// operation is one in the kernel's words, and what holds it back here.
func (x *Explained) operation(i int) string {
	line := x.Planned.Operations[i].String()
	if code := x.BlockedBy(i); code != "" {
		return x.Text("explain.held", map[string]string{"Why": x.Text("reason."+code, nil), "Line": line})
	}
	return line
}

// place is how a line is named to somebody who reads section in.
func (x *Explained) place(r explain.LineRef, in int) string {
	if r.Section == in {
		return strconv.Itoa(r.Line + 1)
	}
	return x.Sections[r.Section].Name + ":" + strconv.Itoa(r.Line+1)
}
