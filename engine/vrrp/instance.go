package vrrp

import "time"

// The priorities with a meaning of their own (RFC 3768, section 5.3.4).
const (
	PriorityResign  uint8 = 0
	PriorityLowest  uint8 = 1
	PriorityHighest uint8 = 254
	PriorityOwner   uint8 = 255
)

// Instance is what a virtual router was told: its configuration, resolved.
type Instance struct {
	Priority     uint8 // base, 1..255
	Master       bool  // state MASTER
	Advert       time.Duration
	DownAdverts  int // down_timer_adverts: adverts that may be missed, 3 if 0
	NoPreempt    bool
	PreemptDelay time.Duration
	Garp         Garp
	Tracks       []Track
}

// Garp is the schedule of gratuitous ARP. A delay or refresh of 0 means never.
type Garp struct {
	Repeat        int
	Delay         time.Duration
	LowerRepeat   int
	LowerDelay    time.Duration
	Refresh       time.Duration
	RefreshRepeat int
}

// Skew is how much later a router of this priority moves than one of 256
// (RFC 3768, section 6.1: (256 - priority) / 256 seconds).
func Skew(priority uint8) time.Duration {
	return time.Duration(256-int(priority)) * time.Second / 256
}

// Down is the master-down interval at a priority: the silence after which the
// master counts as gone.
func (in Instance) Down(priority uint8) time.Duration {
	n := in.DownAdverts
	if n <= 0 {
		n = 3
	}
	return time.Duration(n)*in.Advert + Skew(priority)
}

// Effective is the priority after tracking: base and adjustment, kept within
// 1..254. The owner of the addresses keeps 255 whatever is tracked.
func (in Instance) Effective(adjust int) uint8 {
	if in.Priority == PriorityOwner {
		return PriorityOwner
	}
	return uint8(min(max(int(in.Priority)+adjust, int(PriorityLowest)), int(PriorityHighest)))
}

// Step gives the state after ev at now, and what has to be done, in order.
func (in Instance) Step(s State, ev Event, now time.Time) (State, []Effect) {
	return in.step(s, ev, now, alone)
}

// groupKind is how an instance hangs together with others.
type groupKind uint8

const (
	alone  groupKind = iota
	mixed            // in a sync group, not all of whose members are owners
	owners           // in a sync group of owners
)

func (in Instance) step(s State, ev Event, now time.Time, b groupKind) (State, []Effect) {
	m := move{in: in, s: s, now: now, kind: b}
	m.take(ev)
	return m.s, m.effects
}
