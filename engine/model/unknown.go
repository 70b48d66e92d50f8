package model

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// root stands for the place outside all blocks.
const root = "root"

// guess is what is said about an unknown word: what was probably meant, or the
// block where the word would be right.
type guess struct{ hint, elsewhere string }

// unknown reports a word that the block does not act on. Its own block, if it has
// one, is passed over up to its own brace.
func (b *binder) unknown(blk *block, word string, n *conf.Node, v reflect.Value) {
	if b.broken && blk.path != "" && b.hoist(n) {
		return
	}
	at := n.Words[0].Span()
	if b.preprocessor(n) || b.wasToStandIn(blk, word) {
		return
	}
	if k := blk.kept[word]; k != nil {
		item, valid := b.keep(k, n)
		if v.IsValid() {
			b.again(k, n)
			b.store(item, valid, v)
		}
		return
	}
	switch mark := strangeMark(word); {
	case mark != "":
		b.report(Warning, "slashes-no-comment", n.Span(), "Mark", mark)
		return
	case strings.ContainsFunc(word, oddBlank):
		b.report(Warning, "odd-blank", at, "Word", word, "Value", oddBlankIn(word), "Hint", strings.Join(strings.FieldsFunc(word, oddBlank), " "))
		return
	case word == "<<<<<<<" || word == "=======" || word == ">>>>>>>":
		b.report(Warning, "merge-mark", n.Span())
		return
	}
	if instead, ok := blk.gone[word]; ok {
		b.report(Warning, "obsolete-word", at, "Word", word, "Hint", instead)
		return
	}
	key := [2]string{blk.path, word}
	g, ok := b.guesses[key]
	if !ok && len(b.guesses) < maxAlike {
		g = blk.guess(word)
		b.guesses[key] = g
	}
	code := "unknown-word"
	switch {
	case blk.word == "vrrp_sync_group" && n.Block == nil && len(n.Words) == 1 && g == (guess{}):
		code = "member-outside-group"
	case g.elsewhere == root:
		code = "belongs-outside"
	case g.elsewhere != "":
		code = "misplaced-word"
	case n.Block != nil:
		code = "unknown-block"
	}
	b.report(Warning, code, at, "Word", word, "Block", blk.word, "Elsewhere", g.elsewhere, "Hint", g.hint)
}

// guess looks for word among the block's own, then in all other blocks.
func (b *block) guess(word string) guess {
	own := slices.Collect(maps.Keys(b.words))
	own = slices.AppendSeq(own, maps.Keys(b.kept))
	if full := "vrrp_" + word; strings.Contains(word, "_") && slices.Contains(own, full) {
		return guess{hint: full} // an instance's word among the global ones
	}
	slices.Sort(own)
	for _, near := range []string{otherCase(word, own), nearestOf(word, own), joined(word, own)} {
		if near != "" {
			return guess{hint: near}
		}
	}
	elsewhere := b.outer(word)
	if elsewhere == "" {
		elsewhere = blockWith(word)
	}
	if elsewhere == "" {
		return guess{hint: beginning(word, own)}
	}
	return guess{elsewhere: elsewhere}
}

// outer is the innermost block around this one that knows word: where a brace is
// missing, that is where it belongs.
func (b *block) outer(word string) string {
	around := strings.Split(b.path, ".")
	for len(around) > 1 {
		around = around[:len(around)-1]
		blk := readTable()
		for _, w := range around {
			d := blk.words[w]
			if d == nil || d.subs[w] == nil {
				return ""
			}
			blk = d.subs[w]
		}
		if blk.words[word] != nil || blk.kept[word] != nil {
			return blk.word
		}
	}
	return ""
}

// blockWith is the first block, in the order of the table, that knows word.
func blockWith(word string) string {
	found := ""
	var look func(b *block)
	look = func(b *block) {
		if found != "" {
			return
		}
		if b.words[word] != nil || b.kept[word] != nil {
			if found = b.word; found == "" {
				found = root
			}
			return
		}
		for _, d := range b.order {
			for _, w := range d.words {
				if sub := d.subs[w]; sub != nil {
					look(sub)
				}
			}
		}
	}
	look(readTable())
	if found != "" {
		return found
	}
	for _, blk := range slices.Sorted(maps.Keys(readKept())) {
		if k := readKept()[blk][word]; k != nil && !k.inline {
			return blk
		}
	}
	return ""
}
