package model

import (
	"reflect"

	"holdfast/engine/conf"
)

// enter reads a block that has fields of its own.
func (b *binder) enter(d *directive, sub *block, n *conf.Node, v reflect.Value) {
	if n.Block == nil {
		b.noBlock(d.block, func(w string) bool { return sub.words[w] != nil || sub.kept[w] != nil }, n)
		return
	}
	b.oneLine(sub, n)
	switch {
	case d.same:
		b.block(sub, n.Block.Nodes, v)
	case d.typ.Kind() == reflect.Struct:
		b.inside(sub, n, v.FieldByIndex(d.field))
	default:
		list := v.FieldByIndex(d.field)
		b.places = append(b.places, place{list.Addr().Interface(), n})
		list.Grow(1)
		list.SetLen(list.Len() + 1)
		last := list.Index(list.Len() - 1)
		server, is := last.Addr().Interface().(*Real)
		if is {
			b.options.begin(server)
		}
		if !b.inside(sub, n, last) {
			last.SetZero()
			list.SetLen(list.Len() - 1)
			return
		}
		if is {
			b.options.share(server)
		}
		b.places = append(b.places, place{last.Addr().Interface(), n})
	}
}

// inside reads one block into v; false means that it is not to be kept.
func (b *binder) inside(sub *block, n *conf.Node, v reflect.Value) bool {
	if !b.keys(sub, n, v) {
		return false
	}
	base, commanded, outer := b.base, b.commanded, b.shelf
	b.base, b.commanded, b.shelf = len(b.places), false, shelf{}
	b.block(sub, n.Block.Nodes, v)
	b.marks(sub, n, v)
	b.tidy(sub, v)
	b.complete(sub, n, v)
	keep := b.validate(v.Addr().Interface(), n)
	b.commanded = b.commanded || commanded
	b.unindex(b.base)
	clear(b.places[b.base:])
	b.places = b.places[:b.base]
	b.base, b.shelf = base, outer
	return keep
}

// keys reads the words between the block's word and its brace.
func (b *binder) keys(sub *block, n *conf.Node, v reflect.Value) bool {
	virtual := sub.typ == reflect.TypeFor[Virtual]()
	marked := virtual && (n.Word(1) == "fwmark" || n.Word(1) == "group")
	l := b.lineOf(n, nil, sub.word)
	for _, d := range sub.keys {
		if virtual && marked != (d.word == "of") {
			continue
		}
		p := v.FieldByIndex(d.field).Addr().Interface()
		if k, ok := p.(*Kind); ok {
			*k = Kind(sub.word)
			continue
		}
		l.d = d
		port, ok := p.(*uint16)
		if ok && !l.port(port) || !ok && !l.scan(p) {
			b.lookInside(sub, n)
			if marked {
				b.cfg.Kept = append(b.cfg.Kept, sub.known(n))
			}
			return false
		}
	}
	l.rest()
	return true
}

// oneWord are the blocks that keepalived leaves out, or ends at, where more than a name
// stands before their brace. Of others it passes over what is too much.
var oneWord = map[string]bool{"vrrp_instance": true, "vrrp_sync_group": true, "virtual_server_group": true, "track_group": true}

// lookInside reads a block that is not kept, for what is to be said of its inside.
func (b *binder) lookInside(sub *block, n *conf.Node) {
	base, commanded, outer := b.base, b.commanded, b.shelf
	b.base, b.shelf = len(b.places), shelf{}
	b.block(sub, n.Block.Nodes, reflect.New(sub.typ).Elem())
	b.unindex(b.base)
	clear(b.places[b.base:])
	b.places = b.places[:b.base]
	b.base, b.commanded, b.shelf = base, commanded, outer
}

// complete reports the words that a block cannot do without. The block is kept:
// the text cannot be applied, but it can be looked at.
func (b *binder) complete(sub *block, n *conf.Node, v reflect.Value) {
	for _, d := range sub.order {
		if !d.need {
			continue
		}
		if field := v.FieldByIndex(d.field); field.IsZero() {
			at := b.spanOf(field.Addr().Interface(), n)
			if at != n.Span() && b.condemn(at, d.word, sub.word) {
				continue
			}
			b.report(Error, "missing-word", at, "Word", d.word, "Block", sub.word, "Name", n.Word(1))
		}
	}
}

// oneLine warns of `word { a b c d }`: between braces on one line keepalived
// reads one statement, whatever was meant.
func (b *binder) oneLine(sub *block, n *conf.Node) {
	if !n.OneLine() {
		return
	}
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		for _, w := range in.Words[min(1, len(in.Words)):] {
			if sub.words[w.Value()] != nil {
				b.report(Warning, "one-line-block", w.Span(), "Word", sub.word, "Value", w.Value())
				return
			}
		}
	}
}

// hoist reads a block of the root that a missing brace has swallowed.
func (b *binder) hoist(n *conf.Node) bool {
	d := readTable().words[n.Word(0)]
	if d == nil || n.Block == nil {
		return false
	}
	base := b.base
	b.base = len(b.places)
	b.directive(d, n.Word(0), n, reflect.ValueOf(&b.cfg).Elem())
	b.base = base
	return true
}
