package conf

// At is the path of the statement at a place of the tree that Read makes, and
// which of its words stands there: the spans of nodes, words and findings lead to
// their statement as it is written. What stands in an included file has no path.
func (d *Draft) At(s Span) (Path, int, error) {
	if s.File != 0 {
		name := ""
		if d.grown != nil && s.File < len(d.grown.Names) {
			name = d.grown.Names[s.File]
		}
		return nil, 0, refuse(EditIncluded, s, "Name", name)
	}
	var path Path
	for nodes := d.file.Nodes; ; {
		i := last(nodes, s)
		if i < 0 {
			return nil, 0, refuse(EditNowhere, s)
		}
		n := &nodes[i]
		path = append(path, i)
		for w := range n.Words {
			if at := n.WordSpan(w); at.Line == s.Line && at.Col <= s.Col && s.Col < at.EndCol {
				return path, w, nil
			}
		}
		if n.Block == nil {
			return nil, 0, refuse(EditNowhere, s)
		}
		nodes = n.Block.Nodes
	}
}

// last is the last of the statements that does not begin behind a place, or -1.
func last(nodes []Node, s Span) int {
	from, to := 0, len(nodes)
	for from < to {
		at := nodes[(from+to)/2].Span()
		if s.Line < at.Line || s.Line == at.Line && s.Col < at.Col {
			to = (from + to) / 2
		} else {
			from = (from+to)/2 + 1
		}
	}
	return from - 1
}
