package conf

import (
	"bytes"
	"strconv"
)

// The bounds of what is read: keepalived itself nests six deep, and a hundred
// thousand real servers take 14 MiB.
const (
	maxDepth = 256
	maxSize  = 64 << 20
)

// Parse reads text as the named node of a cluster does: lines that begin with
// @ID are read on the node ID only, lines with @^ID on all others. What the node
// does not read stays in the tree as lead. It never fails: what is wrong is
// among the problems, and every byte is in the tree.
func Parse(name string, text []byte, node string) *File {
	f := &File{Name: name, Names: []string{name}, Included: []Span{{}}}
	if len(text) > maxSize {
		f.Tail = string(text)
		f.Problems = []Problem{{Code: "too-large", Span: Span{1, 1, 1, 1, 0}, Args: map[string]string{"Most": strconv.Itoa(maxSize >> 20)}}}
		return f
	}
	f.read(&lexer{text: string(text), node: node})
	return f
}

// Read is Parse after Expand, where there is something to expand: the tree is
// what the node runs, and its places are those of the texts as written.
func Read(name string, text []byte, opt Options) *File {
	if len(text) > maxSize || !expands(text, opt) {
		return Parse(name, text, opt.Node)
	}
	x := Expand(name, text, opt)
	f := &File{Name: name, Names: x.Names, Included: x.froms}
	f.read(&lexer{text: x.Text, origins: x.lines, notes: x.notes})
	return f
}

// expands says whether a text may hold something to expand.
func expands(text []byte, opt Options) bool {
	return bytes.IndexByte(text, '$') >= 0 || bytes.IndexByte(text, '~') >= 0 ||
		opt.Files != nil && bytes.Contains(text, []byte("include"))
}

func (f *File) read(l *lexer) {
	l.run()
	f.Tail = l.text[l.end:]
	b := builder{tokens: l.tokens, mended: mend(l.tokens), notes: l.notes}
	f.Nodes = b.run()
	f.Problems = b.notes.problems
}

// builder turns tokens into nodes. Nodes of all open blocks lie on one stack, so
// that each block's own slice is made once, at its end, with its final size.
type builder struct {
	tokens []Token
	mended mended
	notes  notes
	stack  []Node
	frames []frame
	blocks []Block // room for the next ones
	nodes  []Node
}

// atOnce is for how many blocks or nodes room is made at a time, in a text that
// has many.
const atOnce = 1024

// newBlock gives an empty block.
func (b *builder) newBlock() *Block {
	if len(b.blocks) == 0 {
		b.blocks = make([]Block, min(atOnce, 1+len(b.tokens)/8))
	}
	block := &b.blocks[0]
	b.blocks = b.blocks[1:]
	return block
}

// own gives a copy of the nodes with no room to grow.
func (b *builder) own(nodes []Node) []Node {
	n := len(nodes)
	if n == 0 {
		return nil
	}
	if n > len(b.nodes) {
		b.nodes = make([]Node, max(n, min(atOnce, 1+len(b.tokens)/4)))
	}
	own := b.nodes[:n:n]
	b.nodes = b.nodes[n:]
	copy(own, nodes)
	return own
}

// frame is an open block: where its nodes begin on the stack.
type frame struct {
	block *Block
	from  int
}

func (b *builder) run() []Node {
	for i := 0; i < len(b.tokens); {
		for range b.mended.close[i] {
			b.missing(b.tokens[i].Line)
			b.pop()
		}
		switch t := b.tokens[i]; t.kind {
		case word:
			j := i + 1
			for j < len(b.tokens) && b.tokens[j].kind == word && !b.tokens[j].first {
				j++
			}
			b.stack = append(b.stack, Node{Words: b.tokens[i:j:j]})
			i = j
		case open:
			i = b.open(i)
		case closing:
			if len(b.frames) == 0 || b.mended.ignore[i] {
				b.notes.report("extra-brace", t.Span())
				b.stack = append(b.stack, Node{Words: b.tokens[i : i+1 : i+1], Stray: true})
			} else {
				block := b.frames[len(b.frames)-1].block
				block.Close, block.Closed = t, true
				b.pop()
			}
			i++
		}
	}
	for len(b.frames) > 0 {
		b.missing(0)
		b.pop()
	}
	return append([]Node(nil), b.stack...)
}

// open begins the block at token i and gives the token to go on with.
func (b *builder) open(i int) int {
	from := 0
	if len(b.frames) > 0 {
		from = b.frames[len(b.frames)-1].from
	}
	last := len(b.stack) - 1
	if last < from || b.stack[last].Block != nil || b.stack[last].Stray {
		b.notes.report("unexpected-brace", b.tokens[i].Span())
		b.stack = append(b.stack, Node{})
		last++
	}
	block := b.newBlock()
	block.Open = b.tokens[i]
	b.stack[last].Block = block
	b.frames = append(b.frames, frame{block, len(b.stack)})
	i++
	if len(b.frames) < maxDepth {
		return i
	}
	b.notes.report("too-deep", block.Open.Span(), "Most", strconv.Itoa(maxDepth))
	var deep []byte
	for depth := 0; i < len(b.tokens); i++ {
		t := b.tokens[i]
		if t.kind == open {
			depth++
		} else if t.kind == closing {
			if depth--; depth < 0 {
				break
			}
		}
		deep = append(append(deep, t.Lead...), t.Raw...)
	}
	block.Deep = string(deep)
	return i
}

// pop ends the innermost block.
func (b *builder) pop() {
	top := b.frames[len(b.frames)-1]
	b.frames = b.frames[:len(b.frames)-1]
	top.block.Nodes = b.own(b.stack[top.from:])
	b.stack = b.stack[:top.from]
}

// missing reports the innermost block as lacking its closing brace, which a
// reader would expect before the given line (0: before the end of the text).
func (b *builder) missing(before int32) {
	top := b.frames[len(b.frames)-1]
	opener := &b.stack[top.from-1]
	span := opener.Span().To(top.block.Open.Span())
	name := opener.Word(0)
	if name == "" {
		name = "{"
	}
	if before > 0 {
		b.notes.report("missing-brace", span, "Word", name, "Line", strconv.Itoa(int(before)))
		return
	}
	b.notes.report("missing-brace", span, "Word", name, "Line", "")
}
