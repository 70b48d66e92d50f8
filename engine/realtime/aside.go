package realtime

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// asideNice is the niceness of work done aside: first among the ordinary, since
// the collector of garbage waits for it now and then, and adverts for that.
const asideNice = -20

// Aside does work that may take seconds on a thread without real-time priority,
// where this process has it, and returns when it is done. Under that priority it
// would use up what the kernel grants to all real-time work together.
func Aside(work func()) {
	done := make(chan struct{}) // closed when work is done
	go func() {
		defer close(done)
		if Active() {
			// Such a thread cannot have its priority back without CAP_SYS_NICE: it
			// ends with this goroutine.
			runtime.LockOSThread()
			ordinary := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Nice: asideNice}
			if unix.SchedSetAttr(0, &ordinary, 0) != nil {
				runtime.UnlockOSThread() // nothing was changed: slower for others, but right
			}
		}
		work()
	}()
	<-done
}
