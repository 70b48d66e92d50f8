package vrrp

import (
	"net/netip"
	"time"
)

// Role is the state of a virtual router in the sense of RFC 3768, section 6.4,
// with keepalived's FAULT and STOP beside it.
type Role uint8

// The roles. Init is before the surroundings are known.
const (
	Init Role = iota
	Backup
	Master
	Fault
	Stopped
)

// String is the role as keepalived writes it in notifications.
func (r Role) String() string {
	switch r {
	case Backup:
		return "BACKUP"
	case Master:
		return "MASTER"
	case Fault:
		return "FAULT"
	case Stopped:
		return "STOP"
	}
	return "INIT"
}

// State is where one instance stands: a comparable value. The zero State is
// Init. An instant that is zero means that nothing is due.
type State struct {
	Role       Role
	Since      time.Time // when it came into this role
	Reason     Reason    // why it did
	Conditions Conditions
	Priority   uint8 // effective

	Due      time.Time     // Backup: when the master counts as down; Master: the next advert
	Down     time.Duration // the master-down interval that Due was reckoned with
	Interval time.Duration // Backup: of the master, as learned in version 3; 0 is our own
	Cause    Reason        // Backup: why Due will make it master
	Wants    bool          // its timer ran out, and it waits for its sync group

	Preempt time.Time // when preempt_delay is over
	Second  time.Time // the second block of gratuitous ARP
	Lower   time.Time // the second block after a lower-priority advert
	Refresh time.Time // the next refresh block

	Elsewhere time.Time // the next announcement on other interfaces

	Holder         netip.Addr // the master last heard, or our own address
	HolderPriority uint8
}

// Next is the earliest instant at which the state wants a Tick; zero is never.
func (s State) Next() time.Time {
	next := s.Due
	for _, t := range [...]time.Time{s.Second, s.Lower, s.Refresh, s.Elsewhere} {
		if !t.IsZero() && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	return next
}

// due says whether an instant that was set has come.
func due(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }
