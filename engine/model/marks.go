package model

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"holdfast/engine/conf"
)

// optionMark begins a comment that says a word which keepalived lacks, inside of the
// block that it is for, so that keepalived still reads the text:
//
//	! holdfast: slow_start 30
const optionMark = "holdfast: "

// others are the comments of ours that are no such words: they are read elsewhere.
var others = []string{"allow", "nodes"}

// optionWords are all words that stand in comments, each with its block.
var optionWords = sync.OnceValue(func() map[string]string {
	words := map[string]string{}
	var walk func(*block)
	walk = func(b *block) {
		for _, d := range b.order {
			if d.comment {
				words[d.word] = b.word
			}
			for _, sub := range d.subs {
				walk(sub)
			}
		}
	}
	walk(readTable())
	return words
})

// optionOf gives the words of a comment of ours; none where it is another one.
func optionOf(comment string) []string {
	rest, ours := strings.CutPrefix(strings.TrimLeft(comment, "!# \t"), optionMark)
	words := strings.Fields(rest)
	if !ours || len(words) == 0 || slices.Contains(others, words[0]) {
		return nil
	}
	return words
}

// begin is what a line of the directive begins with.
func (d *directive) begin() string {
	if d.comment {
		return "! " + optionMark + d.word
	}
	return d.word
}

// isOption says whether a comment says a word that keepalived lacks.
func isOption(comment string) bool {
	words := optionOf(comment)
	return len(words) > 0 && optionWords()[words[0]] != ""
}

// marks reads the words of a block that stand in comments.
func (b *binder) marks(blk *block, n *conf.Node, v reflect.Value) {
	for i := range n.Block.Nodes {
		if words := n.Block.Nodes[i].Words; len(words) > 0 {
			b.markedBefore(blk, words[0], v)
		}
	}
	b.markedBefore(blk, n.Block.Close, v)
}

// markedBefore reads those that stand before a token.
func (b *binder) markedBefore(blk *block, t conf.Token, v reflect.Value) {
	if !strings.Contains(t.Lead, optionMark) {
		return
	}
	lines := strings.Split(t.Lead, "\n")
	for i, line := range lines {
		at := strings.IndexAny(line, "!#")
		if at < 0 {
			continue
		}
		words := optionOf(line[at:])
		if words == nil {
			continue
		}
		n := &conf.Node{}
		for _, w := range words {
			n.Words = append(n.Words, t.Beside(w, i+1-len(lines), at+1))
		}
		if d := blk.words[words[0]]; d != nil && d.comment {
			b.directive(d, words[0], n, v)
			continue
		}
		hint, elsewhere := "", optionWords()[words[0]]
		if elsewhere == "" {
			hint = Nearest(words[0], slices.Sorted(maps.Keys(optionWords())))
		}
		b.report(Warning, "unknown-option", n.Words[0].Span(), "Word", words[0], "Elsewhere", elsewhere, "Hint", hint)
	}
}
