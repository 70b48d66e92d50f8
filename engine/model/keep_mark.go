package model

import (
	"slices"
	"strings"

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

// tunnel reads what follows lvs_method TUN.
func (b *binder) tunnel(d *directive, n *conf.Node) {
	l := line{b: b, n: n, d: &directive{word: d.word, kind: d.kind, options: d.options, soft: true, mild: true}, at: 1}
	kind, ports, sums := "ipip", 0, []string{}
	for _, o := range l.options(nil) {
		switch o.word {
		case "type":
			if o.good {
				kind = n.Word(o.end - 1)
			}
		case "port":
			ports++
		default:
			sums = append(sums, o.word)
		}
	}
	l.at, l.word = 1, d.word+" TUN"
	if (kind == "gue") != (ports > 0) {
		l.fail(Warning, "tunnel-port", kind)
	}
	for _, s := range sums {
		if kind == "ipip" && s != "nocsum" || kind == "gre" && s == "remcsum" {
			l.fail(Warning, "tunnel-checksum", strings.TrimSpace(s), "Kind", kind)
		}
	}
}
