package realtime

import (
	"bytes"
	"os"
	"runtime/debug"
	"runtime/metrics"

	"golang.org/x/sys/unix"
)

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
	if before := debug.SetGCPercent(lockedGrowth); before != usualGrowth {
		debug.SetGCPercent(before) // the operator says otherwise
	}
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}

// How much the heap may grow between two collections, in percent. What is locked does not
// go back to the system, so the highest level counts: with a thousand routers it is 8 MiB
// lower, and no more of the processor is needed for it.
const (
	usualGrowth  = 100 // of Go
	lockedGrowth = 40
)

// Trim returns what reading a large text took to the system: LockMemory would keep it
// for good. It takes some milliseconds where there was one.
func Trim() {
	if allocated() > muchAllocated {
		debug.FreeOSMemory()
	}
}

// muchAllocated is how many bytes a start without a large text does not come up to.
const muchAllocated = 8 << 20

// allocated is how many bytes this process has asked the runtime for since its start.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// GiveBack returns memory that nothing uses any more to the system, where memory is
// locked: there the runtime cannot, and it is unlocked meanwhile, for some milliseconds.
// Elsewhere Rest does it when there is time.
func GiveBack() error {
	status, err := processStatus()
	if err != nil {
		return err
	}
	if !lockedIn(status) {
		return nil
	}
	if err := unix.Munlockall(); err != nil {
		return os.NewSyscallError("munlockall", err)
	}
	debug.FreeOSMemory()
	return os.NewSyscallError("mlockall", unix.Mlockall(unix.MCL_CURRENT|unix.MCL_FUTURE|unix.MCL_ONFAULT))
}

func processStatus() ([]byte, error) { return os.ReadFile("/proc/self/status") }

// lockedIn says whether a process with this status (proc_pid_status(5)) has locked memory.
func lockedIn(status []byte) bool {
	_, after, found := bytes.Cut(status, []byte("\nVmLck:"))
	fields := bytes.Fields(after)
	return found && len(fields) > 0 && string(fields[0]) != "0"
}
