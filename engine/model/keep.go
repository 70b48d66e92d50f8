package model

import (
	"reflect"
	"slices"

	"holdfast/engine/conf"
)

// keep reads a statement that is not acted on: its argument is held against the
// table, as that of any other is. What is wrong with it is reported, and it stays
// as it is written; false says that something is.
func (b *binder) keep(k *keptWord, n *conf.Node) (Item, bool) {
	word := n.Word(0)
	severity := Note
	if k.is("heavy") {
		severity = Warning
	}
	if !k.is("acted") {
		b.report(severity, "kept-not-acted", n.Words[0].Span(), "Word", word, "Loss", k.loss)
	}
	return b.keepInside(k, n)
}

func (k *keptWord) opens() bool { return k.blk != nil || k.lines() }

// keepArgs reads the argument by the grammar of its kind.
func (b *binder) keepArgs(k *keptWord, n *conf.Node, out *Item) bool {
	l := line{b: b, n: n, d: k.directive, word: n.Word(0)}
	if k.kind.word && len(out.Args) == 1 { // quotes without need are not told from none
		out.Args[0] = conf.Quote(n.Word(1))
	}
	if len(n.Words) == 1 && (k.optional || k.kind.name == "bool") {
		return true
	}
	if b.overTop(k, n, out) {
		return true
	}
	p := k.kind.new()
	if !k.kind.scan(&l, p) {
		return false
	}
	if v, ok := p.(*bool); ok && l.at+1 >= len(n.Words) {
		out.Args = []string{"no"}
		if *v {
			out.Args = nil
		}
	}
	if !k.kind.full {
		l.rest()
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
	good := true
	if k.is("name") {
		var name string
		if name, good = l.value(); good {
			out.Args[0] = conf.Quote(name)
		}
	}
	l.rest()
	out.Args = out.Args[:min(l.at, len(out.Args))]
	out.Block = true
	if k.lines() {
		b.keepLines(k, n, out)
		return good
	}
	outer := b.shelf
	b.shelf = shelf{}
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
		item, valid := b.keepInside(sub, in)
		b.again(sub, in)
		out.Lines = put(out.Lines, item, valid)
	}
	out.Lines, b.shelf = k.blk.tidy(out.Lines), outer
	b.relateBlock(k, n, out.Lines)
	return good
}

// keepInside is keep for a word whose block has been reported.
func (b *binder) keepInside(k *keptWord, n *conf.Node) (Item, bool) {
	word := n.Word(0)
	if slices.Contains(k.old, word) {
		b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", k.word)
	} else if k.is("old") {
		now := ""
		if k.is("moved") {
			now = syncNow
		}
		b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", now)
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
		b.edits, b.behind = nil, nil
		l := line{b: b, n: in, d: k.directive, word: k.word, at: -1}
		k.kind.list.line(&l, nil)
		if words := b.edited(in.Words); len(words) > 0 {
			out.Lines = append(out.Lines, Item{Word: begun(words[0]), Args: append([]string(nil), words[1:]...)})
		}
	}
}

// edited are the words of a line as they stand, without those that keepalived
// passes over or knows by another name today.
func (b *binder) edited(tokens []conf.Token) []string {
	words := rawWords(tokens)
	if b.edits == nil {
		return words
	}
	var out []string
	if _, out := b.edits[wholeLine]; out {
		return nil
	}
	for i, w := range words {
		if now, ok := b.edits[i]; ok {
			w = now
		}
		if w != "" {
			out = append(out, w)
		}
	}
	return append(out, b.behind...)
}

// wholeLine stands among the edits for all words of a line.
const wholeLine = -1

// edit remembers that a word of the line being kept gives way to another, or to none.
func (b *binder) edit(at int, now string) {
	if b.edits == nil {
		b.edits = map[int]string{}
	}
	b.edits[at] = now
}
