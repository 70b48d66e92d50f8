package imports

import (
	"crypto/rand"
	"slices"
	"sync"
	"time"
)

// Bounds of what is kept: for how long, how many, and how many lines in all. A
// line that is explained takes half a kilobyte.
const (
	keptFor   = 30 * time.Minute
	keptMost  = 16
	keptLines = 2 * MostLines
)

// Drafts are texts that were sent in, each for the user who sent it. The oldest
// gives way to a new one.
type Drafts struct {
	mu   sync.Mutex // guards list
	list []draft    // oldest first
}

type draft struct {
	id    string
	owner int64
	at    time.Time
	lines int
	of    any
}

// Keep keeps what was made of a text of so many lines for a user, and gives the ID
// it is found by.
func (d *Drafts) Keep(owner int64, lines int, of any) (id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	one := draft{rand.Text(), owner, time.Now(), lines, of}
	d.list = append(d.fresh(), one)
	all := 0
	for _, o := range d.list {
		all += o.lines
	}
	for len(d.list) > 1 && (len(d.list) > keptMost || all > keptLines) {
		all -= d.list[0].lines
		d.list = slices.Delete(d.list, 0, 1)
	}
	return one.id
}

// fresh are the drafts that are not too old; the lock is held.
func (d *Drafts) fresh() []draft {
	return slices.DeleteFunc(d.list, func(o draft) bool { return time.Since(o.at) > keptFor })
}

// Find gives what was kept for a user under an ID; ok is false where it is no longer
// there, is another user's, or is no T.
func Find[T any](d *Drafts, owner int64, id string) (of T, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = d.fresh()
	for _, o := range d.list {
		if o.id == id && o.owner == owner {
			of, ok = o.of.(T)
			return of, ok
		}
	}
	return of, false
}
