package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/schedule"
)

// shared is one probe that equal checks have in common: it runs when the first of
// them is due, and its result is that of each. Most checks are equal to no other.
type shared struct {
	key      schedule.Key
	checks   []*check // never empty while it is in the table
	asks     asked
	next     *shared // of those in the table with the same identity
	inFlight bool
	begun    time.Time // of the last run
	last     outcome   // of the last run that said something of the server
}

// asked is what makes two checks equal: what they ask and when. What remains may
// differ, as it is about what one makes of the answer.
type asked struct {
	identity string
	timing   model.Timing
	limit    model.Opt[model.Seconds] // misc_timeout
}

// outcome is what a run said.
type outcome struct {
	result lvs.Result
	at     time.Time
	took   time.Duration
	text   string
}

func askedBy(c *check) asked {
	m := c.declared()
	return asked{c.identity, inForce(m.Timing), model.Opt[model.Seconds]{Val: m.MiscTimeout.Val}}
}

// inForce is a timing without warmup, of which each check has its own, and whether the
// text says it or leaves it to defaults.
func inForce(t model.Timing) model.Timing {
	t.DelayLoop.Written, t.ConnectTimeout.Written, t.Retry.Written, t.DelayBeforeRetry.Written = false, false, false, false
	t.Warmup = model.Opt[model.Seconds]{}
	return t
}

// sharing is the table of the probes, by what they ask.
type sharing map[string]*shared

// of is the probe for checks that ask this; nil where there is none.
func (t sharing) of(a asked) *shared {
	for s := t[a.identity]; s != nil; s = s.next {
		if s.asks == a {
			return s
		}
	}
	return nil
}

func (t sharing) add(s *shared) {
	s.next = t[s.asks.identity]
	t[s.asks.identity] = s
}

// remove takes s out, also one that is not in the table.
func (t sharing) remove(s *shared) {
	first := t[s.asks.identity]
	if first == s && s.next == nil {
		delete(t, s.asks.identity)
		return
	}
	if first == s {
		t[s.asks.identity] = s.next
	}
	for ; first != nil; first = first.next {
		if first.next == s {
			first.next = s.next
		}
	}
}

// leave takes c out of s and says whether nobody is left.
func (s *shared) leave(c *check) bool {
	s.checks = slices.DeleteFunc(s.checks, func(o *check) bool { return o == c })
	return len(s.checks) == 0
}

// due is when the first of its checks is.
func (s *shared) due() time.Time {
	first := s.checks[0].next
	for _, c := range s.checks[1:] {
		if c.next.Before(first) {
			first = c.next
		}
	}
	return first
}

// recalls says whether c, which was never told anything, can do with what the last run
// said: it is no older than delay_loop.
func (s *shared) recalls(c *check, now time.Time) bool {
	return !c.health().Known && !s.last.at.IsZero() && now.Sub(s.last.at) <= s.asks.timing.DelayLoop.Val.Duration()
}

// serves says whether the run that began last is one of c: it was due then, or it
// waits for the next in delay_loop, which may come sooner. What waits for its first
// run, or for delay_before_retry, is served by none that began before.
func (s *shared) serves(c *check) bool {
	return !c.next.After(s.begun) || c.health().Known && !c.health().Retries()
}
