package changes

import (
	"sync"

	"holdfast/store"
)

// turn is held while something is applied, confirmed, reverted or settled: those read,
// ask the roles and write as one. It keeps out other requests of this process and, where
// there is a store, the commands that an operator gives on the host.
type turn struct {
	mu      sync.Mutex
	store   *store.Store
	release func() // mu is held
}

// Lock waits for its turn.
func (t *turn) Lock() {
	t.mu.Lock()
	t.release = func() {}
	if t.store != nil {
		t.release = t.store.Turn()
	}
}

// TryLock takes the turn if nobody has it.
func (t *turn) TryLock() (ok bool) {
	if !t.mu.TryLock() {
		return false
	}
	t.release = func() {}
	if t.store == nil {
		return true
	}
	release, ok := t.store.TryTurn()
	if !ok {
		t.mu.Unlock()
		return false
	}
	t.release = release
	return true
}

// Unlock gives the turn on.
func (t *turn) Unlock() {
	t.release()
	t.mu.Unlock()
}
