package lvsrole

import (
	"container/heap"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// timers say when a server is to be looked at again: when the grace of one that failed is
// over, and when one that starts slowly takes more. They name the server, so that they
// outlive an apply; one whose server has changed meanwhile finds nothing to do.
type timers []timer

type timer struct {
	at     time.Time
	key    plan.ServiceKey // the first of the virtual server
	server string
}

// Len, Less, Swap, Push and Pop make a heap of them: the first is due first.
func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)        { *t = append(*t, x.(timer)) }

// Pop gives the last of the list up.
func (t *timers) Pop() any {
	last := (*t)[len(*t)-1]
	*t = (*t)[:len(*t)-1]
	return last
}

// arm has server i of v looked at when its state is to change by time alone.
func (l *loop) arm(v *virtual, i int, now time.Time) {
	s, state := v.servers[i], v.state.Servers[i]
	at := time.Time{}
	switch {
	case state.Kept:
		at = s.since.Add(v.core.Grace())
	case state.Share > 0:
		at = now.Add(v.core.RampStep())
	default:
		return
	}
	heap.Push(&l.timers, timer{at, v.key, s.name})
}

// armAll is arm for all servers of v.
func (l *loop) armAll(v *virtual, now time.Time) {
	for i := range v.servers {
		l.arm(v, i, now)
	}
}

// elapse lets the time that has passed work on servers.
func (l *loop) elapse(now time.Time) {
	for len(l.timers) > 0 && !now.Before(l.timers[0].at) {
		t := heap.Pop(&l.timers).(timer)
		v := l.virtuals.byKey[t.key]
		if v == nil || l.stopping {
			continue
		}
		i := v.at(t.server)
		if i < 0 {
			continue
		}
		s, state := v.servers[i], v.state.Servers[i]
		var ev lvs.Event
		switch {
		case state.Kept && !now.Before(s.since.Add(v.core.Grace())):
			ev = lvs.Graced{Server: i}
		case state.Share > 0:
			ev = lvs.Ramped{Server: i, Share: v.core.ShareAfter(now.Sub(s.ramps))}
		}
		if ev != nil {
			next, effects := v.core.Step(v.state, ev)
			v.state = next
			l.carryOut(v, effects, nil, "", now)
		}
		l.arm(v, i, now)
	}
}

// timed notes what an event began that time ends.
func (l *loop) timed(v *virtual, i int, before lvs.ServerState, now time.Time) {
	after := v.state.Servers[i]
	if after.Share > 0 && before.Share == 0 {
		v.servers[i].ramps = now
	}
	if after.Kept && !before.Kept || after.Share > 0 && before.Share == 0 {
		l.arm(v, i, now)
	}
}
