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
	again      = 100 * time.Millisecond // when a check that found the pool full tries again
)

// checks are the checks there are, each with a key of its own in the wheel of
// what is due. One whose probe is in flight is not in the wheel.
type checks struct {
	wheel *schedule.Wheel
	dues  []schedule.Key // of one tick, kept for its memory
	byKey []*check       // nil is free
	free  []schedule.Key
}

func newChecks(now time.Time) checks {
	return checks{wheel: schedule.New(now, wheelTick, wheelSlots)}
}

// newCheck gives a new check its key.
func (k *checks) newCheck(identity, name string) *check {
	c := &check{identity: identity, name: name}
	if n := len(k.free); n > 0 {
		c.key, k.free = k.free[n-1], k.free[:n-1]
		k.byKey[c.key] = c
		return c
	}
	c.key = schedule.Key(len(k.byKey))
	k.byKey = append(k.byKey, c)
	return c
}

// removeCheck takes a check that is in the declaration no more out of the wheel.
func (k *checks) removeCheck(c *check) {
	c.gone = true
	k.wheel.Remove(c.key)
	k.byKey[c.key] = nil
	k.free = append(k.free, c.key)
}

// schedule puts a check into the wheel: a new one a second from now plus its place
// within warmup, as keepalived spreads its first runs. One that is there already
// stays, unless its delay_loop has become shorter than the wait.
func (k *checks) schedule(c *check, now time.Time) {
	if c.inFlight || !c.declared().Asks() { // its session or file tells when it changes
		return
	}
	t := c.declared().Timing
	at, scheduled := k.wheel.At(c.key)
	if !scheduled {
		k.set(c, now.Add(startTime+schedule.Phase(c.place(), t.Warmup.Val.Duration())))
	} else if loop := t.DelayLoop.Val.Duration(); c.health().Known && at.After(now.Add(loop)) {
		k.set(c, now.Add(schedule.Phase(c.place(), loop)))
	}
}

// set makes at the time of the next run.
func (k *checks) set(c *check, at time.Time) { k.wheel.Set(c.key, at) }

// due gives the checks that are due by now, each taken out of the wheel.
func (k *checks) due(now time.Time) iter.Seq[*check] {
	return func(yield func(*check) bool) {
		k.dues = k.wheel.Due(k.dues[:0], now)
		for _, key := range k.dues {
			if !yield(k.byKey[key]) {
				return
			}
		}
	}
}
