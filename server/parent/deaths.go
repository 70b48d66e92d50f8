package parent

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// deaths are a process's deaths on its present text, within the last minute.
type deaths []death

type death struct {
	at     time.Time
	blamed bool // the text may be the cause
}

// tooMany is how many deaths in a minute condemn a text.
const tooMany = 3

// pauses are how long to wait before starting again after the first, second, …
// death in a minute; the last one holds for all further ones.
var pauses = [...]time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond, time.Second}

// add notes a death and says how long to wait before the next start, and whether
// the text is condemned: blamed deaths are those it may be the cause of.
func (d deaths) add(now time.Time, blamed bool) (next deaths, pause time.Duration, condemned bool) {
	for _, one := range d {
		if now.Sub(one.at) < time.Minute {
			next = append(next, one)
		}
	}
	next = append(next, death{now, blamed})
	count := 0
	for _, one := range next {
		if one.blamed {
			count++
		}
	}
	return next, pauses[min(len(next), len(pauses))-1], blamed && count == tooMany
}

// soon is how long after its start a process that a lack of memory ends may have
// taken that memory for its text.
const soon = 10 * time.Second

// faults are the signals that a process ends by through a fault of its own.
var faults = []syscall.Signal{
	syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGSEGV, syscall.SIGSYS, syscall.SIGTRAP, syscall.SIGXCPU, syscall.SIGXFSZ,
}

// blames says whether the text may be the cause of a death: by an error, a panic or a
// fault. Who ends without an error was told to. SIGKILL comes from outside, unless the
// kernel sent it for lack of memory; that is the text's doing only soon after the start.
func blames(how syscall.WaitStatus, lived time.Duration, starved bool) bool {
	switch {
	case how.Exited():
		return how.ExitStatus() != 0
	case how.Signal() == syscall.SIGKILL:
		return starved && lived < soon
	}
	return slices.Contains(faults, how.Signal())
}

// oomKills is how many processes the kernel ended for lack of memory since the
// boot; 0 where it does not say.
func oomKills() uint64 {
	text, err := os.ReadFile("/proc/vmstat")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if n, ok := strings.CutPrefix(line, "oom_kill "); ok {
			count, err := strconv.ParseUint(strings.TrimSpace(n), 10, 64)
			if err != nil {
				return 0
			}
			return count
		}
	}
	return 0
}
