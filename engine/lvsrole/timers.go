package lvsrole

import (
	"container/heap"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// timers say when a server is to be looked at again: when the grace of one that failed is
// over, and when one that starts slowly takes more. They name the server, so that they
// outlive an apply; one whose server has changed meanwhile finds nothing to do.
type timers []timer

type timer struct {
	at, began time.Time
	key       plan.ServiceKey // the first of the virtual server
	server    netip.AddrPort  // as endOf has it
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

// arm has server i of v looked at when its state is to change by time alone, which began
// to count then.
func (l *loop) arm(v *virtual, i int, began, now time.Time) {
	at := time.Time{}
	switch state := v.state.Servers[i]; {
	case state.Kept:
		at = began.Add(v.core.Grace())
	case state.Share > 0:
		at = now.Add(v.core.RampStep())
	default:
		return
	}
	heap.Push(&l.timers, timer{at, began, v.key, endOf(&v.core.Servers[i])})
}

// armRestored is arm for the servers of v, whose state is that of the run before.
func (l *loop) armRestored(v *virtual, now time.Time) {
	for i := range v.servers {
		l.arm(v, i, v.servers[i].since, now)
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
		i := slices.IndexFunc(v.core.Servers, func(r model.Real) bool { return endOf(&r) == t.server })
		if i < 0 {
			continue
		}
		var ev lvs.Event
		switch state := v.state.Servers[i]; {
		case state.Kept && t.began.Equal(v.servers[i].since) && !now.Before(t.began.Add(v.core.Grace())):
			ev = lvs.Graced{Server: i}
		case state.Kept && !t.began.Equal(v.servers[i].since):
			continue // it failed once more, and that has a timer of its own
		case state.Share > 0:
			ev = lvs.Ramped{Server: i, Share: v.core.ShareAfter(now.Sub(t.began))}
		}
		if ev != nil {
			next, effects := v.core.Step(v.state, ev)
			v.state = next
			l.carryOut(v, effects, nil, "", now)
		}
		l.arm(v, i, t.began, now)
	}
}

// timed notes what an event began that time ends.
func (l *loop) timed(v *virtual, i int, before lvs.ServerState, now time.Time) {
	switch after := v.state.Servers[i]; {
	case after.Kept && !before.Kept:
		l.arm(v, i, v.servers[i].since, now)
	case after.Share > 0 && before.Share == 0:
		l.arm(v, i, now, now)
	}
}
