package lvsrole

import (
	"context"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/probe"
	"holdfast/engine/schedule"
	"holdfast/engine/script"
)

// again is when a check that found the pool of probes full tries again.
const again = 100 * time.Millisecond

// plant puts a check into the wheel: a new one a second from now plus its place
// within warmup, as keepalived spreads its first runs. One that is there already
// stays, unless its delay_loop has become shorter than the wait.
func (l *loop) plant(c *check, now time.Time) {
	if c.flying {
		return
	}
	t := c.declared().Timing
	at, planted := l.wheel.At(c.key)
	if !planted {
		l.wheel.Set(c.key, now.Add(startTime+schedule.Phase(c.place(), t.Warmup.Val.Duration())))
	} else if loop := t.DelayLoop.Val.Duration(); c.health().Known && at.After(now.Add(loop)) {
		l.wheel.Set(c.key, now.Add(schedule.Phase(c.place(), loop)))
	}
}

// place names the check among all checks.
func (c *check) place() string {
	return c.virtual.name + "/" + c.virtual.servers[c.server].name + "/" + c.identity
}

// due starts the probe of a check. Its goroutine lives as long as the probe, and
// the check is not in the wheel meanwhile: it never overlaps itself.
func (l *loop) due(c *check, now time.Time) {
	if l.stopping {
		return
	}
	if l.suspended(c.virtual) {
		l.wheel.Set(c.key, now.Add(c.declared().Timing.DelayLoop.Val.Duration()))
		return
	}
	if l.flying >= l.opt.Probes {
		l.wheel.Set(c.key, now.Add(again))
		l.crowded(true)
		return
	}
	declared := *c.declared()
	run := l.probe
	c.flying, c.begun = true, now
	l.flying++
	l.wg.Go(func() {
		r := run(l.work, declared)
		at := time.Now()
		l.tell(func(l *loop) { l.landed(c, r, at) })
	})
}

// landed takes in a result.
func (l *loop) landed(c *check, r probe.Result, at time.Time) {
	l.flying--
	c.flying = false
	if l.flying < l.opt.Probes/2 {
		l.crowded(false)
	}
	if c.gone {
		return
	}
	c.at, c.took, c.text = at, r.Took, r.Text
	l.step(c.virtual, lvs.Observed{
		Server: c.server, Check: c.index, Result: lvs.Result{Up: r.Up, Weight: r.Weight},
	}, c, at)
	// keepalived counts the delay from the end of a check, but from the
	// beginning of a program, which so keeps its rate.
	from := at
	if c.declared().Kind == model.MiscCheck {
		from = c.begun
	}
	l.wheel.Set(c.key, from.Add(c.health().Wait(c.declared().Timing)))
}

// crowded tells once that the pool of probes is full, and forgets it when half
// of it is free again.
func (l *loop) crowded(full bool) {
	if full && !l.full {
		l.host.Journal(journal.Entry{Kind: journal.Notice, Facts: map[string]string{
			"code": "probes-full", "reason": "more checks are due than may run at once",
		}})
	}
	l.full = full
}

// prober runs checks, and their programs as g says.
func (l *loop) prober(g model.Global) func(context.Context, model.Check) probe.Result {
	if l.opt.Probe != nil {
		return l.opt.Probe
	}
	p := &probe.Prober{Program: func(ctx context.Context, c model.Command, limit time.Duration) probe.Exit {
		r := script.Run(ctx, script.Job{
			Argv: c.Argv, User: c.User.Val.Name, Group: c.User.Val.Group, Timeout: limit, Secure: g.ScriptSecurity,
		})
		e := probe.Exit{Code: r.Code, TimedOut: r.TimedOut, Err: r.Err}
		if r.Signal != 0 {
			e.Signal = r.Signal.String()
		}
		return e
	}}
	return p.Run
}
