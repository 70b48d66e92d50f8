package model

import (
	"slices"

	"holdfast/engine/conf"
)

// known is a statement as it stands in the text, without the words that its block
// and those in it do not know; a word that has gone out of use gives way to
// today's.
func (b *block) known(n *conf.Node) Item {
	out := Item{Word: raw(n.Words[0]), Args: rawWords(n.Words[1:])}
	if n.Block == nil {
		return out
	}
	out.Block = true
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		if in.Stray || len(in.Words) == 0 {
			continue
		}
		word := in.Word(0)
		d := b.words[word]
		switch {
		case d != nil && d.subs[word] != nil:
			out.Lines = append(out.Lines, d.subs[word].known(in))
		case d != nil && (len(in.Words) > 1 || d.mayBeBare() || in.Block != nil || len(d.words) > 1):
			item := rawNode(in)
			if slices.Contains(d.old, word) {
				item.Word = d.word
			}
			out.Lines = append(out.Lines, item)
		case b.kept[word] != nil:
			out.Lines = append(out.Lines, rawNode(in))
		}
	}
	return out
}
