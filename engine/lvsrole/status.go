package lvsrole

import (
	"time"

	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// fresh is how old counters may be before a status asks the kernel again. In
// a large table reading them takes long, and meanwhile the writer cannot take a
// failed server out: it may spend a tenth of its time on that.
const fresh = time.Second

func (l *loop) fresh() time.Duration { return max(fresh, 10*l.statTook) }

// methodNames is the words of lvs_method.
var methodNames = map[model.Method]string{model.NAT: "NAT", model.DR: "DR", model.TUN: "TUN"}

// status replies with where everything stands. Counters are read when somebody
// asks and the writer is idle; a busy one is not waited for.
func (l *loop) status(reply func(control.Status, error)) {
	answer := func() { reply(l.report(), nil) }
	if l.held != "" || l.stopping || time.Since(l.statAt) < l.fresh() {
		answer()
		return
	}
	l.asking = append(l.asking, answer)
	if len(l.asking) > 1 {
		return // already asked for
	}
	if l.busy || len(l.jobs) > 0 {
		l.asking = nil
		answer()
		return
	}
	asked := time.Now()
	l.give(tableJob{task: taskCount, done: func(a tableAnswer) {
		l.statTook = time.Since(asked)
		l.counted(a)
	}})
}

func (l *loop) report() control.Status {
	s := control.Status{Virtuals: make([]control.VirtualStatus, 0, len(l.virtuals)), Held: []control.Held{}}
	if l.held != "" {
		s.Held = append(s.Held, control.Held{Code: l.held})
	} else {
		s.Strangers = l.foreign
	}
	for _, v := range l.virtuals {
		s.Virtuals = append(s.Virtuals, l.reportVirtual(v))
	}
	return s
}

func (l *loop) reportVirtual(v *virtual) control.VirtualStatus {
	s := control.VirtualStatus{
		Name: v.name, Scheduler: v.core.Scheduler.Val, Method: methodNames[v.core.Method.Val],
		Quorum: v.core.Quorum(), QuorumUp: v.state.Quorum, UpWeight: v.core.UpWeight(v.state),
		SorryInUse: v.core.SorryInUse(v.state), Installed: v.there, Since: v.since,
		Servers: make([]control.ServerStatus, 0, len(v.servers)), Held: l.reportHeld(v), Wanted: v.lines(),
	}
	if sorry := v.core.Virtual.Sorry; sorry.Written {
		s.Sorry = model.Real{Addr: sorry.Val.Addr, Port: sorry.Val.Port}.Name()
	}
	for i := range v.servers {
		s.Servers = append(s.Servers, l.reportServer(v, i))
	}
	return s
}

// lines is the wish as an operator would type it.
func (v *virtual) lines() []string {
	if v.wanted == nil {
		want := plan.State{Services: []plan.Service{v.core.Want(v.state)}}
		v.wanted = plan.Diff(plan.State{}, want).Lines()
	}
	return v.wanted
}

func (l *loop) reportHeld(v *virtual) []control.Held {
	held := []control.Held{}
	if l.held != "" {
		held = append(held, control.Held{Object: v.name, Code: l.held})
	}
	if v.refused != nil {
		held = append(held, *v.refused)
	}
	if l.suspended(v) {
		held = append(held, control.Held{Object: v.name, Code: "suspended", Args: map[string]string{"address": v.core.Addr.String()}})
	}
	return held
}

func (l *loop) reportServer(v *virtual, i int) control.ServerStatus {
	s := v.servers[i]
	r := control.ServerStatus{
		Name: s.name, Since: s.since, Weight: v.core.Weight(v.state, i), State: serverState(v.state.Servers[i]),
		Reason: s.reason, Checks: make([]control.CheckStatus, 0, len(s.checks)),
	}
	end := v.core.End(i)
	for _, d := range v.have.Destinations {
		if d.End() == end {
			r.InPool = d.Weight > 0
			stats := l.destinationStats(v, d)
			r.Active, r.Inactive = stats.Active, stats.Inactive
		}
	}
	for _, c := range s.checks {
		r.Checks = append(r.Checks, l.reportCheck(c))
	}
	if r.Reason == "" {
		r.Reason = reasonOf(r.Checks)
	}
	return r
}

// reasonOf is what the first check that is down said, or the first of all.
func reasonOf(checks []control.CheckStatus) string {
	for _, c := range checks {
		if !c.Up {
			return c.Text
		}
	}
	if len(checks) > 0 {
		return checks[0].Text
	}
	return ""
}

// serverState is UNCHECKED, UP, DOWN, or FAILING: up, but failures are counted.
func serverState(s lvs.ServerState) string {
	switch {
	case len(s.Checks) == 0:
		return "UNCHECKED"
	case !s.Up():
		return "DOWN"
	}
	for _, h := range s.Checks {
		if h.Failures > 0 {
			return "FAILING"
		}
	}
	return "UP"
}

func (l *loop) reportCheck(c *check) control.CheckStatus {
	h := c.health()
	next, planted := l.wheel.At(c.key)
	if !planted {
		next = c.begun // it is under way
	}
	return control.CheckStatus{
		Name: c.name, Up: h.Up, Known: h.Known, At: c.at, Took: c.took, Text: c.text,
		Failures: h.Failures, Retry: c.declared().Timing.Retry.Val, Next: next,
	}
}
