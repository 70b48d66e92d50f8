package model

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// shelf is what is kept of the block that is being read, until all of it is known.
type shelf struct {
	untidy bool               // more was put into its list
	seen   map[*keptWord]bool // words that count once
	whole  []Item             // statements whose words are acted on, but not in this form
}

// put adds an item; tidy has to follow.
func put(list []Item, item Item, valid bool) []Item {
	if !valid && !item.Block && len(item.Args) == 0 {
		return list // its value is missing: nobody can say more of it, and keepalived would end here
	}
	item.bad = !valid
	return append(list, item)
}

// tidy brings a list into the order of the table. Of a word that counts once, the
// last stands, unless it is not valid: then keepalived keeps to the one before,
// and both stay. The lines of a list add up.
func (b *block) tidy(list []Item) []Item {
	slices.SortStableFunc(list, func(x, y Item) int { return cmp.Compare(b.placeOf(x.Word), b.placeOf(y.Word)) })
	out, first := list[:0], 0 // of the items of one word
	for _, item := range list {
		valid := !item.bad
		if item.bad = false; len(out) > 0 && out[first].Word != item.Word {
			first = len(out)
		}
		if k := b.kept[item.Word]; k != nil && valid && !k.is("many") && first < len(out) {
			switch {
			case k.is("first"):
				continue
			case k.opens() && !k.is("anew"):
				out[first].Lines = append(out[first].Lines, item.Lines...)
				continue
			}
			out = out[:first]
		}
		out = append(out, item)
	}
	clear(list[len(out):])
	return out
}

// tidy brings what is kept of the block in v into its order.
func (b *binder) tidy(blk *block, v reflect.Value) {
	if !b.shelf.untidy {
		return
	}
	list := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	*list = append(blk.tidy(*list), b.shelf.whole...)
}

// again reports that an earlier statement of a word counts no more.
func (b *binder) again(k *keptWord, n *conf.Node) {
	if k.is("many") || k.opens() && !k.is("anew") {
		return
	}
	switch {
	case b.shelf.seen[k] && k.is("first"):
		b.report(Warning, "first-counts", n.Words[0].Span(), "Word", n.Word(0))
	case b.shelf.seen[k]:
		b.report(Note, "repeated-word", n.Words[0].Span(), "Word", n.Word(0))
	}
	if b.shelf.seen == nil {
		b.shelf.seen = map[*keptWord]bool{}
	}
	b.shelf.seen[k] = true
}

// placeOf is where a kept word stands among those of its block; a word that is
// acted on, but not so, stands last.
func (b *block) placeOf(word string) int {
	if k := b.kept[word]; k != nil {
		return k.place
	}
	return len(b.kept)
}

// keepWhole keeps a statement whose word is acted on, but not what follows it.
func (b *binder) keepWhole(d *directive, n *conf.Node) {
	b.report(Warning, "kept-not-acted", n.WordSpan(1), "Word", d.word+" "+n.Word(1), "Value", n.Word(1), "Loss", lossOfForm(d.block.word, d.word, n.Word(1)))
	item := Item{Word: d.word, Args: rawWords(n.Words[1:])}
	if d.block.shares {
		item = Item{Word: d.block.word, Block: true, Lines: []Item{item}}
	}
	b.forget(d)
	b.shelf.whole, b.shelf.untidy = append(b.shelf.whole, item), true
}

// forget drops what was kept of an earlier statement of d.
func (b *binder) forget(d *directive) {
	word := d.word
	if d.block.shares {
		word = d.block.word
	}
	b.shelf.whole = slices.DeleteFunc(b.shelf.whole, func(i Item) bool { return i.Word == word })
}

// store puts a kept statement into the value of its block.
func (b *binder) store(item Item, valid bool, v reflect.Value) {
	list := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	*list, b.shelf.untidy = put(*list, item, valid), true
}

// rawNode is a statement as it stands in the text.
func rawNode(n *conf.Node) Item {
	out := Item{Word: begun(raw(n.Words[0])), Args: rawWords(n.Words[1:])}
	if n.Block == nil {
		return out
	}
	out.Block = true
	for i := range n.Block.Nodes {
		if in := &n.Block.Nodes[i]; !in.Stray && len(in.Words) > 0 {
			out.Lines = append(out.Lines, rawNode(in))
		}
	}
	return out
}

// begun writes the word that a line begins with so that it is none of those that mean
// something there.
func begun(word string) string {
	if word != "" && strings.IndexByte("@$~", word[0]) >= 0 {
		return conf.Quote(word)
	}
	return word
}

func rawWords(tokens []conf.Token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, raw(t))
	}
	return out
}

// raw is a word with its quotes, also the one that its author forgot.
func raw(t conf.Token) string {
	if t.Quoted() && !t.Closed() {
		return `"` + t.Value() + `"`
	}
	return t.Raw
}
