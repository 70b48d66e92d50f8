package lvsrole

import (
	"slices"
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// status replies with where everything stands. Counters are read when somebody
// asks and the writer is idle; a busy one is not waited for.
func (l *loop) status(reply func(control.Status, error)) {
	answer := func() { reply(l.report(), nil) }
	now := time.Now()
	if l.problems.blocked != "" || l.stopping || l.counters.recent(now) {
		answer()
		return
	}
	l.counters.asking = append(l.counters.asking, answer)
	if len(l.counters.asking) > 1 {
		return // already asked for
	}
	if !l.jobs.idle() {
		l.counters.asking = nil
		answer()
		return
	}
	l.jobs.add(tableJob{task: taskCount, done: func(a tableAnswer) { l.counters.take(a.stats, now, time.Now()) }})
}

func (l *loop) report() control.Status {
	s := control.Status{Virtuals: make([]control.VirtualStatus, 0, len(l.virtuals.list)), Held: []control.Blocked{}}
	if l.problems.blocked != "" {
		s.Held = append(s.Held, control.Blocked{Code: l.problems.blocked})
	} else {
		s.Strangers = l.foreign
	}
	s.Held = slices.Concat(s.Held, l.checksNotRun(), l.nothingShown(), l.transitions.unrun.Held())
	for _, v := range l.virtuals.list {
		s.Virtuals = append(s.Virtuals, l.reportVirtual(v))
	}
	return s
}

func (l *loop) reportVirtual(v *virtual) control.VirtualStatus {
	s := control.VirtualStatus{
		Name: v.name, Scheduler: v.core.Scheduler.Val, Method: v.core.Method.Val.String(),
		Quorum: v.core.Quorum(), QuorumUp: v.state.Quorum, UpWeight: v.core.UpWeight(v.state),
		SorryInUse: v.core.SorryInUse(v.state), Installed: v.there,
		Servers: make([]control.ServerStatus, 0, len(v.servers)), Held: l.reportBlocked(v), Wanted: v.lines(),
	}
	l.reword(v, time.Now())
	s.State, s.Since = v.word.state, v.word.since
	if s.QuorumUp {
		s.UpSince = v.since
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
		want := plan.State{}
		for _, key := range v.keys {
			want.Services = append(want.Services, v.wantOf(key))
		}
		v.wanted = plan.Diff(plan.State{}, want).Lines()
	}
	return v.wanted
}

func (l *loop) reportBlocked(v *virtual) []control.Blocked {
	blocked := []control.Blocked{}
	if l.problems.blocked != "" {
		blocked = append(blocked, control.Blocked{Object: v.name, Code: l.problems.blocked})
	}
	if v.refused != nil {
		blocked = append(blocked, *v.refused)
	}
	if l.suspended(v) {
		blocked = append(blocked, control.Blocked{Object: v.name, Code: code.Suspended, Args: map[string]string{"address": v.core.Addr.String()}})
	}
	if away := v.turnedAway(); away != "" {
		blocked = append(blocked, control.Blocked{Object: v.name, Code: code.HashTurnsAway, Args: map[string]string{"scheduler": v.core.Scheduler.Val, "servers": away}})
	}
	return blocked
}

// turnedAway names the servers whose clients the kernel turns away, as they have weight 0
// under a hash; "": none.
func (v *virtual) turnedAway() string {
	if !v.core.TurnsAway() {
		return ""
	}
	var servers []string
	for _, d := range v.have.Destinations {
		if d.Weight == 0 {
			servers = append(servers, d.End().String())
		}
	}
	return strings.Join(servers, ", ")
}

func (l *loop) reportServer(v *virtual, i int) control.ServerStatus {
	s := &v.servers[i]
	r := control.ServerStatus{
		Name: v.serverName(i), State: s.word.state, Since: s.word.since, Weight: v.core.InForce(v.state, i),
		Reason: s.reason, Checks: make([]control.CheckStatus, 0, len(s.checks)),
	}
	if r.State == "UP" || r.State == "FAILING" {
		r.UpSince = s.since
	}
	end := v.core.End(i, v.key)
	for _, d := range v.have.Destinations {
		if d.End() == end {
			r.InPool = d.Weight > 0
			for _, key := range v.keys {
				stats := l.counters.of(key, v.core.End(i, key))
				r.Active, r.Inactive = r.Active+stats.Active, r.Inactive+stats.Inactive
			}
		}
	}
	for _, c := range s.checks {
		r.Checks = append(r.Checks, l.reportCheck(c))
	}
	r.Order = l.reportOrder(v, i)
	switch {
	case r.State == "UNCHECKED":
		r.Reason = v.uncheckedReason(i)
	case r.Reason == "":
		r.Reason = reasonOf(r.Checks)
	}
	return r
}

// reportOrder is what an operator wants of server i of v; nil is nothing.
func (l *loop) reportOrder(v *virtual, i int) *control.OrderStatus {
	o := v.servers[i].ordered()
	if o.Mode == lvs.NoOrder {
		return nil
	}
	s := &control.OrderStatus{
		Mode: string(o.Mode), Weight: o.Weight, Owner: o.Owner, Reason: o.Reason, Since: o.Since,
		Until: string(o.Until), Deadline: o.Deadline, Drained: o.Drained,
	}
	if left, known := v.left(l.counters.services, i); known && o.Mode == lvs.Drain {
		s.Left = &control.Left{Active: left.Active, Inactive: left.Inactive, Persistent: left.Persistent}
	}
	return s
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

func (l *loop) reportCheck(c *check) control.CheckStatus {
	h := c.health()
	return control.CheckStatus{
		Name: c.name, Up: h.Up, Known: h.Known, At: c.at, Took: c.took, Text: c.text,
		Failures: h.Failures, Retry: c.declared().Timing.Retry.Val, Next: c.next,
		Sharing: len(c.shared.checks) - 1,
	}
}
