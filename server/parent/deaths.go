package parent

import "time"

// deaths are the instants at which a process died on its present text, within
// the last minute.
type deaths []time.Time

// tooMany is how many deaths in a minute condemn a text.
const tooMany = 3

// pauses are how long to wait before starting again after the first, second, …
// death in a minute; the last one holds for all further ones.
var pauses = [...]time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, time.Second}

// add notes a death and says how long to wait before the next start, and whether
// the text is to blame.
func (d deaths) add(now time.Time) (next deaths, pause time.Duration, condemned bool) {
	for _, at := range d {
		if now.Sub(at) < time.Minute {
			next = append(next, at)
		}
	}
	next = append(next, now)
	return next, pauses[min(len(next), len(pauses))-1], len(next) == tooMany
}
