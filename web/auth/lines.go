package auth

import (
	"context"
	"sync"
	"time"

	"holdfast/web/fault"
)

// How many attempts may wait. Each costs a goroutine and no more.
const (
	waitingOf  = 64  // from one network
	waitingAll = 256 // from all of them
	atOnce     = 2   // of one line: as many as there are hashes at a time
)

// lines make attempts that are counted together go one after the other: one that
// comes while others are being looked at waits for how they end, and is not
// refused because of them.
type lines struct {
	mu      sync.Mutex // guards what follows
	open    map[string]*line
	waiting map[string]int // by network
	all     int
}

// line is where the attempts stand that have a count in common.
type line struct {
	turns   chan struct{} // held by those whose turn it is
	first   chan struct{} // held by the one that waits until an attempt may begin
	members int
	moved   chan struct{} // closed when one of them ended
}

func newLines() *lines { return &lines{open: map[string]*line{}, waiting: map[string]int{}} }

// enter waits for the turn of an attempt in the line of key, and gives the end of
// that turn. network is where it comes from, "" for a browser that is known: it
// does not stand among the others. Fault: overloaded, if there is no place to
// wait, or none got free in time.
func (ls *lines) enter(ctx context.Context, key, network string, patience <-chan time.Time) (*line, func(), error) {
	l := ls.join(key, network)
	if l == nil {
		return nil, nil, fault.New("overloaded")
	}
	select {
	case l.turns <- struct{}{}:
		return l, func() { <-l.turns; ls.part(key, network) }, nil
	case <-patience:
		ls.part(key, network)
		return nil, nil, fault.New("overloaded")
	case <-ctx.Done():
		ls.part(key, network)
		return nil, nil, ctx.Err()
	}
}

func (ls *lines) join(key, network string) *line {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.waiting[network] >= waitingOf || network != "" && ls.all >= waitingAll {
		return nil
	}
	l := ls.open[key]
	if l == nil {
		l = &line{turns: make(chan struct{}, atOnce), first: make(chan struct{}, 1), moved: make(chan struct{})}
		ls.open[key] = l
	}
	l.members++
	ls.waiting[network]++
	if network != "" {
		ls.all++
	}
	return l
}

func (ls *lines) part(key, network string) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	l := ls.open[key]
	close(l.moved)
	l.moved = make(chan struct{})
	if l.members--; l.members == 0 {
		delete(ls.open, key)
	}
	if ls.waiting[network]--; ls.waiting[network] == 0 {
		delete(ls.waiting, network)
	}
	if network != "" {
		ls.all--
	}
}

// next is closed when the next attempt of the line ends.
func (ls *lines) next(l *line) <-chan struct{} {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return l.moved
}
