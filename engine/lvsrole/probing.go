package lvsrole

import (
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/probe"
	"holdfast/engine/script"
)

// runDue runs a probe that is due, for those of its checks that are. Its goroutine
// lives as long as the probe, which is not in the wheel meanwhile: it never overlaps
// itself.
func (l *loop) runDue(s *shared, now time.Time) {
	if l.stopping {
		return
	}
	var first *check
	for _, c := range s.checks {
		switch {
		case c.next.After(now):
		case l.suspended(c.virtual):
			c.next = now.Add(c.declared().Timing.DelayLoop.Val.Duration())
		case s.recalls(c, now):
			l.observe(c, s.last, now)
			c.next = now.Add(c.health().Wait(c.declared().Timing))
		case first == nil:
			first = c
		}
	}
	if first == nil {
		l.checks.again(s)
		return
	}
	if !l.pool.enter() {
		l.checks.wheel.Set(s.key, now.Add(retryPool))
		return
	}
	declared, run := *first.declared(), l.probe
	s.inFlight, s.begun = true, now
	l.wg.Go(func() {
		r := run(l.work, declared)
		at := time.Now()
		l.tell(func(l *loop) { l.probed(s, r, at) })
	})
}

// probed takes in what a probe found, for each check that it serves.
func (l *loop) probed(s *shared, r probe.Result, at time.Time) {
	l.pool.leave()
	s.inFlight = false
	found := outcome{lvs.Result{Up: r.Up, Weight: r.Weight}, at, r.Took, r.Text}
	says := !script.Shortage(r.NotRun) // that says nothing about the server
	if says {
		s.last = found
	}
	for _, c := range s.checks {
		if !s.serves(c) || c.next.After(s.begun) && l.suspended(c.virtual) {
			continue
		}
		l.noteRun(c, r.NotRun)
		if says {
			c.unasked = r.NotRun != nil
			before := c.health()
			l.observe(c, found, at)
			l.logFailure(c, before, r)
		} else {
			c.at, c.took, c.text = at, r.Took, r.Text
		}
		// keepalived counts the delay from the end of a check, but from the
		// beginning of a program, which so keeps its rate.
		from := at
		if c.declared().Kind == model.MiscCheck {
			from = s.begun
		}
		c.next = from.Add(c.health().Wait(c.declared().Timing))
	}
	l.checks.again(s)
}

// observe has a check take in now what a run said.
func (l *loop) observe(c *check, o outcome, now time.Time) {
	c.at, c.took, c.text = o.at, o.took, o.text
	l.step(c.virtual, lvs.Observed{Server: c.server, Check: c.index, Result: o.result}, c, now)
}

// logFailure logs a failure of a check that stays up, where log_all_failures asks for
// it. One that takes the check down is told by its server's change.
func (l *loop) logFailure(c *check, before lvs.Health, r probe.Result) {
	if !c.declared().LogFailures.Val || r.Up || !before.Up || !c.health().Up {
		return
	}
	l.host.Log.Info("check failed", "virtual", c.virtual.name, "server", c.virtual.serverName(c.server), "check", c.name,
		"reason", r.Text, "failures", c.health().Failures, "retry", c.declared().Timing.Retry.Val)
}
