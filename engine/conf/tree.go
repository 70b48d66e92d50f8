package conf

import "strings"

// File is one text as a tree.
type File struct {
	Name     string
	Names    []string // of the text and all that it includes
	Included []Span   // where each of Names is included; the zero Span for the text itself
	Nodes    []Node
	Tail     string // what follows the last token
	Problems []Problem
	More     map[string]int // problems of a code beyond those that are listed
	Doubted  bool           // its braces add up, but not as it is indented, which was believed
	At       int            // of Statements: where the statement that is being read begins in the text, -1 where that is not known
	Begins   map[string]int // of Statements: how often each word begins one, as far as the braces add up
}

// Node is one statement: its words, and the block that follows them if there is
// one. A brace that belongs to nothing is a node of its own (Stray).
type Node struct {
	Words []Token
	Block *Block
	Stray bool
}

// Block is what stands between two braces. Closed is false where the closing
// brace is missing.
type Block struct {
	Open   Token
	Nodes  []Node
	Deep   string // text nested too deep to be read, as written
	Close  Token
	Closed bool
}

// Word is the value of word i, or "" where there is none.
func (n *Node) Word(i int) string {
	if i >= len(n.Words) {
		return ""
	}
	return n.Words[i].Value()
}

// Rest is the text after the first word, as written.
func (n *Node) Rest() string {
	switch len(n.Words) {
	case 0, 1:
		return ""
	case 2:
		return n.Words[1].Raw
	}
	var b strings.Builder
	for i, w := range n.Words[1:] {
		if i > 0 {
			b.WriteString(w.Lead)
		}
		b.WriteString(w.Raw)
	}
	return b.String()
}

// Span is the place of the node's words, or of its opening brace.
func (n *Node) Span() Span {
	if len(n.Words) == 0 {
		return n.Block.Open.Span()
	}
	return n.Words[0].Span().To(n.Words[len(n.Words)-1].Span())
}

// WordSpan is the place of word i; where it is missing, of the whole node.
func (n *Node) WordSpan(i int) Span {
	if i < len(n.Words) {
		return n.Words[i].Span()
	}
	return n.Span()
}

// OneLine says whether the node's block begins and ends on one line.
func (n *Node) OneLine() bool {
	return n.Block != nil && n.Block.Closed && n.Block.Open.Line == n.Block.Close.Line && n.Block.Open.file == n.Block.Close.file
}

// String prints the tree: the text it was made from, byte for byte.
func (f *File) String() string {
	var b strings.Builder
	writeNodes(&b, f.Nodes)
	b.WriteString(f.Tail)
	return b.String()
}

// writeNodes calls itself once per level; Parse bounds the depth.
func writeNodes(b *strings.Builder, nodes []Node) {
	for i := range nodes {
		n := &nodes[i]
		for _, w := range n.Words {
			writeToken(b, w)
		}
		if n.Block == nil {
			continue
		}
		writeToken(b, n.Block.Open)
		writeNodes(b, n.Block.Nodes)
		b.WriteString(n.Block.Deep)
		writeToken(b, n.Block.Close)
	}
}

func writeToken(b *strings.Builder, t Token) {
	b.WriteString(t.Lead)
	b.WriteString(t.Raw)
}
