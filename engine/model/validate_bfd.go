package model

import (
	"net/netip"

	"holdfast/engine/conf"
)

// validateBFD reports a session that there cannot be. keepalived goes on without it.
func (b *binder) validateBFD(s *BFD, n *conf.Node) bool {
	if !b.fresh(b.names.sessions, s.Name, n) {
		return false
	}
	if !s.Neighbor.Written {
		if _, tried := b.at(&s.Neighbor); !tried {
			b.report(Warning, "missing-word", n.Span(), "Word", "neighbor_ip", "Block", "bfd_instance", "Name", s.Name)
		}
		return true
	}
	pair := [2]netip.Addr{s.Neighbor.Val, s.Source.Val}
	switch other, twice := b.names.neighbors[pair]; {
	case !s.usable():
		b.report(Warning, "bfd-families", b.spanOf(&s.Source, n), "Name", s.Name, "Value", s.Source.Val.String(), "Neighbor", s.Neighbor.Val.String())
	case twice:
		b.report(Warning, "duplicate-neighbor", b.spanOf(&s.Neighbor, n), "Name", s.Name, "Value", s.Neighbor.Val.String(), "Other", other)
	default:
		b.names.neighbors[pair] = s.Name
	}
	return true
}

// settleSessions reports names of sessions that nothing bears, or that do not serve
// those who name them.
func (b *binder) settleSessions() {
	var names []string
	serves := map[string]*BFD{}
	for i := range b.cfg.BFDs {
		if s := &b.cfg.BFDs[i]; s.usable() {
			serves[s.Name], names = s, append(names, s.Name)
		}
	}
	for _, m := range b.names.mentions {
		checks := m.kind == string(BFDCheck)
		if m.kind != "bfd_instance" && !checks {
			continue
		}
		if s := serves[m.name]; s == nil || checks && !s.Checked() || !checks && !s.Tracked() {
			b.report(Warning, "unknown-object", m.at, "Name", m.name, "Kind", "bfd_instance", "Hint", b.hint(m.name, names))
		}
	}
}
