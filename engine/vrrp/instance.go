package vrrp

import (
	"net/netip"
	"time"
)

// The priorities with a meaning of their own (RFC 3768, section 5.3.4).
const (
	PriorityResign  uint8 = 0
	PriorityLowest  uint8 = 1
	PriorityHighest uint8 = 254
	PriorityOwner   uint8 = 255
)

// Instance is what a virtual router was told: its configuration, resolved.
type Instance struct {
	Version      uint8 // of the protocol: 3, or 2 for anything else
	Priority     uint8 // base, 1..255
	Master       bool  // state MASTER
	Advert       time.Duration
	DownAdverts  int // down_timer_adverts: adverts that may be missed, 3 if 0
	NoPreempt    bool
	PreemptDelay time.Duration
	LastAdvert   bool      // higher_prio_send_advert: a master answers a better one before it yields
	NoAnswer     bool      // lower_prio_no_advert: a master leaves adverts of a lower priority unanswered
	Ignores      bool      // owner_ignore_adverts: the owner of the addresses hears no adverts
	NotBefore    time.Time // when vrrp_startup_delay is over, from which on timers count; zero: it is
	Garp         Garp
	Elsewhere    time.Duration // garp_extra_if: how often a master announces itself on other interfaces; 0 is never
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

// Skew is how much later the instance moves at a priority beside a master of this
// interval. Version 3 takes it in parts of the interval (RFC 9568, section 6.1).
func (in Instance) Skew(priority uint8, interval time.Duration) time.Duration {
	if in.Version == Version3 {
		return interval * time.Duration(256-int(priority)) / 256
	}
	return Skew(priority)
}

// Down is the master-down interval at a priority, where the master has our own advert
// interval: the silence after which it counts as gone.
func (in Instance) Down(priority uint8) time.Duration { return in.DownOf(priority, in.Advert) }

// DownOf is Down for a master of this interval.
func (in Instance) DownOf(priority uint8, interval time.Duration) time.Duration {
	return time.Duration(in.missable())*interval + in.Skew(priority, interval)
}

// Waits is how long a peer of any priority waits at least for the next advert of a master
// that is configured like the instance: Down without the skew.
func (in Instance) Waits() time.Duration { return time.Duration(in.missable()) * in.Advert }

// missable is how many adverts may be missed.
func (in Instance) missable() int {
	if in.DownAdverts <= 0 {
		return 3
	}
	return in.DownAdverts
}

// interval is that of the master: in version 3 what a backup learned of it, else ours.
func (in Instance) interval(s State) time.Duration {
	if s.Interval > 0 {
		return s.Interval
	}
	return in.Advert
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

// SavedState is what an earlier run of the same instance left behind.
type SavedState struct {
	Role     Role
	Reason   Reason
	Since    time.Time
	Sent     time.Time     // the last advert, if it was master
	Due      time.Time     // when the master would have counted as down, if it was a backup
	Interval time.Duration // of the master, as a backup learned it in version 3
	Priority uint8         // effective
	Holder   netip.Addr
	Held     uint8 // the holder's priority
}

// Resume gives the states with which a team goes on, one for each member: all of
// them were masters until just now, or all of them backups. It gives none where the
// team has to begin anew.
func Resume(members []Instance, saved []SavedState, found []Conditions, now time.Time) []State {
	fresh := true
	for i, in := range members {
		fresh = fresh && in.Fresh(saved[i], now)
	}
	states := make([]State, len(members))
	for i, in := range members {
		waits := false
		if fresh {
			states[i], _ = in.Resume(saved[i], found[i], now)
		} else if states[i], waits = in.Wait(saved[i], found[i], now); !waits {
			return nil
		}
	}
	return states
}

// Fresh says whether a master's memory may be taken up again: it is younger
// than the time after which the others stop waiting for its adverts.
func (in Instance) Fresh(m SavedState, now time.Time) bool {
	if m.Role != Master {
		return false
	}
	age := now.Sub(m.Sent)
	return age >= 0 && age < in.Down(m.Priority)
}

// Resume goes on where a fresh memory ended, without telling anyone: the
// addresses are held again (those still there are not touched) and the next
// advert goes out when it would have, or at once. The blocks of gratuitous ARP
// that were still to come, come.
func (in Instance) Resume(m SavedState, f Conditions, now time.Time) (State, []Effect) {
	s := State{Role: Master, Since: m.Since, Reason: m.Reason, Conditions: f}
	s.Priority = in.Under(f)
	s.Down = in.Down(s.Priority)
	s.Holder, s.HolderPriority = f.Source, s.Priority
	if s.Due = m.Sent.Add(in.Advert); s.Due.Before(now) {
		s.Due = now
	}
	// Since is wall-clock time: after that clock was set back the block is perhaps
	// over, but never further away than its delay.
	if wait := m.Since.Add(in.Garp.Delay).Sub(now); wait > 0 && wait <= in.Garp.Delay {
		s.Second = now.Add(wait)
	}
	if in.Garp.Refresh > 0 {
		s.Refresh = now.Add(in.Garp.Refresh)
	}
	if in.Elsewhere > 0 {
		s.Elsewhere = now.Add(in.Elsewhere)
	}
	return s, []Effect{{Do: AddAddresses}}
}

// Wait is a backup's way to go on: it keeps what was left of its timer, but
// gives the master one interval to be heard, since it was deaf for a while. It
// reports false if the memory is of no use.
func (in Instance) Wait(m SavedState, f Conditions, now time.Time) (State, bool) {
	s := State{Role: Backup, Since: m.Since, Reason: m.Reason, Conditions: f, Cause: AdvertTimeout}
	if in.Version == Version3 {
		s.Interval = m.Interval
	}
	every := in.interval(s)
	if m.Role != Backup || !m.Due.After(now) || m.Due.After(now.Add(in.DownOf(PriorityLowest, every))) {
		return State{}, false
	}
	s.Priority = in.Under(f)
	s.Down = in.DownOf(s.Priority, every)
	s.Holder, s.HolderPriority = m.Holder, m.Held
	if least := now.Add(every + in.Skew(s.Priority, every)); m.Due.Before(least) {
		s.Due = least
	} else {
		s.Due = m.Due
	}
	return s, true
}
