package vrrprole

import (
	"errors"
	"slices"
	"strings"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// apply makes cfg, of which next was made on the links of ready, the running configuration. Masters
// advertise first, so that no peer's timer expires while this runs; a router known
// by its key keeps its state and its timers. The answer is what the kernel was made
// to do, and comes when the surroundings were looked at.
func (l *loop) apply(cfg model.Config, next []*team, ready readyLinks, changes []string, reply func(control.Planned, error)) {
	now := time.Now()
	for _, r := range l.routers {
		if r.state.Role == vrrp.Master {
			l.advertise(r, r.state.Priority)
		}
	}
	ready.reach(l)
	inheritAll(next, l.teams, now)
	putOff(next, l.quiet.until(cfg.Global), func(key routerKey) bool { r := l.routers[key]; return r != nil && r.core.NotBefore.IsZero() })
	ours := l.mastered()
	spareOwn(l.links.byName, next, ours)
	old := l.routers
	warnings := changedLists(l.routers, next)
	for _, w := range warnings {
		l.note(journal.Entry{At: now, Kind: journal.Notice, Object: w.Object, Facts: map[string]string{journal.FactCode: w.Code, journal.FactObject: w.Object}})
	}
	renames := !slices.Equal(model.NftablesTables(l.cfg), model.NftablesTables(cfg))
	l.cfg = cfg
	l.setTeams(next)
	l.watchRoutes()
	l.complaints.forget(l.routers)
	l.writer.setPace(paceOf(cfg))
	l.daemons.fresh()
	l.track(nil, true)
	l.sessions.change(cfg, nil, now)
	l.tellSessions()
	l.notify.keep(cfg)
	l.notify.fifos.Change(pipesOf(cfg.Global))
	l.writer.prepareDrops(dropTable(l.teams, cfg.Global))
	l.end(removed(old, l.routers), ours, now)
	for _, t := range l.teams {
		for i, r := range t.routers {
			if r.state.Role != vrrp.Init {
				l.step(t, i, vrrp.Reconfigured{}, now)
			}
		}
	}
	if cfg.Global.FifoOnReload {
		l.writeStates()
	}
	if renames {
		l.lookForTables()
	}
	l.sockets.retry()
	l.changed = now
	l.answered = func() {
		l.followSync()
		planned := control.Planned{Changes: changes, Warnings: warnings, Held: append([]control.Blocked{}, l.holdAll()...)}
		l.writer.dropLinks(l.wish)
		unkept, routers := l.record.rewrite(l.teams, l.scripts.list()), l.routers
		l.daemons.report(func(synced plan.Plan, unsynced []control.Blocked) {
			l.writer.report(func(did plan.Plan, refused standing, err error) {
				did = append(did, synced...)
				planned.Operations, planned.Lines = did, did.Lines()
				planned.Held = append(planned.Held, refused.all(routers)...)
				planned.Held = append(planned.Held, unsynced...)
				reply(planned, errors.Join(unkept, err))
			})
		})
	}
}

// inheritAll lets the routers and groups of a new configuration be what the same
// ones were before.
func inheritAll(next, before []*team, now time.Time) {
	routers, since := map[routerKey]*router{}, map[string]time.Time{}
	for _, t := range before {
		for _, r := range t.routers {
			routers[r.key] = r
		}
		if t.group != nil {
			since[t.group.Name] = t.since
		}
	}
	for _, t := range next {
		t.since = now
		if t.group != nil && !since[t.group.Name].IsZero() {
			t.since = since[t.group.Name]
		}
		for _, r := range t.routers {
			if was := routers[r.key]; was != nil {
				r.inherit(was)
			}
		}
	}
}

// removed gives the routers that are not there any more, by name.
func removed(old, now map[routerKey]*router) (list []*router) {
	for key, r := range old {
		if now[key] == nil {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *router) int { return strings.Compare(a.cfg.Name, b.cfg.Name) })
	return list
}

// end ends the routers that the configuration no longer has, and has the masters
// hold what it says now: all in one plan, after the last words of the former. ours is
// what masters held before.
func (l *loop) end(routers []*router, ours []plan.Address, now time.Time) {
	rest := make([][]vrrp.Effect, len(routers))
	for i, r := range routers {
		rest[i] = l.resign(r, now)
	}
	l.writer.change(l.wishes(routers, ours))
	for i, r := range routers {
		for _, e := range rest[i] {
			l.act(r, e, now)
		}
	}
}

// inherit takes over what the same router was before.
func (r *router) inherit(before *router) {
	r.state, r.sent, r.source, r.stats, r.sequence = before.state, before.sent, before.source, before.stats, before.sequence
	r.stamp, r.marks, r.refused = before.stamp, before.marks, before.refused
	r.header.ID, r.held, r.surplus = before.header.ID, before.held, before.surplus
	r.wire.OldSum = r.wire.OldSum || before.wire.OldSum && !r.wire.NoOldSum && before.cfg.OldChecksum == r.cfg.OldChecksum
	for _, to := range r.to {
		if why := before.mute[to]; why != "" {
			r.mute[to] = why
		}
	}
}

// wishes is what the masters are to hold by the running configuration; those that
// are removed hold nothing any more, nor does one that has nothing left to send from:
// its address is the interface's own, and would be taken off with the fault.
func (l *loop) wishes(removed []*router, ours []plan.Address) (list []newWish) {
	around, bare := l.surroundings(nil), bare(l.links.byName, ours)
	for _, t := range l.teams {
		for _, r := range t.routers {
			switch {
			case r.state.Role != vrrp.Master:
			case around.hasSource(r, bare):
				list = append(list, newWish{wish{r.key, r.things()}, l.links.announced(r.addrs), r.core.Garp.Repeat})
			default:
				list = append(list, newWish{wish: wish{router: r.key}})
			}
		}
	}
	for _, r := range removed {
		list = append(list, newWish{wish: wish{router: r.key}})
	}
	l.static = spareStatic(l.links.byName, Static(l.cfg), l.static.Addresses)
	return append(list, newWish{wish: wish{staticKey, l.static}})
}

// resign ends a router: a master says so on the wire. It gives what is to be done
// when its addresses are off. It leaves its group first: the others stay as they are.
func (l *loop) resign(r *router, now time.Time) (rest []vrrp.Effect) {
	r.slot = -1
	(&team{}).add(r)
	r.state, rest = r.core.Step(r.state, vrrp.Stop{Removed: true}, now)
	off := slices.IndexFunc(rest, func(e vrrp.Effect) bool { return e.Do == vrrp.RemoveAddresses })
	if off < 0 {
		return rest
	}
	for _, e := range rest[:off] {
		l.act(r, e, now)
	}
	return rest[off+1:]
}
