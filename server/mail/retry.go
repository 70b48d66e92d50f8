package mail

import (
	"cmp"
	"time"
)

// RetryPolicy is how patient the sender is.
type RetryPolicy struct {
	First   time.Duration // wait after the first failure; it doubles with each one
	Longest time.Duration // between two attempts
	GiveUp  time.Duration // after this long in the outbox a mail is dead
	Look    time.Duration // the outbox is looked at this often at least
	Leave   time.Duration // how long Run may go on after its context ended
}

// orDefault fills what is zero: 5 s doubling up to 5 min, for three days.
func (p RetryPolicy) orDefault() RetryPolicy {
	return RetryPolicy{
		First:   cmp.Or(p.First, 5*time.Second),
		Longest: cmp.Or(p.Longest, 5*time.Minute),
		GiveUp:  cmp.Or(p.GiveUp, 72*time.Hour),
		Look:    cmp.Or(p.Look, 5*time.Second),
		Leave:   cmp.Or(p.Leave, 2*time.Second),
	}
}

// after is the wait after this many failures in a row.
func (p RetryPolicy) after(failures int) time.Duration {
	wait := p.First
	for i := 1; i < failures && wait < p.Longest; i++ {
		wait *= 2
	}
	return min(wait, p.Longest)
}
