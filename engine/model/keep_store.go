package model

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// put adds an item in the order of the table. Of a word that counts once, the
// last stands, unless it is not valid: then keepalived keeps to the one before,
// and both stay. The lines of a list add up.
func (b *block) put(list []Item, k *keptWord, item Item, valid bool) []Item {
	if !valid && !item.Block && len(item.Args) == 0 {
		return list // its value is missing: nobody can say more of it, and keepalived would end here
	}
	if !k.is("many") && valid {
		for i := range list {
			if list[i].Word != item.Word {
				continue
			}
			if k.opens() {
				list[i].Lines = append(list[i].Lines, item.Lines...)
				return list
			}
			list = slices.DeleteFunc(list, func(old Item) bool { return old.Word == item.Word })
			break
		}
	}
	list = append(list, item)
	slices.SortStableFunc(list, func(x, y Item) int { return cmp.Compare(b.placeOf(x.Word), b.placeOf(y.Word)) })
	return list
}

// again reports that an earlier statement of a word counts no more.
func (b *binder) again(list []Item, k *keptWord, n *conf.Node) {
	if k.is("many") || k.opens() {
		return
	}
	for _, i := range list {
		if i.Word == k.word {
			b.report(Note, "repeated-word", n.Words[0].Span(), "Word", n.Word(0))
			return
		}
	}
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
func (b *binder) keepWhole(d *directive, n *conf.Node, v reflect.Value) {
	at := min(2, len(n.Words)-1)
	if slices.Contains(d.kept, n.Word(1)) {
		at = 1
	}
	b.report(Warning, "kept-not-acted", n.WordSpan(at), "Word", d.word+" "+n.Word(at), "Value", n.Word(at))
	if at == 2 {
		b.tunnel(d, n)
	}
	item := Item{Word: d.word, Args: rawWords(n.Words[1:])}
	if d.block.shares {
		item = Item{Word: d.block.word, Block: true, Lines: []Item{item}}
	}
	list := b.forget(d, v)
	*list = append(*list, item)
}

// forget drops what was kept of an earlier statement of d.
func (b *binder) forget(d *directive, v reflect.Value) *[]Item {
	word := d.word
	if d.block.shares {
		word = d.block.word
	}
	list := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	*list = slices.DeleteFunc(*list, func(i Item) bool { return i.Word == word })
	return list
}

// store puts a kept statement into the value of its block.
func (b *binder) store(blk *block, k *keptWord, item Item, valid bool, v reflect.Value) {
	if !v.IsValid() {
		return
	}
	list := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	if k == nil {
		*list = append(*list, item)
		return
	}
	*list = blk.put(*list, k, item, valid)
}

// rawNode is a statement as it stands in the text.
func rawNode(n *conf.Node) Item {
	out := Item{Word: raw(n.Words[0]), Args: rawWords(n.Words[1:])}
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

func rawWords(tokens []conf.Token) []string {
	var out []string
	for _, t := range tokens {
		out = append(out, raw(t))
	}
	return out
}

// raw is a word with its quotes, also the one that its author forgot.
func raw(t conf.Token) string {
	if t.Quoted() && (len(t.Raw) == 1 || !strings.HasSuffix(t.Raw, `"`)) {
		return t.Raw + `"`
	}
	return t.Raw
}
