package convert

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// piece is one statement of a text as the lines that it takes.
type piece struct {
	key   string
	lead  []string // comments and blank lines before it
	head  []string // its lines up to its opening brace, or all of them
	body  *pieces  // of a block that has its lines for itself
	close []string
}

// pieces are the statements between two braces, or those of a whole text.
type pieces struct {
	list    []piece
	tail    []string // comments and blank lines behind the last one
	inOrder bool     // the order of its lines counts
}

// harmless are the problems of a text that do not keep its statements from being told apart.
var harmless = []string{"comment-in-word", "comment-backslash", "bom"}

// joinBlocks puts two texts into one, block by block: what both say stands once,
// in the order of the first, whatever the order in the second. A text whose
// statements do not stand on lines of their own gives "".
func joinBlocks(texts, nodes [2]string) string {
	var both [2]*pieces
	v := model.Words()
	j := joiner{nodes: nodes, told: map[string]bool{}}
	for i, text := range texts {
		f := conf.Parse("", []byte(text), "")
		if len(f.Problems) > 0 && slices.ContainsFunc(f.Problems, func(p conf.Problem) bool { return !slices.Contains(harmless, p.Code) }) {
			return ""
		}
		c := splitter{lines: lines(strings.TrimPrefix(text, "\ufeff")), words: v}
		p, ok := c.split(f.Nodes, 0, len(c.lines), model.Root)
		if !ok {
			return ""
		}
		both[i] = p
	}
	for _, l := range lines(texts[0]) {
		j.told[commentOf(l)] = true
	}
	j.pieces(both[0], both[1])
	return j.out.String()
}

// splitter splits a text into its pieces.
type splitter struct {
	lines []string
	words model.Vocabulary
}

// split gives the pieces of lines from..to; false where two statements share a line.
func (c splitter) split(nodes []conf.Node, from, to int, block string) (*pieces, bool) {
	p := &pieces{}
	seen := map[string]int{}
	for i := range nodes {
		n := &nodes[i]
		if n.Stray || len(n.Words) == 0 {
			return nil, false
		}
		first, last := n.Span().Line-1, n.Span().EndLine-1
		if n.Block != nil {
			last = n.Block.Close.Span().Line - 1
		}
		if first < from || last >= to {
			return nil, false
		}
		one := piece{lead: c.lines[from:first], head: c.lines[first : last+1], key: keyOf(n)}
		if n.Block != nil {
			open, shut := n.Block.Open.Span().Line-1, last
			d := c.words.Of(block, n)
			if inner, ok := c.split(n.Block.Nodes, open+1, shut, n.Word(0)); ok && open < shut {
				inner.inOrder = d == nil || d.Kind != "block"
				one.head, one.body, one.close = c.lines[first:open+1], inner, c.lines[shut:shut+1]
			}
		}
		seen[one.key]++
		one.key += "\x00" + strings.Repeat("+", seen[one.key])
		p.list = append(p.list, one)
		from = last + 1
	}
	p.tail = c.lines[from:to]
	return p, true
}

// keyOf is what makes a statement of one text the same as one of the other: a
// block its heading, a definition its name, an include all of it, any other its
// word.
func keyOf(n *conf.Node) string {
	word := n.Word(0)
	if name, _, ok := strings.Cut(word, "="); ok && strings.HasPrefix(word, "$") {
		return name
	}
	if n.Block != nil || strings.HasPrefix(word, "~") || conf.IsInclude(word) {
		return n.Heading()
	}
	return word
}

// joiner writes the joined text.
type joiner struct {
	nodes [2]string
	told  map[string]bool // comments that are written, or will be
	out   strings.Builder
}

func (j *joiner) pieces(a, b *pieces) {
	if a.inOrder || b.inOrder {
		j.inOrder(a, b)
	} else {
		j.anyOrder(a, b)
	}
	j.comments(b.tail)
	j.write(a.tail)
}

