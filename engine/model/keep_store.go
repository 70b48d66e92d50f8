package model

import (
	"reflect"
	"slices"
	"sort"
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
	from, to := b.run(list, k)
	if from < to && !k.is("many") && valid {
		if k.opens() {
			list[from].Lines = append(list[from].Lines, item.Lines...)
			return list
		}
		list = slices.Delete(list, from, to)
		to = from
	}
	return slices.Insert(list, to, item)
}

// run is where the items of k stand in a list that is in the order of the table,
// or where they would.
func (b *block) run(list []Item, k *keptWord) (from, to int) {
	at := func(place int) int {
		if n := len(list); n > 0 && b.placeOf(list[n-1].Word) < place {
			return n
		}
		return sort.Search(len(list), func(i int) bool { return b.placeOf(list[i].Word) >= place })
	}
	return at(k.place), at(k.place + 1)
}

// again reports that an earlier statement of a word counts no more.
func (b *binder) again(blk *block, list []Item, k *keptWord, n *conf.Node) {
	if k.is("many") || k.opens() {
		return
	}
	if from, to := blk.run(list, k); from < to {
		b.report(Note, "repeated-word", n.Words[0].Span(), "Word", n.Word(0))
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
