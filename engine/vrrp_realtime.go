package engine

import (
	"errors"

	"golang.org/x/sys/unix"
)

var errNotRealTime = errors.New("the process has no real-time policy")

// vrrpRealTime tells whether this thread runs under a real-time policy, which
// the parent gives before the runtime starts its threads.
func vrrpRealTime() error {
	attr, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		return err
	}
	if attr.Policy != unix.SCHED_RR && attr.Policy != unix.SCHED_FIFO {
		return errNotRealTime
	}
	return nil
}

// vrrpLockMemory keeps what this process touched from being paged out. Pages
// are locked as they are touched: the runtime reserves far more than it uses.
func vrrpLockMemory() error {
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}