// inOrder keeps the order of both sides.
func (j *joiner) inOrder(a, b *pieces) {
	equal := func(i, k int) bool {
		return bare(a.list[i].head) == bare(b.list[k].head) && a.list[i].body == nil && b.list[k].body == nil
	}
	for _, h := range Match(len(a.list), len(b.list), mostCells, equal) {
		for i := h.A; i < h.EndA; i++ {
			j.only(0, &a.list[i])
		}
		for i := h.B; i < h.EndB; i++ {
			j.only(1, &b.list[i])
		}
		for i := range h.Same {
			j.both(&a.list[h.EndA+i], &b.list[h.EndB+i])
		}
	}
}

// anyOrder goes by the first side; what only the other has follows what it follows
// there.
func (j *joiner) anyOrder(a, b *pieces) {
	other := map[string]*piece{}
	for i := range b.list {
		other[b.list[i].key] = &b.list[i]
	}
	own := map[string]bool{}
	for i := range a.list {
		own[a.list[i].key] = true
	}
	behind := map[string][]*piece{}
	last := ""
	for i := range b.list {
		if p := &b.list[i]; own[p.key] {
			last = p.key
		} else {
			behind[last] = append(behind[last], p)
		}
	}
	for _, p := range behind[""] {
		j.only(1, p)
	}
	for i := range a.list {
		p := &a.list[i]
		if q := other[p.key]; q != nil {
			j.both(p, q)
		} else {
			j.only(0, p)
		}
		for _, q := range behind[p.key] {
			j.only(1, q)
		}
	}
}

// both writes a statement that both sides have, alike or not.
func (j *joiner) both(p, q *piece) {
	j.comments(q.lead)
	j.write(p.lead)
	switch {
	case p.body != nil && q.body != nil:
		j.endings(p.head, q.head)
		j.write(p.head)
		j.pieces(p.body, q.body)
		j.write(p.close)
	case bare(p.whole()) == bare(q.whole()):
		j.endings(p.head, q.head)
		j.write(p.whole())
	default:
		j.mark(0, p.whole())
		j.mark(1, q.whole())
	}
}

// only writes a statement of one side.
func (j *joiner) only(side int, p *piece) {
	if side == 0 {
		j.write(p.lead)
	} else {
		j.comments(p.lead)
	}
	j.mark(side, p.whole())
}

// mark writes lines for one node. Comments need no mark.
func (j *joiner) mark(side int, list []string) {
	for _, l := range list {
		switch body := strings.TrimSpace(l); {
		case body == "":
		case strings.ContainsAny(body[:1], "!#"):
			j.out.WriteString(l + "\n")
		default:
			j.out.WriteString("@" + j.nodes[side] + " " + l + "\n")
		}
	}
}

func (j *joiner) write(list []string) {
	for _, l := range list {
		j.out.WriteString(l + "\n")
	}
}

// comments writes those comments of the other side that this one has not.
func (j *joiner) comments(list []string) {
	for _, l := range list {
		if c := commentOf(l); c != "" && !j.told[c] {
			j.told[c] = true
			j.out.WriteString(l + "\n")
		}
	}
}

// endings writes the comments at the ends of the other side's lines above the line
// that stands for both.
func (j *joiner) endings(mine, theirs []string) {
	indent := mine[0][:len(mine[0])-len(strings.TrimLeft(mine[0], " \t"))]
	for _, l := range theirs {
		if c := commentOf(l); c != "" && !j.told[c] {
			j.told[c] = true
			j.out.WriteString(indent + c + "\n")
		}
	}
}

// whole is all lines of a piece, with those of its body.
func (p *piece) whole() []string {
	if p.body == nil {
		return p.head
	}
	all := slices.Clone(p.head)
	for i := range p.body.list {
		in := &p.body.list[i]
		all = append(append(all, in.lead...), in.whole()...)
	}
	return append(append(all, p.body.tail...), p.close...)
}

// bare is what lines say, without blanks and comments.
func bare(list []string) string {
	var b strings.Builder
	for _, l := range list {
		if l = conf.Content(l); strings.TrimSpace(l) != "" {
			b.WriteString(strings.Join(strings.Fields(l), " ") + "\n")
		}
	}
	return b.String()
}

// commentOf is the comment of a line, with its mark.
func commentOf(l string) string { return strings.TrimSpace(l[len(conf.Content(l)):]) }
