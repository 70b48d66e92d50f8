package convert

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// LeftOut is a word that an older keepalived does not know, and where it stands: at
// no line where the text has it under another name.
type LeftOut struct {
	Block, Word string
	At          model.Range
}

// Older is what a text means without the words that a release of keepalived does not
// know, and these words. tree is the text as it was read.
func Older(c model.Config, tree *conf.File, release string) (model.Config, []LeftOut) {
	c, left := model.Older(c, release)
	return c, placesOf(tree, left)
}

// placesOf finds where the words stand that were left out, each as "BLOCK WORD".
func placesOf(tree *conf.File, left []string) []LeftOut {
	var found []LeftOut
	placed := map[string]bool{}
	var walk func(nodes []conf.Node, block string)
	walk = func(nodes []conf.Node, block string) {
		for i := range nodes {
			n := &nodes[i]
			if len(n.Words) == 0 {
				continue
			}
			if name := block + " " + n.Word(0); slices.Contains(left, name) {
				at := n.Span()
				placed[name] = true
				found = append(found, LeftOut{block, n.Word(0), model.Range{File: tree.Names[at.File], Line: at.Line, Col: at.Col, EndLine: at.EndLine, EndCol: at.EndCol}})
				continue
			}
			if n.Block != nil {
				walk(n.Block.Nodes, n.Word(0))
			}
		}
	}
	walk(tree.Nodes, "")
	for _, name := range left {
		if !placed[name] {
			block, word, _ := strings.Cut(name, " ")
			found = append(found, LeftOut{block, word, model.Range{File: tree.Name}})
		}
	}
	return found
}
