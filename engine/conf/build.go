package conf

import (
	"slices"
	"strconv"
)

// builder turns tokens into nodes. Nodes of all open blocks lie on one stack, so
// that each block's own slice is made once, at its end, with its final size.
type builder struct {
	tokens  []Token
	repairs repairs
	notes   notes
	stack   []Node
	frames  []frame
	blocks  []Block
	nodes   []Node
}

// room prepares the builder for a tree of a size, in the room of the last one.
func (b *builder) room(n size) {
	b.tokens = slices.Grow(b.tokens[:0], n.tokens)[:n.tokens]
	b.nodes = slices.Grow(b.nodes[:0], n.nodes)
	b.blocks = slices.Grow(b.blocks[:0], n.blocks)
	b.stack = b.stack[:0]
}

// newBlock gives an empty block.
func (b *builder) newBlock() *Block {
	b.blocks = append(b.blocks, Block{})
	return &b.blocks[len(b.blocks)-1]
}

// own gives a copy of the nodes with no room to grow.
func (b *builder) own(nodes []Node) []Node {
	if len(nodes) == 0 {
		return nil
	}
	from := len(b.nodes)
	b.nodes = append(b.nodes, nodes...)
	return slices.Clip(b.nodes[from:])
}

// frame is an open block: where its nodes begin on the stack.
type frame struct {
	block *Block
	from  int
}

func (b *builder) run() []Node {
	for i := 0; i < len(b.tokens); {
		if b.repairs.close != nil {
			for range b.repairs.close[i] {
				b.missing(b.tokens[i].Line)
				b.pop()
			}
		}
		switch t := &b.tokens[i]; {
		case t.kind&open != 0:
			i = b.open(i)
		case t.kind&closing != 0:
			if len(b.frames) == 0 || b.repairs.ignore[i] {
				b.notes.report("extra-brace", t.Span())
				b.stack = append(b.stack, Node{Words: b.tokens[i : i+1 : i+1], Stray: true})
			} else {
				block := b.frames[len(b.frames)-1].block
				block.Close, block.Closed = *t, true
				b.pop()
			}
			i++
		default:
			j := i + 1
			for j < len(b.tokens) && !b.tokens[j].kind.begins(0) && b.tokens[j].kind.word() {
				j++
			}
			b.stack = append(b.stack, Node{Words: b.tokens[i:j:j]})
			i = j
		}
	}
	for len(b.frames) > 0 {
		b.missing(0)
		b.pop()
	}
	return b.stack
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
		if t.kind&open != 0 {
			depth++
		} else if t.kind&closing != 0 {
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
	line := ""
	if before > 0 {
		line = strconv.Itoa(int(before))
	}
	b.notes.report("missing-brace", span, "Word", name, "Line", line)
}
