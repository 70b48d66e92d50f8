package conf

import (
	"slices"
	"strconv"
	"strings"
)

// check reads the changed text: its tree has to be that of the text with the edit,
// and what was written has to stand in it as it is.
func (d *Draft) check(e Edit, s *site, c Change) *Refusal {
	at := Span{}
	switch n := s.node(); {
	case n != nil:
		at = n.Span()
	case len(s.outer) > 0:
		at = s.outer[len(s.outer)-1].node.Span()
	}
	if c.Old == c.New {
		return nil
	}
	after, err := d.After(c)
	if err != nil {
		return refuse(EditUnclear, at)
	}
	if !alike(edited(d.file.Nodes, e.path, e), after.file.Nodes) {
		for _, p := range d.file.Problems {
			if p.Code == "missing-brace" || p.Code == "extra-brace" || p.Code == "unexpected-brace" {
				return refuse(EditUnbalanced, p.Span, "Word", p.Args["Word"])
			}
		}
		return refuse(EditUnclear, at)
	}
	if e.verb == remove {
		return nil
	}
	from, to := trimmed(after.text, c.At, c.At+len(c.New))
	if r := after.plain(from, to, at); r != nil {
		return d.unread(r, e)
	}
	return after.short(from, to, at)
}

// unread says what is wrong with a value, or a place, that expansion changes.
func (d *Draft) unread(r *Refusal, e Edit) *Refusal {
	if name := r.Args["Name"]; strings.HasPrefix(name, "$") {
		for _, w := range slices.Concat(e.words, e.statement.all()) {
			if strings.Contains(w, name) {
				return refuse(EditValue, r.Span, "Value", w)
			}
		}
	}
	return r
}

// all are the words of a statement and of those in it.
func (s Statement) all() []string {
	words := slices.Clone(s.Words)
	for _, in := range s.Inside {
		words = append(words, in.all()...)
	}
	return words
}

// short says which line of bytes from..to is longer than keepalived reads.
func (d *Draft) short(from, to int, at Span) *Refusal {
	for from <= to {
		begin, end := d.line(from)
		if len(strings.TrimSuffix(d.text[begin:end], "\r")) > maxLine {
			return refuse(EditLineLong, at, "Most", strconv.Itoa(maxLine))
		}
		from = end + 1
	}
	return nil
}

// edited is a tree after an edit that is known to lead somewhere.
func edited(nodes []Node, p Path, e Edit) []Node {
	nodes = slices.Clone(nodes)
	i := p[0]
	if len(p) > 1 {
		b := *nodes[i].Block
		b.Nodes = edited(b.Nodes, p[1:], e)
		nodes[i].Block = &b
		return nodes
	}
	switch e.verb {
	case setWord:
		nodes[i].Words = slices.Clone(nodes[i].Words)
		nodes[i].Words[e.word] = written(e.words)[0]
	case setWords:
		nodes[i].Words = written(e.words)
	case insert:
		nodes = slices.Insert(nodes, i, e.statement.node())
	case remove:
		nodes = slices.Delete(nodes, i, i+1)
	case replace:
		nodes[i] = e.statement.node()
	}
	return nodes
}

func written(words []string) []Token {
	tokens := make([]Token, len(words))
	for i, w := range words {
		tokens[i].Raw = Quote(w)
	}
	return tokens
}

// node is a statement as a tree has it.
func (s Statement) node() Node {
	n := Node{Words: written(s.Words)}
	if s.Block {
		n.Block = &Block{Closed: true}
		for _, in := range s.Inside {
			n.Block.Nodes = append(n.Block.Nodes, in.node())
		}
	}
	return n
}

// alike says whether two trees have the same words in the same blocks.
func alike(a, b []Node) bool {
	return slices.EqualFunc(a, b, func(x, y Node) bool {
		if x.Stray != y.Stray || (x.Block == nil) != (y.Block == nil) {
			return false
		}
		if !slices.EqualFunc(x.Words, y.Words, func(v, w Token) bool { return v.Raw == w.Raw || v.Value() == w.Value() }) {
			return false
		}
		return x.Block == nil || x.Block.Closed == y.Block.Closed && x.Block.Deep == y.Block.Deep && alike(x.Block.Nodes, y.Block.Nodes)
	})
}
