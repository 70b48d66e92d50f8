package conf

import (
	"sort"
	"strings"
)

// site is where a path leads: before statement i of a list.
type site struct {
	outer []around // the blocks around it, the outermost first
	list  []Node
	i     int
	after int // one past the last token before the place
}

// around is a block around a place, in bytes of the text.
type around struct {
	node               *Node
	start, open, close int
}

// node is the statement at the place, or nil behind the last.
func (s *site) node() *Node {
	if s.i < len(s.list) {
		return &s.list[s.i]
	}
	return nil
}

// bytes are those of the statement, from its first token to past its last.
func (s *site) bytes() (start, end int) {
	n := s.node()
	return s.after + n.lead(), s.after + n.size()
}

// word is where word i of the statement stands.
func (s *site) word(i int) (start, end int) {
	at := s.after
	for _, w := range s.node().Words[:i] {
		at += len(w.Lead) + len(w.Raw)
	}
	w := s.node().Words[i]
	return at + len(w.Lead), at + len(w.Lead) + len(w.Raw)
}

// lead is how many bytes stand before the statement's first token.
func (n *Node) lead() int {
	if len(n.Words) > 0 {
		return len(n.Words[0].Lead)
	}
	return len(n.Block.Open.Lead)
}

// size is how many bytes the statement has, with what stands before it.
func (n *Node) size() int {
	size := n.head()
	if b := n.Block; b != nil {
		size += len(b.Open.Lead) + len(b.Open.Raw) + b.inner() + len(b.Close.Lead) + len(b.Close.Raw)
	}
	return size
}

// head is how many bytes the words have, with what stands before them.
func (n *Node) head() int {
	size := 0
	for _, w := range n.Words {
		size += len(w.Lead) + len(w.Raw)
	}
	return size
}

// inner is how many bytes stand between the opening brace and what leads to the
// closing one.
func (b *Block) inner() int {
	size := len(b.Deep)
	for i := range b.Nodes {
		size += b.Nodes[i].size()
	}
	return size
}

// find follows a path.
func (d *Draft) find(p Path) (*site, *Refusal) {
	s := &site{list: d.file.Nodes}
	if len(p) == 0 {
		return nil, refuse(EditNowhere, Span{})
	}
	for depth, i := range p {
		if i < 0 || i > len(s.list) {
			return nil, refuse(EditNowhere, Span{})
		}
		for k := range i {
			s.after += s.list[k].size()
		}
		if s.i = i; depth == len(p)-1 {
			break
		}
		n := s.node()
		if n == nil || n.Block == nil {
			return nil, refuse(EditNowhere, Span{})
		}
		a := around{node: n, start: s.after + n.lead()}
		a.open = s.after + n.head() + len(n.Block.Open.Lead)
		s.after = a.open + len(n.Block.Open.Raw)
		a.close = s.after + n.Block.inner() + len(n.Block.Close.Lead)
		s.outer = append(s.outer, a)
		s.list = n.Block.Nodes
	}
	return s, nil
}

// next is the first token from a byte on.
func (d *Draft) next(from int) (mark, bool) {
	i := sort.Search(len(d.marks), func(i int) bool { return int(d.marks[i].at) >= from })
	if i == len(d.marks) {
		return mark{at: uint32(len(d.text)), end: uint32(len(d.text))}, false
	}
	return d.marks[i], true
}

// line is the line of a byte: from its first byte to its line feed.
func (d *Draft) line(at int) (start, end int) {
	start = max(strings.LastIndexByte(d.text[:at], '\n')+1, bom(d.text))
	if i := strings.IndexByte(d.text[at:], '\n'); i >= 0 {
		return start, at + i
	}
	return start, len(d.text)
}

// margin is what stands before the first token of a byte's line: the mark of a
// node and the indentation.
func (d *Draft) margin(at int) string {
	start, _ := d.line(at)
	first, _ := d.next(start)
	return d.text[start:min(int(first.at), at)]
}

// condition is the @ID of a margin, or "".
func condition(margin string) string {
	margin = strings.TrimLeft(margin, " \t\f\v\r")
	if !strings.HasPrefix(margin, "@") {
		return ""
	}
	if i := strings.IndexAny(margin, " \t\f\v\r"); i > 0 {
		return margin[:i]
	}
	return margin
}

// lineEnd is how lines around a byte end.
func (d *Draft) lineEnd(at int) string {
	_, end := d.line(at)
	if end == len(d.text) {
		end = strings.IndexByte(d.text, '\n')
	}
	if end > 0 && d.text[end-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
