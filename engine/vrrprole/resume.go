package vrrprole

import (
	"maps"
	"slices"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
	"holdfast/engine/vrrp"
)

// savedStates is what an earlier run left: its record and its manifest.
type savedStates struct {
	clock   state.BootClock
	routers map[slotKey]vrrp.SavedState
	counts  map[slotKey]uint32     // sequences of authentication headers
	stamps  map[slotKey]vrrp.Stamp // of signed adverts
	scripts map[[16]byte]vrrp.Verdict
	left    plan.State
	daemons []plan.SyncDaemon
	macvlans
}

// load reads what an earlier run left.
func (l *loop) load() savedStates {
	m := savedStates{
		clock: state.ReadBootClock(), routers: map[slotKey]vrrp.SavedState{}, counts: map[slotKey]uint32{}, stamps: map[slotKey]vrrp.Stamp{}, scripts: map[[16]byte]vrrp.Verdict{},
	}
	for _, s := range readRecord(l.record.dir) {
		switch s.Kind {
		case slotInstance:
			m.routers[s.key()], m.counts[s.key()], m.stamps[s.key()] = s.memory(m.clock), s.Sequence, vrrp.Stamp(s.Stamp)
		case slotScript:
			m.scripts[s.Name] = vrrp.Verdict{Known: s.Known == 1, Count: int(s.Count)}
		}
	}
	left, err := l.writer.manifest.file.Read()
	if err != nil {
		l.log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	m.left, m.daemons = left, left.Daemons
	m.macvlans = macvlans{left.Links, left.Settings}
	return m
}

// spareOwn leaves an owner's addresses alone that are on its links without our
// doing: RFC 3768 means those that the router has by itself.
func spareOwn(links map[string]kernel.Link, teams []*team, ours []plan.Address) {
	for _, t := range teams {
		for _, r := range t.routers {
			if r.core.Priority != vrrp.PriorityOwner {
				continue
			}
			r.addrs = slices.DeleteFunc(r.addrs, func(a plan.Address) bool {
				mine := slices.ContainsFunc(ours, func(b plan.Address) bool { return a.Link == b.Link && a.Prefix == b.Prefix })
				own := !mine && slices.Contains(links[a.Link].Addrs, a.Prefix)
				if own {
					r.own = append(r.own, a)
				}
				return own
			})
		}
	}
}

// spareStatic leaves out the static addresses that are on their links without our doing.
func spareStatic(links map[string]kernel.Link, s plan.State, ours []plan.Address) plan.State {
	s.Addresses = slices.DeleteFunc(slices.Clone(s.Addresses), func(a plan.Address) bool {
		mine := slices.ContainsFunc(ours, func(b plan.Address) bool { return a.Key() == b.Key() })
		return !mine && slices.Contains(links[a.Link].Addrs, a.Prefix)
	})
	return s
}

// resumption is how a team begins: its routers, in their order, with what an earlier
// run saved of them and the conditions that they find.
type resumption struct {
	saved      []vrrp.SavedState
	conditions []vrrp.Conditions
	states     []vrrp.State // with which they go on; nil if the team begins anew
}

// resumptions says how every team begins.
func (l *loop) resumptions(m savedStates, lacking map[socketKey]bool, now time.Time) []resumption {
	list, s := make([]resumption, len(l.teams)), l.surroundings(lacking)
	for i, t := range l.teams {
		for _, r := range t.routers {
			r.sequence, r.stamp = m.counts[r.key.slotKey()], m.stamps[r.key.slotKey()]
			list[i].saved = append(list[i].saved, m.routers[r.key.slotKey()])
			list[i].conditions = append(list[i].conditions, s.conditions(r))
		}
		list[i].states = vrrp.Resume(t.core.Members, list[i].saved, list[i].conditions, now)
	}
	return list
}

// anew are the teams that do not go on.
func (l *loop) anew(list []resumption) (teams []*team) {
	for i, t := range l.teams {
		if list[i].states == nil {
			teams = append(teams, t)
		}
	}
	return teams
}

// howOf is for the journal: fresh, or resumed if any team can go on.
func howOf(list []resumption) string {
	if slices.ContainsFunc(list, func(b resumption) bool { return b.states != nil }) {
		return "resumed"
	}
	return "fresh"
}

// resume takes up what is fresh and clears the rest: addresses that the manifest
// names, and those that are configured here but nobody resumes, as keepalived does
// at its start, where they can be ours. The owner's are its own without VRRP too, and
// stay. A team that goes on sees what went wrong while nobody looked.
func (l *loop) resume(list []resumption, left plan.State, now time.Time) {
	var found plan.State
	l.writer.inherit(left)
	if l.static = spareStatic(l.links.byName, Static(l.cfg), left.Addresses); !l.static.HoldsNothing() {
		l.writer.holdAgain(staticKey, l.static, nil, 0)
	}
	for i, t := range l.teams {
		begins := list[i]
		t.since = now
		for j, r := range t.routers {
			r.source = begins.conditions[j].Source
			if begins.states == nil {
				things := r.things()
				if r.core.Priority == vrrp.PriorityOwner {
					things.Addresses = nil
				}
				found = together(found, things)
				continue
			}
			r.state = begins.states[j]
			t.since = r.state.Since
			if r.state.Role == vrrp.Master {
				r.sent = begins.saved[j].Sent
				l.writer.holdAgain(r.key, r.things(), l.links.announced(r.addrs), r.core.Garp.Repeat)
			} else {
				found = together(found, r.things())
			}
			l.log.Info("instance resumed", "instance", r.cfg.Name, "state", r.state.Role)
		}
		for j := range begins.states {
			if c := t.routers[j].state.Conditions; c.Fault != vrrp.NoReason {
				l.step(t, j, vrrp.ConditionsChanged{Conditions: c}, now)
			}
		}
	}
	l.writer.clear(left, found, maps.Clone(l.vips))
}
