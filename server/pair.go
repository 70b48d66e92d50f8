package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/facts"
	"holdfast/engine/model"
)

// pair is the files of two nodes that shall become one text.
type pair struct {
	files, nodes [2]string
	texts        [2]string // as read by the node
	configs      [2]model.Config
}

// importPair makes one text of the files of two nodes and keeps it as the newest
// revision. What both say stands once, and what one says alone stands behind
// @NODE. Nothing is filled in: a line that only one file has is for its node only.
func importPair(ctx context.Context, e *env, names, nodes []string, data string, asJSON bool) error {
	p, err := readPair(e, names, nodes, asJSON)
	if err != nil {
		return err
	}
	both, err := p.join(e)
	if err != nil {
		return err
	}
	differ := p.differences(e)
	from := filepath.Base(names[0]) + " + " + filepath.Base(names[1])
	if asJSON {
		kept, err := commit(ctx, e, []byte(both), data, from)
		if err != nil {
			return err
		}
		return encode(e, pairJSON{Nodes: p.nodes, Differences: differ, Revision: kept.number, Same: kept.same, Text: both})
	}
	if err := p.show(e, differ); err != nil {
		return err
	}
	for _, args := range powerless(p.configs[0], p.configs[1]) {
		fmt.Fprintln(e.Out, e.Text("pair.powerless", args))
	}
	fmt.Fprintln(e.Out, e.Text("pair.joined", map[string]string{"One": p.nodes[0], "Other": p.nodes[1]}))
	return keep(ctx, e, []byte(both), data, from)
}

// pairJSON is what import FILE FILE --json prints.
type pairJSON struct {
	Nodes       [2]string    `json:"nodes"`
	Differences []difference `json:"differences"`
	Revision    int64        `json:"revision"`
	Same        bool         `json:"same"` // the revision had this text already
	Text        string       `json:"text"`
}

// readPair reads both files, each as its node does, and refuses what has errors.
func readPair(e *env, names, nodes []string, quiet bool) (pair, error) {
	if len(nodes) == 0 {
		nodes = []string{nodeOf(names[0]), nodeOf(names[1])}
	}
	if len(nodes) != 2 || nodes[0] == nodes[1] || !isName(nodes[0]) || !isName(nodes[1]) {
		return pair{}, usage(e, "pair.nodes", "One", strings.Join(nodes, ", "))
	}
	p := pair{files: [2]string(names), nodes: [2]string(nodes)}
	var refused error
	for i, name := range names {
		text, err := readText(e, name)
		if err != nil {
			return p, err
		}
		c, findings := model.Parse(name, text, localFacts(nodes[i]))
		p.configs[i], p.texts[i] = c, string(text)
		if !quiet {
			if err := printFindings(e, name, findings, tally(findings)); err != nil {
				return p, err
			}
		}
		if model.Failed(findings) {
			refused = errors.New(e.Text("import.refused", map[string]string{"File": name}))
		}
	}
	return p, refused
}

// isName says whether a node can be told by this name behind an @.
func isName(node string) bool { return node != "" && !strings.ContainsAny(node, " \t\n@^") }

// nodeOf is the name of a node whose file is named after it.
func nodeOf(file string) string {
	base := filepath.Base(file)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// join makes one text of both. It tries the forms that keep most of what was
// written first, and takes the one that means to each node what its file does.
func (p pair) join(e *env) (string, error) {
	var own, flat [2]string
	carried := false // into one piece, as a revision is
	for i := range p.texts {
		one, c := onePiece(p.files[i], []byte(p.texts[i]), p.nodes[i])
		own[i], carried = conf.ForNode(string(one), p.nodes[i]), carried || c
		flat[i] = conf.Expand(p.files[i], []byte(p.texts[i]), facts.Reading(p.nodes[i]).Options()).Text
	}
	tries := [][2]string{own, flat}
	if carried {
		tries = tries[1:]
	}
	want := [2]string{p.meaning(flat[0], 0), p.meaning(flat[1], 1)}
	for _, texts := range tries {
		for _, by := range []func([2]string, [2]string) string{joinBlocks, joinLines} {
			both := by(texts, p.nodes)
			if p.meaning(both, 0) == want[0] && p.meaning(both, 1) == want[1] {
				return p.named(both), nil
			}
		}
	}
	return "", errors.New(e.Text("pair.refused", map[string]string{"File": p.files[0], "Other": p.files[1]}))
}

// named is the joined text with a comment that names both nodes, where its lines do
// not.
func (p pair) named(both string) string {
	names := conf.Nodes([]byte(both))
	if len(names) == 0 || slices.Contains(names, p.nodes[0]) && slices.Contains(names, p.nodes[1]) {
		return both
	}
	return "! " + conf.NodesMark + p.nodes[0] + " " + p.nodes[1] + "\n" + both
}

// meaning is what a text means to a node, but for the order of blocks that have
// none: instances, servers, scripts.
func (p pair) meaning(text string, i int) string {
	c, _ := model.Parse("", []byte(text), model.Facts{Node: p.nodes[i]})
	return ordered(model.Print(c))
}

// ordered is a canonical text with the blocks beside each other sorted.
func ordered(text string) string {
	return orderedNodes(conf.Parse("", []byte(text), "").Nodes)
}

func orderedNodes(nodes []conf.Node) string {
	var lines, blocks []string
	for i := range nodes {
		n := &nodes[i]
		line := n.Heading()
		if n.Block == nil {
			lines = append(lines, line)
			continue
		}
		blocks = append(blocks, line+" {\n"+orderedNodes(n.Block.Nodes)+"}\n")
	}
	slices.Sort(blocks)
	return strings.Join(lines, "\n") + "\n" + strings.Join(blocks, "")
}

// tally counts findings by their severity.
func tally(findings []model.Finding) map[model.Severity]int {
	count := map[model.Severity]int{}
	for _, f := range findings {
		count[f.Severity] += f.Times()
	}
	return count
}
