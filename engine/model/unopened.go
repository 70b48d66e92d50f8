package model

import (
	"cmp"
	"slices"

	"holdfast/engine/conf"
)

// unopened is a statement that needs a block and lacks the opening brace. What was
// to stand in the block stands in the one around it, and the closing brace closes
// nothing: all that is one slip, and is said once.
type unopened struct {
	around *block
	knows  func(word string) bool // a word that was to stand in it
	at     conf.Span
}

// noBlock reports the missing brace of a statement of the block around.
func (b *binder) noBlock(around *block, knows func(word string) bool, n *conf.Node) {
	b.report(Error, "no-block", n.Span(), "Word", n.Word(0))
	b.unopened = append(b.unopened, unopened{around, knows, n.Span()})
}

// wasToStandIn says whether a word that a block does not know belongs to one above
// that lacks its brace.
func (b *binder) wasToStandIn(around *block, word string) bool {
	return slices.ContainsFunc(b.unopened, func(u unopened) bool { return u.around == around && u.knows(word) })
}

// closers leaves out the closing braces of blocks that were never opened.
func (b *binder) closers() {
	for _, u := range b.unopened {
		first := -1
		for i, f := range b.findings {
			if f.Code == "extra-brace" && f.Range.File == b.file.Names[u.at.File] && f.Range.Line > u.at.Line &&
				(first < 0 || cmp.Less(f.Range.Line, b.findings[first].Range.Line)) {
				first = i
			}
		}
		if first >= 0 {
			b.findings = slices.Delete(b.findings, first, first+1)
		}
	}
}
