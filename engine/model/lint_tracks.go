package model

import "holdfast/engine/conf"

// trackedLink is an interface that an instance tracks.
type trackedLink struct {
	owner, name string
	at          conf.Span
}

// weighs says whether a sync group lets weights change the priorities of its members.
func (b *binder) weighs(group string) bool {
	for i := range b.cfg.Groups {
		if g := &b.cfg.Groups[i]; g.Name == group && group != "" && g.Weights {
			return true
		}
	}
	return false
}

// lintTrackedTwice reports an interface that an instance tracks, and its sync group,
// too.
func (b *binder) lintTrackedTwice() {
	tracked := map[[2]string]bool{} // group, interface
	for i := range b.cfg.Groups {
		for _, t := range b.cfg.Groups[i].TrackInterfaces {
			tracked[[2]string{b.cfg.Groups[i].Name, t.Name}] = true
		}
	}
	for _, w := range b.names.instanceLinks {
		if group := b.names.members[w.owner]; tracked[[2]string{group, w.name}] {
			b.report(Warning, "tracked-twice", w.at, "Name", w.name, "Owner", w.owner, "Group", group)
		}
	}
}
