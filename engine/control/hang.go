package control

import (
	"context"
	"errors"
	"sync"
	"time"
)

// How a client deals with a role that gave no answer until the asker's patience was
// over: for a while it is asked only shortly where it stands, so that a role that hangs
// costs a page its patience once and not for every question.
const (
	hungFor = 10 * time.Second
	shortly = 250 * time.Millisecond
)

// hang is when a role gave no answer.
type hang struct {
	mu sync.Mutex // guards at
	at time.Time  // zero: it answered since
}

// quick bounds a question that a role answers from memory. done has to be called with
// how it went.
func (h *hang) quick(ctx context.Context) (bounded context.Context, done func(error)) {
	h.mu.Lock()
	suspect := !h.at.IsZero() && time.Since(h.at) < hungFor
	h.mu.Unlock()
	cancel := context.CancelFunc(func() {})
	if suspect {
		ctx, cancel = context.WithTimeout(ctx, shortly)
	}
	return ctx, func(err error) {
		cancel()
		h.mu.Lock()
		defer h.mu.Unlock()
		switch {
		case !errors.Is(err, context.DeadlineExceeded):
			h.at = time.Time{}
		case !suspect:
			h.at = time.Now()
		}
	}
}
