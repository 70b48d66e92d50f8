package changes

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// fresh is how long a review is given again: a page that is drawn over and over
// must not make both roles plan over and over.
const fresh = 3 * time.Second

// cache remembers the reviews of the last moment, by the text and by what ran.
type cache struct {
	turn chan struct{} // holds one while a review is made and while made is touched
	made map[string]cached
}

// cached is a review and when it was made.
type cached struct {
	review Review
	at     time.Time
}

func newCache() *cache {
	return &cache{turn: make(chan struct{}, 1), made: map[string]cached{}}
}

// review gives the review under key, or else the one that do makes. Reviews
// are made one after the other. Its error is that of ctx.
func (r *cache) review(ctx context.Context, key string, do func() Review) (Review, error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return Review{}, ctx.Err()
	}
	r.expire()
	if m, ok := r.made[key]; ok {
		return m.review, nil
	}
	made := do()
	if ctx.Err() == nil { // an unfinished review is not kept
		r.made[key] = cached{made, time.Now()}
	}
	return made, nil
}

// expire forgets what is not given again. The turn is held.
func (r *cache) expire() {
	maps.DeleteFunc(r.made, func(_ string, m cached) bool { return time.Since(m.at) > fresh })
}

// Expire forgets the reviews that are not given again: one may be large. It does
// nothing while a review is being made.
func (w *Workflow) Expire() {
	select {
	case w.cache.turn <- struct{}{}:
		w.cache.expire()
		<-w.cache.turn
	default:
	}
}

// keyOf names a review: the text, and what ran in which role.
func keyOf(hash string, running Running) string {
	var b strings.Builder
	b.WriteString(hash)
	for _, name := range slices.Sorted(maps.Keys(running.Hashes)) {
		b.WriteString(" " + name + " " + running.Hashes[name])
	}
	return b.String()
}
