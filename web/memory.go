package web

import (
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// memory gives the room that large requests took back to the system. Left alone, the
// program would keep it for minutes: it has no other use for it.
type memory struct{ used atomic.Int64 } // when a large request ended last; 0: all is given back

// giveBackAfter is when what a large request left is of no use any more: by then no
// page takes it from a cache.
const giveBackAfter = 4 * time.Second

// watch notes large requests and answers.
func (m *memory) watch(g *gin.Context) {
	g.Next()
	if g.Request.ContentLength >= large || g.Writer.Size() >= large {
		m.used.Store(time.Now().UnixNano())
	}
}

// giveBack gives the room back if it is time to, and says whether it did; forget
// lets go of what is kept for a moment.
func (m *memory) giveBack(forget func()) bool {
	at := m.used.Load()
	if at == 0 || time.Since(time.Unix(0, at)) < giveBackAfter || !m.used.CompareAndSwap(at, 0) {
		return false
	}
	forget()
	debug.FreeOSMemory()
	return true
}
