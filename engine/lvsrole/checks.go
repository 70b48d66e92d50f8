package lvsrole

import (
	"iter"
	"time"

	"holdfast/engine/schedule"
)

const (
	wheelTick  = 10 * time.Millisecond  // how late a check may be
	wheelSlots = 1024                   // of the wheel: one round is some 10 s
	startTime  = time.Second            // from the start to the first check, as keepalived
	retryPool  = 100 * time.Millisecond // when a check that found the pool full tries again
)

// checks are the probes there are, each with a key of its own in the wheel of what
// is due. One that is in flight is not in the wheel.
type checks struct {
	wheel *schedule.Wheel
	dues  []schedule.Key // of one tick, kept for its memory
	byKey []*shared      // nil is free
	free  []schedule.Key
	table sharing
}

func newChecks(now time.Time) checks {
	return checks{wheel: schedule.New(now, wheelTick, wheelSlots), table: sharing{}}
}

// join gives c its probe: one that an equal check has, or one of its own, also where
// its virtual server shares none.
func (k *checks) join(c *check) {
	asks, shares := askedBy(c), c.virtual.core.ShareChecks.Val && c.declared().Asks()
	if s := c.shared; s != nil {
		if s.asks == asks && (k.table.of(asks) == s) == shares {
			return
		}
		k.leave(c)
	}
	s := k.table.of(asks)
	if s == nil || !shares {
		s = k.newShared(asks)
		if shares {
			k.table.add(s)
		}
	}
	c.shared = s
	s.checks = append(s.checks, c)
}

// newShared gives a new probe its key.
func (k *checks) newShared(asks asked) *shared {
	s := &shared{asks: asks}
	if n := len(k.free); n > 0 {
		s.key, k.free = k.free[n-1], k.free[:n-1]
		k.byKey[s.key] = s
		return s
	}
	s.key = schedule.Key(len(k.byKey))
	k.byKey = append(k.byKey, s)
	return s
}

// leave takes c from its probe, which ends with the last of its checks.
func (k *checks) leave(c *check) {
	s := c.shared
	c.shared = nil
	if !s.leave(c) {
		return
	}
	k.table.remove(s)
	k.wheel.Remove(s.key)
	k.byKey[s.key] = nil
	k.free = append(k.free, s.key)
}

// schedule says when a check is due: a new one a second from now plus its place
// within warmup, as keepalived spreads its first runs. One that waits already goes on
// to wait, unless its delay_loop, or delay_before_retry, has become shorter than that.
func (k *checks) schedule(c *check, now time.Time) {
	if !c.declared().Asks() { // its session or file tells when it changes
		return
	}
	t := c.declared().Timing
	if c.next.IsZero() {
		c.next = now.Add(startTime + schedule.Phase(c.place(), t.Warmup.Val.Duration()))
	} else if wait := c.health().Wait(t); c.health().Known && c.next.After(now.Add(wait)) {
		c.next = now.Add(schedule.Phase(c.place(), wait))
	}
	s := c.shared
	if at, waits := k.wheel.At(s.key); !s.inFlight && (!waits || c.next.Before(at)) {
		k.wheel.Set(s.key, c.next)
	}
}

// again has s run when the first of its checks is due.
func (k *checks) again(s *shared) {
	if len(s.checks) > 0 {
		k.wheel.Set(s.key, s.due())
	}
}

// due gives the probes that are due by now, each taken out of the wheel.
func (k *checks) due(now time.Time) iter.Seq[*shared] {
	return func(yield func(*shared) bool) {
		k.dues = k.wheel.Due(k.dues[:0], now)
		for _, key := range k.dues {
			if !yield(k.byKey[key]) {
				return
			}
		}
	}
}
