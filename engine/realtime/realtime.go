package realtime

import "golang.org/x/sys/unix"

// Active tells whether this thread runs under a real-time policy, which
// the parent gives before the runtime starts its threads.
func Active() bool {
	attr, err := unix.SchedGetAttr(0, 0)
	return err == nil && (attr.Policy == unix.SCHED_RR || attr.Policy == unix.SCHED_FIFO)
}

// LockMemory keeps what this process touched from being paged out. Pages
// are locked as they are touched: the runtime reserves far more than it uses.
func LockMemory() error {
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}
