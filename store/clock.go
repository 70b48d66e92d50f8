package store

import "time"

// Clock is what a Store reads time from.
type Clock struct {
	Wall   func() time.Time     // the date; it may be set at any moment
	Uptime func() time.Duration // since any fixed instant; nobody can set it
}

// system is the clock of this machine.
func system() Clock {
	began := time.Now() // with the monotonic reading that Since uses
	return Clock{Wall: time.Now, Uptime: func() time.Duration { return time.Since(began) }}
}

// steady gives a clock that begins at the date and then follows the uptime alone.
func (c Clock) steady() func() time.Time {
	date, began := c.Wall().Round(0), c.Uptime()
	return func() time.Time { return date.Add(c.Uptime() - began) }
}

// Steady is the instant on the clock by which mails wait and sessions end: that of the
// date when the Store was opened, and never set since. Its difference to the date is
// how much the date was set.
func (s *Store) Steady() time.Time { return s.steady() }

// drift is how much the date was set since the Store was opened.
func (s *Store) drift() time.Duration { return s.now().Sub(s.steady()) }

// The sweep deletes old rows only once the date has stood for so long, without being set
// by more than so much: a node that starts with a wrong date is told the right one
// within minutes.
const (
	dateStands = time.Hour
	dateSet    = time.Minute
)

func (s *Store) dateStands() bool {
	return s.uptime() >= dateStands && s.drift().Abs() < dateSet
}

// limit is the date before which things are older than keep; the zero instant while
// the date does not stand.
func (s *Store) limit(now time.Time, keep time.Duration) time.Time {
	if !s.dateStands() {
		return time.Time{}
	}
	return now.Add(-keep)
}
