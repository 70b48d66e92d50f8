package parent

import "golang.org/x/sys/unix"

// priority is the SCHED_RR priority of the vrrp role: above every ordinary
// process, below the kernel's own threads for interrupts (50 and up is theirs).
const priority = 49

// realTime gives the calling thread real-time priority. A process forked from it
// has it from its first instruction on, before its runtime makes threads that
// would not.
func realTime() error {
	return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: priority}, 0)
}
