package vrrp

import "net/netip"

// Kind is what sort of thing is tracked.
type Kind uint8

// The kinds of tracked things.
const (
	ByInterface Kind = iota
	ByScript
	ByBFD
)

// String is the kind as it is shown.
func (k Kind) String() string {
	switch k {
	case ByScript:
		return "script"
	case ByBFD:
		return "bfd"
	}
	return "interface"
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

// Conditions are all that its surroundings mean to an instance.
type Conditions struct {
	Adjust  int        // what the weighted tracks add
	Fault   Reason     // NoReason if it may run
	Object  string     // what the fault is about
	Waiting bool       // an unweighted script has not answered yet
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
	case t.Kind == ByBFD:
		return SessionDown
	case a == Missing:
		return NoInterface
	}
	return LinkDown
}

// Conditions adds up the answers to all tracks. source is the address to send from,
// invalid if the interface has none.
func (in Instance) Conditions(source netip.Addr, answer func(Track) Answer) Conditions {
	f := Conditions{Source: source}
	for _, t := range in.Tracks {
		a := answer(t)
		f.Adjust += t.Adds(a)
		if why := t.Fails(a); why != NoReason && f.Fault == NoReason {
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
