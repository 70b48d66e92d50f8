package objects

import (
	"cmp"
	"slices"

	"holdfast/engine/conf"
	"holdfast/engine/convert"
)

// canonical is the word of the table for a word of a text.
func canonical(block, word string) string {
	if d := vocabulary()[[2]string{block, word}]; d != nil {
		return d.Word
	}
	return word
}

// placed are edits of the statement at a place, or of one that is to stand before it.
type placed struct {
	at     int
	insert bool
	edits  []conf.Edit
}

// inOrder puts edits in an order in which each leaves the places of the later ones
// alone: from the end to the beginning, and at one place what is there first.
func inOrder(list []placed) []conf.Edit {
	slices.Reverse(list)
	slices.SortStableFunc(list, func(x, y placed) int {
		if x.at == y.at && x.insert != y.insert {
			if y.insert {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.at, x.at)
	})
	var edits []conf.Edit
	for _, p := range list {
		edits = append(edits, p.edits...)
	}
	return edits
}

// changes are the edits that make of the statements of a block those of want.
func changes(path conf.Path, block string, have []conf.Node, want []conf.Statement) []conf.Edit {
	return changesOf(path, block, have, want, nil)
}

// changesOf is changes for the named keywords, or for all of them where named is nil.
func changesOf(path conf.Path, block string, have []conf.Node, want []conf.Statement, named map[string]bool) []conf.Edit {
	var words []string
	mine, theirs := map[string][]int{}, map[string][]conf.Statement{}
	note := func(word string) {
		if len(mine[word]) == 0 && len(theirs[word]) == 0 {
			words = append(words, word)
		}
	}
	for i := range have {
		word := canonical(block, have[i].Word(0))
		note(word)
		mine[word] = append(mine[word], i)
	}
	for _, s := range want {
		word := canonical(block, s.Words[0])
		note(word)
		theirs[word] = append(theirs[word], s)
	}
	b := builder{path: path, block: block, have: have}
	for _, word := range words {
		if named == nil || named[word] {
			b.word(mine[word], theirs[word])
		}
	}
	return inOrder(b.list)
}

// builder gathers the edits of one block.
type builder struct {
	path  conf.Path
	block string
	have  []conf.Node
	list  []placed
}

func (b *builder) at(i int) conf.Path { return append(slices.Clone(b.path), i) }

// word makes of the statements of one word those that are wanted: the same ones stay,
// then those with the same words keep them, and the rest is paired in order.
func (b *builder) word(mine []int, want []conf.Statement) {
	const cells = 1 << 20
	i, last := 0, b.room(mine, want)
	j := 0
	for _, h := range convert.Match(len(mine), len(want), cells, func(i, j int) bool { return sameHead(&b.have[mine[i]], want[j]) }) {
		for ; i < h.EndA && j < h.EndB; i, j = i+1, j+1 {
			b.change(mine[i], want[j])
			last = mine[i] + 1
		}
		for ; i < h.EndA; i++ {
			b.list = append(b.list, placed{mine[i], false, []conf.Edit{conf.Remove(b.at(mine[i]))}})
		}
		for ; j < h.EndB; j++ {
			b.list = append(b.list, placed{last, true, []conf.Edit{conf.Insert(b.at(last), want[j])}})
		}
		for range h.Same {
			b.change(mine[i], want[j])
			last = mine[i] + 1
			i, j = i+1, j+1
		}
	}
}

// room is where a statement goes of a word that has none yet: before the first block
// where it is a line, and at the end where it is a block.
func (b *builder) room(mine []int, want []conf.Statement) int {
	if len(mine) > 0 {
		return mine[0]
	}
	if len(want) > 0 && !want[0].Block {
		for i := range b.have {
			if b.have[i].Block != nil {
				return i
			}
		}
	}
	return len(b.have)
}

// sameHead says whether a statement has the values of a wanted one.
func sameHead(n *conf.Node, s conf.Statement) bool {
	if len(n.Words) != len(s.Words) || (n.Block != nil) != s.Block {
		return false
	}
	for i := 1; i < len(s.Words); i++ {
		if n.Word(i) != s.Words[i] {
			return false
		}
	}
	return true
}

// change makes of statement i the wanted one. It keeps its own word where that is
// another one for the same.
func (b *builder) change(i int, s conf.Statement) {
	n := &b.have[i]
	if (n.Block != nil) != s.Block {
		b.list = append(b.list, placed{i, false, []conf.Edit{conf.Replace(b.at(i), s)}})
		return
	}
	var edits []conf.Edit
	if n.Block != nil {
		d := vocabulary().Of(b.block, n)
		if lined(d, n.Block) {
			edits = lineChanges(b.at(i), n.Block.Nodes, s.Inside)
		} else {
			edits = changes(b.at(i), insideOf(d, n), n.Block.Nodes, s.Inside)
		}
	}
	if !sameHead(n, s) {
		words := slices.Clone(s.Words)
		if canonical(b.block, words[0]) == canonical(b.block, n.Word(0)) {
			words[0] = n.Word(0)
		}
		edits = append(edits, conf.SetWords(b.at(i), words...))
	}
	if len(edits) > 0 {
		b.list = append(b.list, placed{i, false, edits})
	}
}

// lineChanges is changes for a block whose every line is a value.
func lineChanges(path conf.Path, have []conf.Node, want []conf.Statement) []conf.Edit {
	const cells = 1 << 20
	var list []placed
	at := func(i int) conf.Path { return append(slices.Clone(path), i) }
	i, j := 0, 0
	for _, h := range convert.Match(len(have), len(want), cells, func(i, j int) bool { return sameWords(&have[i], want[j]) }) {
		for ; i < h.EndA && j < h.EndB; i, j = i+1, j+1 {
			list = append(list, placed{i, false, []conf.Edit{conf.SetWords(at(i), want[j].Words...)}})
		}
		for ; i < h.EndA; i++ {
			list = append(list, placed{i, false, []conf.Edit{conf.Remove(at(i))}})
		}
		for ; j < h.EndB; j++ {
			list = append(list, placed{i, true, []conf.Edit{conf.Insert(at(i), want[j])}})
		}
		i, j = i+h.Same, j+h.Same
	}
	return inOrder(list)
}

func sameWords(n *conf.Node, s conf.Statement) bool {
	return n.Block == nil && n.Word(0) == s.Words[0] && sameHead(n, s)
}
