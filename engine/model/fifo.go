package model

import (
	"slices"

	"holdfast/engine/conf"
)

// scanFifo reads PATH [USER [GROUP]].
func (l *line) scanFifo(p *Fifo) bool {
	path, ok := l.value()
	if !ok || path == "" {
		return false
	}
	f := Fifo{Path: path}
	f.Owner.Name, _ = l.next()
	if f.Owner.Name != "" {
		f.Owner.Group, _ = l.next()
	}
	*p = f
	return true
}

// String is the argument of notify_fifo.
func (f Fifo) String() string {
	words := conf.Quote(f.Path)
	for _, w := range []string{f.Owner.Name, f.Owner.Group} {
		if w != "" {
			words += " " + conf.Quote(w)
		}
	}
	return words
}

// lendPriorityChanges gives the members what their group says of notify_priority_changes,
// where they say nothing themselves.
func lendPriorityChanges(g *Group, instances []Instance) {
	for i := range instances {
		if in := &instances[i]; g.PriorityChanges.Written && slices.Contains(g.Members, in.Name) {
			inherit(&in.PriorityChanges, g.PriorityChanges.Val)
		}
	}
}
