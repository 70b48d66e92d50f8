package vrrprole

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

func (l *loop) routers() map[routerKey]*router {
	all := map[routerKey]*router{}
	for _, t := range l.teams {
		for _, r := range t.routers {
			all[r.key] = r
		}
	}
	return all
}

// apply makes cfg, of which next was made, the running configuration. Masters advertise first, so that
// nobody gets nervous meanwhile; a router known by its key keeps its state and
// its timers.
func (l *loop) apply(cfg model.Config, next []*team, planned control.Planned, reply func(control.Planned, error)) {
	now := time.Now()
	for _, r := range l.routers() {
		if r.state.Role == vrrp.Master {
			l.advertise(r, r.state.Priority)
		}
	}
	old, oldTeams := l.routers(), l.teams
	ours := l.mastered()
	l.cfg, l.teams = cfg, next
	for _, t := range l.teams {
		t.since = now
		for _, r := range t.routers {
			if before := old[r.key]; before != nil {
				r.inherit(before)
				delete(old, r.key)
			}
		}
		for _, o := range oldTeams {
			if t.group != nil && o.group != nil && o.group.Name == t.group.Name {
				t.since = o.since
			}
		}
	}
	spareOwn(l.links, l.teams, ours)
	l.nameAddresses()
	l.openSockets()
	l.changeScripts(savedStates{})
	l.changeAddresses()
	for _, r := range sorted(old) {
		l.dismiss(r, now)
	}
	l.openSockets() // without those for a last word
	for _, t := range l.teams {
		for i, r := range t.routers {
			if r.state.Role != vrrp.Init {
				l.step(t, i, vrrp.Reconfigured{}, now)
			}
		}
	}
	l.survey(now)
	if err := l.rewriteRecord(); err != nil {
		reply(planned, err)
		return
	}
	planned.Held = append([]control.Blocked{}, l.holdAll()...)
	l.writer.do(func(h *writer) {
		err := h.readBack()
		reply(planned, err)
	})
}

// inherit takes over what the same router was before.
func (r *router) inherit(before *router) {
	r.state, r.sent, r.source, r.stats = before.state, before.sent, before.source, before.stats
	r.held, r.refused, r.mute, r.surplus = before.held, before.refused, before.mute, before.surplus
}

// changeAddresses gives the masters their new addresses; only what is new is
// announced.
func (l *loop) changeAddresses() {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master {
				l.writer.change(r.key, r.addrs, l.announced(r.addrs), r.core.Garp.Repeat)
			}
		}
	}
}

// dismiss ends a router that the configuration no longer has: a master resigns
// and lets go. It leaves its group first: the others stay as they are.
func (l *loop) dismiss(r *router, now time.Time) {
	key := socketKey{r.key.link, r.key.group}
	if r.socket = l.sockets[key]; r.socket == nil && r.state.Role == vrrp.Master {
		r.socket = l.socket(key, l.links[key.link].Index) // for one last word
	}
	r.slot = -1
	alone := &team{}
	alone.add(r)
	l.step(alone, 0, vrrp.Stop{Removed: true}, now)
}

// rewriteRecord makes a record with a place for everything that there is now.
func (l *loop) rewriteRecord() error {
	next, err := newRecord(l.host.RunDir)
	if err != nil {
		return err
	}
	l.record.close()
	l.record = next
	return l.writeRecord()
}

// readBack compares what the masters are to hold with what the kernel has.
func (h *writer) readBack() error {
	there, err := h.there()
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	for _, addrs := range h.wanted {
		for _, a := range addrs {
			if h.placed[a] && !there[plan.Address{Link: a.Link, Prefix: a.Prefix}] {
				return fmt.Errorf("read back: %s is not on %s", a.Prefix, a.Link)
			}
		}
	}
	return nil
}

// sorted gives the routers by name.
func sorted(routers map[routerKey]*router) []*router {
	list := slices.Collect(maps.Values(routers))
	slices.SortFunc(list, func(a, b *router) int {
		if a.cfg.Name < b.cfg.Name {
			return -1
		}
		return 1
	})
	return list
}
