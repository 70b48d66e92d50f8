package vrrp

import "net/netip"

// Kind is what sort of thing is tracked.
type Kind uint8

// The kinds of tracked things.
const (
	ByInterface Kind = iota
	ByScript
	ByBFD
	ByProcess
	ByFile
)

// String is the kind as it is shown.
func (k Kind) String() string {
	return [...]string{"interface", "script", "bfd", "process", "file"}[k]
}

// Track is one tracked thing of an instance. A Weight of 0 makes its failure a
// FAULT; Reverse flips the sense (keepalived's `reverse`).
type Track struct {
	Kind    Kind
	Name    string
	Weight  int
	Reverse bool
}

// Answer is what is known of a tracked thing.
type Answer uint8

// The answers. Missing is an interface that does not exist; it counts as Bad.
// Absent is a script that is not there: as in keepalived, it counts as if it were
// not tracked.
const (
	Unknown Answer = iota
	Good
	Bad
	Missing
	Absent
)

// Means is what an answer adds to the priority, and the fault that it is. value is the
// number in a file: times the weight it is added, and what takes 254 away is a fault;
// without a weight any number but 0 is one.
func (t Track) Means(a Answer, value int64) (adds int, fault Reason) {
	if t.Kind != ByFile {
		return t.Adds(a), t.Fails(a)
	}
	if a == Unknown || a == Absent {
		return 0, NoReason
	}
	if t.Weight == 0 {
		if (value != 0) != t.Reverse {
			return 0, FileSays
		}
		return 0, NoReason
	}
	n := value * int64(t.Weight) // of 32 bits each
	if t.Reverse {
		n = -n
	}
	if n <= -int64(PriorityHighest) {
		return 0, FileSays
	}
	return int(min(n, int64(PriorityHighest)-1)), NoReason
}

// Conditions are all that its surroundings mean to an instance.
type Conditions struct {
	Adjust  int        // what the weighted tracks add
	Fault   Reason     // NoReason if it may run
	Object  string     // what the fault is about
	Waiting bool       // an unweighted script has not answered yet
	Standby Standby    // what an operator wants
	Source  netip.Addr // the address its adverts come from
}

// Adds is what the track contributes to the priority. keepalived: a positive
// weight counts while the thing is well, a negative one while it is not.
func (t Track) Adds(a Answer) int {
	well := a == Good
	failed := a == Bad || a == Missing
	if t.Weight > 0 && !well || t.Weight < 0 && !failed {
		return 0
	}
	if t.Reverse {
		return -t.Weight
	}
	return t.Weight
}

// Fails says why the track puts the instance in FAULT, NoReason if it does not.
func (t Track) Fails(a Answer) Reason {
	failed := a == Bad || a == Missing
	if t.Reverse {
		failed = a == Good
	}
	switch {
	case t.Weight != 0 || !failed:
		return NoReason
	case t.Kind == ByScript:
		return ScriptFailed
	case t.Kind == ByProcess:
		return ProcessMissing
	case t.Kind == ByBFD:
		return SessionDown
	case a == Missing:
		return NoInterface
	}
	return LinkDown
}

// Conditions adds up the answers to all tracks, and the numbers in files. source is the address to send from,
// invalid if the interface has none.
func (in Instance) Conditions(source netip.Addr, answer func(Track) (Answer, int64)) Conditions {
	f := Conditions{Source: source}
	for _, t := range in.Tracks {
		a, value := answer(t)
		adds, why := t.Means(a, value)
		f.Adjust += adds
		if why != NoReason && f.Fault == NoReason {
			f.Fault, f.Object = why, t.Name
		}
		if t.Weight == 0 && a == Unknown {
			f.Waiting = true
		}
	}
	if f.Fault == NoReason && !source.IsValid() {
		f.Fault = NoAddress
	}
	return f
}
