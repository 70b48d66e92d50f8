package conf

// At is the path of the statement that stands at a place of the tree that Read
// makes, as the spans of findings and of a configuration's parts give it.
func (d *Draft) At(s Span) (Path, error) {
	if s.File != 0 {
		name := ""
		if d.grown != nil && s.File < len(d.grown.Names) {
			name = d.grown.Names[s.File]
		}
		return nil, refuse("edit-included", s, "Name", name)
	}
	nodes, path := d.file.Nodes, Path(nil)
	for {
		i := last(nodes, s)
		if i < 0 {
			return nil, refuse("edit-definition", s)
		}
		path = append(path, i)
		n := &nodes[i]
		if from := n.Span(); from.Line == s.Line && from.Col == s.Col {
			return path, nil
		}
		if n.Block == nil || before(s, n.Block.Open.Span()) {
			return nil, refuse("edit-definition", s, "Name", n.Word(0))
		}
		nodes = n.Block.Nodes
	}
}

// last is the last of the statements that does not begin behind a place, or -1.
func last(nodes []Node, s Span) int {
	from, to := 0, len(nodes)
	for from < to {
		if m := (from + to) / 2; before(s, nodes[m].Span()) {
			to = m
		} else {
			from = m + 1
		}
	}
	return from - 1
}

func before(s, t Span) bool { return s.Line < t.Line || s.Line == t.Line && s.Col < t.Col }
