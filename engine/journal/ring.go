package journal

import (
	"context"
	"strconv"
	"sync"
)

// Ring keeps the newest entries in memory, for readers that follow along. Its
// writer is one process; readers may be many and never hold the writer up.
type Ring struct {
	mu      sync.Mutex // guards all below
	entries []Entry    // a circle once it is full
	first   int        // index of the oldest entry
	floor   uint64     // newest Seq that is no longer here
	changed chan struct{}
}

// NewRing gives a ring for size entries; floor is the newest Seq that was given
// out before it.
func NewRing(size int, floor uint64) *Ring {
	return &Ring{entries: make([]Entry, 0, size), floor: floor, changed: make(chan struct{})}
}

// Add appends an entry, in order of Seq, and wakes the readers.
func (r *Ring) Add(e Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.entries) < cap(r.entries) {
		r.entries = append(r.entries, e)
	} else {
		r.floor = r.entries[r.first].Seq
		r.entries[r.first] = e
		r.first = (r.first + 1) % len(r.entries)
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// After gives the entries with a Seq above after, oldest first, and the newest
// Seq that is no longer here: with after below floor, something is missing.
func (r *Ring) After(after uint64) (entries []Entry, floor uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.entries {
		if e := r.entries[(r.first+i)%len(r.entries)]; e.Seq > after {
			entries = append(entries, e)
		}
	}
	return entries, r.floor
}

// Last is the newest Seq given out.
func (r *Ring) Last() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.entries); n > 0 {
		return r.entries[(r.first+n-1)%n].Seq
	}
	return r.floor
}

// Wait blocks until there is an entry above after, or ctx ends.
func (r *Ring) Wait(ctx context.Context, after uint64) error {
	for {
		r.mu.Lock()
		changed := r.changed
		r.mu.Unlock()
		if r.Last() > after {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Gap is the entry that stands for those between after and the next one, which
// nobody can read any more. Its Seq is the last of them, so that a reader's
// cursor moves on.
func Gap(after, next uint64) Entry {
	return Entry{Seq: next - 1, Kind: Lost, Facts: map[string]string{FactCount: strconv.FormatUint(next-1-after, 10)}}
}
