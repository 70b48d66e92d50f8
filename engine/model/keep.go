package model

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// keep reads a statement that is not acted on: its argument is held against the
// table, as that of any other is. What keepalived would not take is not kept.
func (b *binder) keep(k *keptWord, n *conf.Node) (Item, bool) {
	word := n.Word(0)
	severity := Note
	if k.is("heavy") && n.Word(1) != "2" { // version 2 is what is spoken anyway
		severity = Warning
	}
	b.report(severity, "kept-not-acted", n.Words[0].Span(), "Word", word)
	return b.keepInside(k, n)
}

func (k *keptWord) opens() bool { return k.kind == "block" || k.lines() }

func (k *keptWord) lines() bool {
	switch k.kind {
	case "lines", "addresses", "routes", "rules", "tracks", "peers":
		return true
	}
	return false
}

// keepArgs reads the argument by the grammar of its type.
func (b *binder) keepArgs(k *keptWord, n *conf.Node, out *Item) bool {
	l := line{b: b, n: n, d: k.directive, word: n.Word(0)}
	switch {
	case k.kind == "flag":
		l.rest()
		out.Args = nil
		return true
	case len(n.Words) == 1 && (k.optional || k.kind == "bool"):
		return true
	case k.kind == "words":
		_, ok := l.value()
		return ok
	}
	p := reflect.New(k.typ).Interface()
	if !l.scan(p) {
		return false
	}
	l.rest()
	if v, ok := p.(*bool); ok {
		out.Args = []string{"no"}
		if *v {
			out.Args = nil
		}
	}
	return true
}

// keepBlock reads what stands in the braces.
func (b *binder) keepBlock(k *keptWord, n *conf.Node, out *Item) bool {
	if n.Block == nil {
		b.report(Warning, "no-block", n.Span(), "Word", n.Word(0))
		return false
	}
	l := line{b: b, n: n, d: k.directive, word: n.Word(0)}
	if k.is("name") {
		if _, ok := l.value(); !ok {
			return false
		}
	}
	l.rest()
	out.Args = out.Args[:l.at]
	out.Block = true
	if k.lines() {
		b.keepLines(k, n, out)
		return true
	}
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		if in.Stray || len(in.Words) == 0 {
			continue
		}
		sub := k.blk.kept[in.Word(0)]
		if sub == nil {
			b.unknown(k.blk, in.Word(0), in, reflect.Value{})
			continue
		}
		if item, ok := b.keepInside(sub, in); ok {
			out.Lines = k.blk.put(out.Lines, sub, item)
		}
	}
	return true
}

// keepInside is keep for a word whose block has been reported.
func (b *binder) keepInside(k *keptWord, n *conf.Node) (Item, bool) {
	word := n.Word(0)
	if slices.Contains(k.old, word) {
		b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", k.word)
	} else if k.is("old") {
		b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word)
	}
	out := Item{Word: k.word, Args: rawWords(n.Words[1:])}
	if k.opens() {
		ok := b.keepBlock(k, n, &out)
		return out, ok
	}
	if n.Block != nil {
		b.report(Warning, "unexpected-block", n.Block.Open.Span(), "Word", word)
	}
	ok := b.keepArgs(k, n, &out)
	return out, ok
}

func (b *binder) keepLines(k *keptWord, n *conf.Node, out *Item) {
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		if in.Stray || len(in.Words) == 0 || b.broken && in.Block != nil && b.hoist(in) || b.preprocessor(in) {
			continue
		}
		if in.Block != nil {
			b.report(Warning, "unexpected-block", in.Block.Open.Span(), "Word", in.Word(0))
		}
		if b.keepLine(k, in) {
			out.Lines = append(out.Lines, Item{Word: raw(in.Words[0]), Args: rawWords(in.Words[1:])})
		}
	}
}

// keepLine holds one line of a block of values against its grammar.
func (b *binder) keepLine(k *keptWord, n *conf.Node) bool {
	l := line{b: b, n: n, d: k.directive}
	switch k.kind {
	case "addresses":
		var a Address
		return l.scanAddress(&a)
	case "tracks":
		var t Track
		return l.scanTrack(&t)
	case "peers":
		host, _, _ := strings.Cut(n.Word(0), "/") // keepalived passes over a length here
		if _, err := netip.ParseAddr(host); err != nil {
			l.at = 0
			return l.fail(Error, "bad-address", n.Word(0))
		}
		l.known(peerWords(), 1)
	case "routes":
		l.known(routeWords(), 0)
	case "rules":
		l.known(ruleWords(), 0)
	}
	return true
}
