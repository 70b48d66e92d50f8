package vrrprole

import (
	"time"

	"holdfast/engine/vrrp"
)

// next is when the loop has to look at the clock again.
func (l *loop) next() time.Time {
	next := l.retry
	if at := l.complaints.next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at := l.processes.next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at := l.states.next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at := l.standby.next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	if at := l.seen.next; !at.IsZero() && (next.IsZero() || at.Before(next)) {
		next = at
	}
	for _, t := range l.teams {
		for _, r := range t.routers {
			if at := r.state.Next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// missedAt is when a peer of the highest priority takes over the first of what is held
// here, if no more adverts are sent; zero: nothing is held.
func (l *loop) missedAt() (first time.Time) {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role != vrrp.Master || r.sent.IsZero() {
				continue
			}
			if at := r.sent.Add(r.core.Waits()); first.IsZero() || at.Before(first) {
				first = at
			}
		}
	}
	return first
}

// tick does what is due.
func (l *loop) tick(now time.Time) {
	if l.ending != "" {
		return
	}
	for _, t := range l.teams {
		for i, r := range t.routers {
			if at := r.state.Next(); !at.IsZero() && !now.Before(at) {
				l.step(t, i, vrrp.Tick{}, now)
			}
		}
	}
	l.complaints.end(now)
	l.look(now)
	if l.processes.tick(now) {
		l.changed = now
		l.settle()
	}
	if at := l.states.next(); !at.IsZero() && !now.Before(at) {
		l.changed = now
		l.settle()
	}
	if at := l.standby.next; !at.IsZero() && !now.Before(at) {
		l.changed = now
	}
	if !l.retry.IsZero() && !now.Before(l.retry) {
		l.retry = time.Time{}
		l.tryAgain(now)
	}
	l.settle()
}

// overslept says that a deadline is met so late that this process must have stood
// still, or the machine with it.
func overslept(due, now time.Time) bool {
	const late = 50 * time.Millisecond
	return !due.IsZero() && now.Sub(due) > late
}
