package convert

import (
	"path"
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Side is the file of one node of a pair, as that node reads it.
type Side struct {
	Name, Node string
	Text       []byte
	Config     model.Config
	Findings   []model.Finding
}

// ReadSide reads the file of the node that facts name.
func ReadSide(name string, text []byte, facts model.Facts) Side {
	c, findings := model.Parse(name, text, facts)
	return Side{name, facts.Node, text, c, findings}
}

// Joined is one text for both nodes of a pair.
type Joined struct {
	Text        string
	Differences []Difference
	Ineffective []Ineffective // weights that can never change the winner
}

// Refusal is why two files do not become one text. Each that speaks of a pair has a
// sentence under "pair.CODE" in assets; of a text with errors its findings speak.
type Refusal string

// The refusals: names of nodes that cannot stand behind an @ or are the same; a
// file with errors; files that cannot be put into one text without a change of what
// they mean to their nodes.
const (
	BadNames Refusal = "nodes"
	Faulty   Refusal = "errors"
	Apart    Refusal = "refused"
)

func (r Refusal) Error() string { return "the files of a pair: " + string(r) }

// Pair makes one text of the files of two nodes: what both say stands once, and
// what one says alone stands behind @NODE. Nothing is filled in: a line that only
// one file has is for its node only. Its error is a Refusal.
func Pair(one, other Side, reading Reading) (Joined, error) {
	switch {
	case !DistinctNodes(one.Node, other.Node):
		return Joined{}, BadNames
	case model.Failed(one.Findings) || model.Failed(other.Findings):
		return Joined{}, Faulty
	}
	p := pair{one, other}
	text, ok := p.join(reading)
	if !ok {
		return Joined{}, Apart
	}
	return Joined{text, p.differences(reading), ineffectiveWeights(one.Config, other.Config)}, nil
}

// DistinctNodes says whether two nodes can be told apart by these names behind an @.
func DistinctNodes(one, other string) bool { return one != other && isName(one) && isName(other) }

func isName(node string) bool { return node != "" && !strings.ContainsAny(node, " \t\n@^") }

// NodeOf is the name of a node whose file is named after it.
func NodeOf(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// pair is the files of two nodes that shall become one text.
type pair [2]Side

func (p *pair) nodes() [2]string { return [2]string{p[0].Node, p[1].Node} }

// join tries the forms that keep most of what was written first, and takes the one
// that means to each node what its file does; false where there is none.
func (p *pair) join(reading Reading) (string, bool) {
	var own, flat [2]string
	carried := false // into one piece, as a revision is
	for i := range p {
		s := &p[i]
		one, c := Inline(s.Name, s.Text, s.Node, reading)
		own[i], carried = conf.ForNode(string(one), s.Node), carried || c
		flat[i] = conf.Expand(s.Name, s.Text, reading(s.Node).Options()).Text
	}
	tries := [][2]string{own, flat}
	if carried || definesLines(own[0]) || definesLines(own[1]) {
		tries = tries[1:] // a line in a definition belongs to those around it
	}
	want := [2]string{p.meaning(flat[0], 0), p.meaning(flat[1], 1)}
	for _, texts := range tries {
		for _, by := range []func([2]string, [2]string) string{joinBlocks, joinLines} {
			both := by(texts, p.nodes())
			if p.meaning(both, 0) == want[0] && p.meaning(both, 1) == want[1] {
				return p.named(both), true
			}
		}
	}
	return "", false
}

// definesLines says whether a definition of a text goes over several lines.
func definesLines(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "$") && conf.GoesOn(line) {
			return true
		}
	}
	return false
}

// named is the joined text with a comment that names both nodes, where its lines do
// not.
func (p *pair) named(both string) string {
	names := conf.Nodes([]byte(both))
	if len(names) == 0 || slices.Contains(names, p[0].Node) && slices.Contains(names, p[1].Node) {
		return both
	}
	return "! " + conf.NodesMark + p[0].Node + " " + p[1].Node + "\n" + both
}

// meaning is what a text means to a node, but for the order of blocks that have
// none: instances, servers, scripts.
func (p *pair) meaning(text string, i int) string {
	c, _ := model.Parse("", []byte(text), model.Facts{Node: p[i].Node})
	return Ordered(c)
}

// Ordered is the canonical text of a configuration with the blocks beside each
// other sorted: two that mean the same but for their order have the same.
func Ordered(c model.Config) string {
	return ordered(conf.Parse("", []byte(model.Print(c)), "").Nodes)
}

func ordered(nodes []conf.Node) string {
	var lines, blocks []string
	for i := range nodes {
		n := &nodes[i]
		if n.Block == nil {
			lines = append(lines, n.Heading())
			continue
		}
		blocks = append(blocks, n.Heading()+" {\n"+ordered(n.Block.Nodes)+"}\n")
	}
	slices.Sort(blocks)
	return strings.Join(lines, "\n") + "\n" + strings.Join(blocks, "")
}
