package realtime

import (
	"runtime/debug"
	"sync"
	"time"
)

// restAfter is how long nothing large may have been done before memory goes back: what
// comes at once would only touch the same pages anew.
const restAfter = 5 * time.Second

// Rest returns memory that nothing uses any more to the system, some seconds after
// something large was done, and the code that did it. The runtime alone would keep twice
// what is in use. The zero Rest is ready; many may use it at once.
type Rest struct {
	mu    sync.Mutex // guards timer
	timer *time.Timer
}

// Later begins the wait anew.
func (r *Rest) Later() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(restAfter, func() {
		if !locked() { // where it is locked, GiveBack has done it
			debug.FreeOSMemory()
			_ = dropText() // most of it was for what was done; without this more stays in memory than is needed
		}
	})
}

// locked says whether this process has locked memory.
func locked() bool {
	status, err := processStatus()
	return err == nil && lockedIn(status)
}
