package vrrprole

import (
	"errors"
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
// no peer's timer expires while this runs; a router known by its key keeps its
// state and its timers. The answer is what the kernel was made to do.
func (l *loop) apply(cfg model.Config, next []*team, changes []string, reply func(control.Planned, error)) {
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
	removed := sorted(old)
	rest := l.resign(removed, now)
	l.writer.change(l.wishes(removed))
	for i, r := range removed {
		for _, e := range rest[i] {
			l.act(r, e, now)
		}
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
	planned := control.Planned{Changes: changes, Held: append([]control.Held{}, l.holdAll()...)}
	unkept := l.rewriteRecord()
	l.writer.report(func(did plan.Plan, err error) {
		planned.Operations, planned.Lines = did, did.Lines()
		reply(planned, errors.Join(unkept, err))
	})
}

// inherit takes over what the same router was before.
func (r *router) inherit(before *router) {
	r.state, r.sent, r.source, r.stats = before.state, before.sent, before.source, before.stats
	r.held, r.refused, r.mute, r.surplus = before.held, before.refused, before.mute, before.surplus
}

// wishes is what the masters are to hold by the running configuration; those that
// are removed hold nothing any more.
func (l *loop) wishes(removed []*router) (list []newWish) {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master {
				list = append(list, newWish{wish{r.key, r.addrs}, l.announced(r.addrs), r.core.Garp.Repeat})
			}
		}
	}
	for _, r := range removed {
		list = append(list, newWish{wish: wish{router: r.key}})
	}
	return list
}

// resign ends routers that the configuration no longer has: a master says so on the
// wire. It gives what is to be done when its addresses are off. Each leaves its
// group first: the others stay as they are.
func (l *loop) resign(removed []*router, now time.Time) (rest [][]vrrp.Effect) {
	for _, r := range removed {
		key := socketKey{r.key.link, r.key.group}
		if r.socket = l.sockets[key]; r.socket == nil && r.state.Role == vrrp.Master {
			r.socket = l.socket(key, l.links[key.link].Index) // for one last word
		}
		r.slot = -1
		(&team{}).add(r)
		var effects []vrrp.Effect
		r.state, effects = r.core.Step(r.state, vrrp.Stop{Removed: true}, now)
		if i := slices.IndexFunc(effects, func(e vrrp.Effect) bool { return e.Do == vrrp.RemoveAddresses }); i >= 0 {
			for _, e := range effects[:i] {
				l.act(r, e, now)
			}
			effects = effects[i+1:]
		}
		rest = append(rest, effects)
	}
	return rest
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
