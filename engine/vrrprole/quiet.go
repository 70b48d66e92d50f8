package vrrprole

import (
	"time"

	"holdfast/engine/model"
	"holdfast/engine/state"
)

// quiet is the time after the start in which no instance becomes master:
// vrrp_startup_delay, and vrrp_delay_after_boot.
type quiet struct{ began, booted time.Time }

// newQuiet is that of a role that begins now.
func newQuiet(now time.Time) quiet {
	return quiet{began: now, booted: state.ReadBootClock().From(1)}
}

// until is when it is over by a configuration; zero: it was over at the start.
func (q quiet) until(g model.Global) (end time.Time) {
	delayed, booted := q.began.Add(g.StartupDelay.Val.Duration()), q.booted.Add(g.DelayAfterBoot.Val.Duration())
	for _, at := range []time.Time{delayed, booted} {
		if at.After(q.began) && at.After(end) {
			end = at
		}
	}
	return end
}

// putOff has the routers wait that know no other master time: not those that go on
// from before the start.
func putOff(teams []*team, until time.Time, goesOn func(routerKey) bool) {
	for _, t := range teams {
		for i, r := range t.routers {
			if !goesOn(r.key) {
				r.core.NotBefore = until
				t.core.Members[i] = r.core
			}
		}
	}
}
