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
	routers map[routerKey]vrrp.SavedState
	scripts map[[16]byte]vrrp.Verdict
	left    []plan.Address
}

// load reads what an earlier run left. how is for the journal: fresh, or
// resumed if any master can go on.
func (l *loop) load(lacking map[socketKey]bool) (m savedStates, how string) {
	m = savedStates{
		clock: state.ReadBootClock(), routers: map[routerKey]vrrp.SavedState{}, scripts: map[[16]byte]vrrp.Verdict{},
	}
	for _, s := range readRecord(l.record.dir) {
		switch s.Kind {
		case slotInstance:
			m.routers[s.key()] = s.memory(m.clock)
		case slotScript:
			m.scripts[s.Name] = vrrp.Verdict{Known: s.Known == 1, Count: int(s.Count)}
		}
	}
	left, err := l.writer.manifest.file.Read()
	if err != nil {
		l.log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	m.left = left.Addresses
	how = "fresh"
	for _, t := range l.teams {
		if fresh(t, m, m.clock.Wall) || l.waits(t, m, lacking, m.clock.Wall) {
			how = "resumed"
		}
	}
	return m, how
}

// fresh says whether a whole team was master until just now.
func fresh(t *team, m savedStates, now time.Time) bool {
	for _, r := range t.routers {
		if mem, ok := m.routers[r.key]; !ok || !r.core.Fresh(mem, now) {
			return false
		}
	}
	return true
}

// waits says whether a whole team was backup until just now.
func (l *loop) waits(t *team, m savedStates, lacking map[socketKey]bool, now time.Time) bool {
	for _, r := range t.routers {
		if _, ok := r.core.Wait(m.routers[r.key], l.conditions(r, lacking), now); !ok {
			return false
		}
	}
	return true
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
				return !mine && slices.Contains(links[a.Link].Addrs, a.Prefix)
			})
		}
	}
}

// resume takes up what is fresh and clears the rest: addresses that the manifest
// names, and those that are configured here but nobody resumes, as keepalived does
// at its start, where they can be ours. The owner's are its own without VRRP too, and stay.
func (l *loop) resume(m savedStates, lacking map[socketKey]bool, now time.Time) {
	var found []plan.Address
	l.writer.inherit(m.left)
	for _, t := range l.teams {
		t.since = now
		fresh := fresh(t, m, now)
		waits := !fresh && l.waits(t, m, lacking, now)
		for _, r := range t.routers {
			mem, c := m.routers[r.key], l.conditions(r, lacking)
			r.source = c.Source
			switch {
			case fresh:
				r.state, _ = r.core.Resume(mem, c, now)
				r.sent = mem.Sent
				t.since = mem.Since
				l.writer.holdAgain(r.key, r.addrs, l.announced(r.addrs), r.core.Garp.Repeat)
			case waits:
				r.state, _ = r.core.Wait(mem, c, now)
				t.since = mem.Since
				found = append(found, r.addrs...)
			case r.core.Priority != vrrp.PriorityOwner:
				found = append(found, r.addrs...)
			}
			if fresh || waits {
				l.log.Info("instance resumed", "instance", r.cfg.Name, "state", r.state.Role)
			}
		}
		if fresh || waits {
			l.faultsOf(t, now)
		}
	}
	l.writer.clear(m.left, found, maps.Clone(l.vips))
}

// faultsOf lets a resumed team see what went wrong while nobody looked.
func (l *loop) faultsOf(t *team, now time.Time) {
	for i, r := range t.routers {
		if r.state.Conditions.Fault != vrrp.NoReason {
			l.step(t, i, vrrp.ConditionsChanged{Conditions: r.state.Conditions}, now)
		}
	}
}

// save keeps a router's state for a later process.
func (l *loop) save(r *router) { l.keep(r.slot, slotOf(r, state.ReadBootClock())) }

// keep puts a slot at its place. It tells once that a later process will find
// nothing to resume from.
func (l *loop) keep(place int, s recordSlot) {
	if err := l.record.write(place, s); err != nil {
		l.refused(kernelRefusal{"", "write record: " + err.Error()})
	}
}

// writeRecord gives every router and script its place in a new record and makes
// that the one which is found.
func (l *loop) writeRecord() error {
	if err := l.record.renew(); err != nil {
		return err
	}
	place := 0
	for _, t := range l.teams {
		for _, r := range t.routers {
			r.slot = place
			place++
			l.save(r)
		}
	}
	for _, s := range l.scripts.list() {
		s.slot = place
		place++
		l.keep(s.slot, slotOfScript(s.cfg.Name, s.verdict))
	}
	return l.record.publish()
}
