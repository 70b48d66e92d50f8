package realtime

import "golang.org/x/sys/unix"

// Active tells whether this thread runs under a real-time policy, which
// the parent gives before the runtime starts its threads.
func Active() bool {
	attr, err := unix.SchedGetAttr(0, 0)
	return err == nil && (attr.Policy == unix.SCHED_RR || attr.Policy == unix.SCHED_FIFO)
}

// LockMemory keeps what this process touches from now on, and its data, from being
// paged out. Pages are locked as they are touched: the runtime reserves far more
// than it uses, and the start ran through code that is not needed again.
func LockMemory() error {
	_ = dropText() // without it more is locked than needed
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}
