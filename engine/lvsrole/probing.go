package lvsrole

import (
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/probe"
	"holdfast/engine/script"
)

// runCheck starts the probe of a check that is due. Its goroutine lives as long as
// the probe, and the check is not in the wheel meanwhile: it never overlaps itself.
func (l *loop) runCheck(c *check, now time.Time) {
	if l.stopping {
		return
	}
	if l.suspended(c.virtual) {
		l.checks.set(c, now.Add(c.declared().Timing.DelayLoop.Val.Duration()))
		return
	}
	if !l.pool.enter() {
		l.checks.set(c, now.Add(again))
		return
	}
	declared, run := *c.declared(), l.probe
	c.inFlight, c.begun = true, now
	l.wg.Go(func() {
		r := run(l.work, declared)
		at := time.Now()
		l.tell(func(l *loop) { l.checkDone(c, r, at) })
	})
}

// checkDone takes in a result.
func (l *loop) checkDone(c *check, r probe.Result, at time.Time) {
	l.pool.leave()
	c.inFlight = false
	if c.gone {
		return
	}
	c.at, c.took, c.text = at, r.Took, r.Text
	l.noteRun(c, r.NotRun)
	if !script.Shortage(r.NotRun) { // that says nothing about the server
		c.unasked = r.NotRun != nil
		before := c.health()
		l.step(c.virtual, lvs.Observed{
			Server: c.server, Check: c.index, Result: lvs.Result{Up: r.Up, Weight: r.Weight},
		}, c, at)
		l.logFailure(c, before, r)
	}
	// keepalived counts the delay from the end of a check, but from the
	// beginning of a program, which so keeps its rate.
	from := at
	if c.declared().Kind == model.MiscCheck {
		from = c.begun
	}
	l.checks.set(c, from.Add(c.health().Wait(c.declared().Timing)))
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
