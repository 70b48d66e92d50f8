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

// recall reads what an earlier run left. how is for the journal: fresh, or
// resumed if any master can go on.
func (l *loop) recall() (m savedStates, how string) {
	m = savedStates{
		clock: state.ReadBootClock(), routers: map[routerKey]vrrp.SavedState{}, scripts: map[[16]byte]vrrp.Verdict{},
	}
	for _, s := range readRecord(l.host.RunDir) {
		switch s.Kind {
		case slotInstance:
			m.routers[s.key()] = s.memory(m.clock)
		case slotScript:
			m.scripts[s.Name] = vrrp.Verdict{Known: s.Known == 1, Count: int(s.Count)}
		}
	}
	left, err := l.writer.manifest.Read()
	if err != nil {
		l.log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	m.left = left.Addresses
	how = "fresh"
	for _, t := range l.teams {
		if l.fresh(t, m, m.clock.Wall) || l.waits(t, m, m.clock.Wall) {
			how = "resumed"
		}
	}
	return m, how
}

// fresh says whether a whole team was master until just now.
func (l *loop) fresh(t *team, m savedStates, now time.Time) bool {
	for _, r := range t.routers {
		if mem, ok := m.routers[r.key]; !ok || !r.core.Fresh(mem, now) {
			return false
		}
	}
	return true
}

// waits says whether a whole team was backup until just now.
func (l *loop) waits(t *team, m savedStates, now time.Time) bool {
	for _, r := range t.routers {
		if _, ok := r.core.Wait(m.routers[r.key], l.footing(r), now); !ok {
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
func (l *loop) resume(m savedStates, now time.Time) {
	var found []plan.Address
	l.writer.inherit(m.left)
	for _, t := range l.teams {
		t.since = now
		fresh := l.fresh(t, m, now)
		waits := !fresh && l.waits(t, m, now)
		for _, r := range t.routers {
			mem, f := m.routers[r.key], l.footing(r)
			r.source = f.Source
			switch {
			case fresh:
				r.state, _ = r.core.Resume(mem, f, now)
				r.sent = mem.Sent
				t.since = mem.Since
				l.writer.holdAgain(r.key, r.addrs, l.announced(r.addrs), r.core.Garp.Repeat)
			case waits:
				r.state, _ = r.core.Wait(mem, f, now)
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

// remember keeps a router's state for a later process.
func (l *loop) remember(r *router) {
	if l.record == nil || r.slot < 0 {
		return
	}
	if err := l.record.write(r.slot, slotOf(r, state.ReadBootClock())); err != nil {
		l.recordFailed(err)
	}
}

// rememberScript keeps a verdict.
func (l *loop) rememberScript(s *trackScript) {
	if l.record == nil || s.slot < 0 {
		return
	}
	slot := recordSlot{Kind: slotScript, Count: int32(s.verdict.Count), Name: scriptSlotName(s.cfg.Name)}
	if s.verdict.Known {
		slot.Known = 1
	}
	if err := l.record.write(s.slot, slot); err != nil {
		l.recordFailed(err)
	}
}

// recordFailed tells once that a later process will find nothing to resume from.
func (l *loop) recordFailed(err error) {
	failed := kernelRefusal{"", "write record: " + err.Error()}
	if !l.refusals[failed] {
		failed.reach(l)
	}
}

// writeRecord gives every router and script its place and publishes the whole.
func (l *loop) writeRecord() error {
	place := 0
	for _, t := range l.teams {
		for _, r := range t.routers {
			r.slot = place
			place++
			l.remember(r)
		}
	}
	for _, s := range l.scriptsInOrder() {
		s.slot = place
		place++
		l.rememberScript(s)
	}
	return l.record.publish()
}
