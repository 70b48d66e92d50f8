package control

import (
	"maps"
	"slices"
	"syscall"
)

// Dump is one of the reports that keepalived writes when a signal asks for it.
type Dump string

// The reports, by the names that keepalived's --signum knows.
const (
	DumpData       Dump = "DATA"        // what the instances are and where they stand, as text
	DumpStats      Dump = "STATS"       // their counters, as text
	DumpStatsClear Dump = "STATS_CLEAR" // the same; the counters begin at 0 again
	DumpJSON       Dump = "JSON"        // both, as JSON
)

// dumps are the signals that ask for a report. Those of keepalived's that have no
// number in every system count from the C library's ends of the range, 34 and 64.
var dumps = map[Dump]syscall.Signal{
	DumpData: syscall.SIGUSR1, DumpStats: syscall.SIGUSR2, DumpJSON: 34 + 2, DumpStatsClear: 64 - 1,
}

// DumpSignals are the signals that ask for a report.
func DumpSignals() []syscall.Signal {
	return slices.Sorted(maps.Values(dumps))
}

// DumpOf is the report that a signal asks for; false for any other signal.
func DumpOf(sig syscall.Signal) (Dump, bool) {
	for d, s := range dumps {
		if s == sig {
			return d, true
		}
	}
	return "", false
}

// Signum is the number of the signal that keepalived 2.2.7 names so: STOP, RELOAD
// or one of the reports; false for any other name.
func Signum(name string) (syscall.Signal, bool) {
	switch name {
	case "STOP":
		return syscall.SIGTERM, true
	case "RELOAD":
		return syscall.SIGHUP, true
	}
	sig, ok := dumps[Dump(name)]
	return sig, ok
}
