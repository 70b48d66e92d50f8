package conf

// shape is what the tokens of a text add up to.
type shape struct {
	missing, extra int            // blocks that stay open, and closing braces that close nothing
	odd            bool           // a block nests too deep, or no statement comes before it
	begins         map[string]int // how often each word begins a statement of the outermost level
}

func shapeOf(text string, marks []mark) shape {
	s := shape{begins: map[string]int{}}
	last, depth := closing, 0
	for i := range marks {
		m := &marks[i]
		switch {
		case m.kind&open != 0:
			depth++
			s.odd = s.odd || depth >= maxDepth || !last.word()
		case m.kind&closing != 0:
			if depth == 0 {
				s.extra++
			} else {
				depth--
			}
		case depth == 0 && m.kind.begins(last) && len(s.begins) < maxAlike:
			s.begins[text[m.at:m.end]]++
		}
		last = m.kind
	}
	s.missing = depth
	return s
}

// size is how many tokens, nodes and blocks a tree has room for.
type size struct{ tokens, nodes, blocks int }

// sizeOf gives the size of a tree of marks; of the first statement only, where
// the text is known to be in order.
func sizeOf(marks []mark, one bool) size {
	n := size{tokens: len(marks)}
	last, depth := closing, 0
	for i := range marks {
		k := marks[i].kind
		switch {
		case k&open != 0:
			depth++
			n.blocks++
		case k&closing != 0:
			depth--
		case k.begins(last):
			if one && depth == 0 && i > 0 {
				n.tokens = i
				return n
			}
			n.nodes++
		}
		last = k
	}
	return n
}
