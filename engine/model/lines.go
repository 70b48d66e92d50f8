package model

import (
	"reflect"

	"holdfast/engine/conf"
)

// lines reads a block whose every line is a value.
func (b *binder) lines(d *directive, n *conf.Node, field reflect.Value) {
	if n.Block == nil {
		list := d.kind.list
		b.noBlock(d.block, func(w string) bool { return list.sure && list.entry(w) }, n)
		return
	}
	b.places = append(b.places, place{field.Addr().Interface(), n})
	room := d.valuesIn(n)
	if room == 0 && d.word != "virtual_ipaddress" { // of that more is said
		b.report(Note, "empty-list", n.Span(), "Word", d.word)
	}
	b.trackedIn(field)
	field.Grow(room) // there is room already, but for lines that a missing brace moved here
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		if in.Stray || len(in.Words) == 0 {
			continue
		}
		if in.Block != nil {
			if b.broken && b.hoist(in) {
				continue
			}
			b.report(Warning, "unexpected-block", in.Block.Open.Span(), "Word", in.Word(0))
		}
		b.valueLine(d, in, field.Addr().Interface())
	}
	if field.Len() == 0 { // room was made, and no line was good
		field.SetZero()
	}
}

// oneValue reads a statement that adds a value to a list.
func (b *binder) oneValue(d *directive, n *conf.Node, field reflect.Value) {
	if n.Block != nil {
		b.report(Warning, "unexpected-block", n.Block.Open.Span(), "Word", d.each)
	}
	l := b.lineOf(n, d, d.each)
	if len(n.Words) < 2 {
		l.next()
		l.missing()
		return
	}
	b.places = append(b.places, place{field.Addr().Interface(), n})
	d.kind.list.line(l, field.Addr().Interface())
}

// trackedIn remembers what a list tracks already. There is mostly one list.
func (b *binder) trackedIn(field reflect.Value) {
	list, ok := field.Addr().Interface().(*[]Track)
	if !ok {
		return
	}
	b.tracked = map[string]bool{}
	for i := range min(len(*list), manyPlaces) {
		b.tracked[(*list)[i].Name] = true
	}
}

// valuesIn is how many values the lines in the braces of n are at most.
func (d *directive) valuesIn(n *conf.Node) int {
	values, each := 0, d.kind.list.each
	for i := range n.Block.Nodes {
		if words := len(n.Block.Nodes[i].Words); each {
			values += words
		} else {
			values += min(words, 1)
		}
	}
	return values
}

func (b *binder) valueLine(d *directive, n *conf.Node, list any) {
	if b.preprocessor(n) {
		return
	}
	l := b.lineOf(n, d, "")
	l.at = -1
	d.kind.list.line(l, list)
}
