package vrrp

import (
	"net/netip"
	"time"
)

// Event is something that happened to an instance: one of the types below.
type Event interface{ event() }

// Tick says that time passed: whatever is due at now is done.
type Tick struct{}

// Heard is an advertisement that passed the receive checks.
type Heard struct {
	Priority uint8
	From     netip.Addr
	Interval time.Duration // at which its sender advertises
}

// Refused is an advertisement of our VRID that failed the receive checks.
type Refused struct{ From netip.Addr }

// ConditionsChanged tells what the surroundings mean to the instance from now on.
type ConditionsChanged struct{ Conditions Conditions }

// AddressLost says that somebody else removed an address that we hold.
type AddressLost struct{}

// Reconfigured says that the Instance itself is another one from now on, with
// the state of the old one.
type Reconfigured struct{}

// Stop ends the instance. Removed says that it left the configuration, which
// keepalived announces as FAULT instead of STOP.
type Stop struct{ Removed bool }

// What a sync group tells a member.
type (
	begin         struct{} // leave Init
	allReady      struct{} // every member wants to be master
	faultsCleared struct{} // no member is in fault any more
	reannounce    struct{} // a sibling was challenged: announce again
	followGroup   struct { // follow a sibling
		role   Role
		reason Reason
		resign bool // tell the wire with priority 0
	}
)

func (Tick) event()              {}
func (Heard) event()             {}
func (Refused) event()           {}
func (ConditionsChanged) event() {}
func (AddressLost) event()       {}
func (Reconfigured) event()      {}
func (Stop) event()              {}
func (begin) event()             {}
func (allReady) event()          {}
func (faultsCleared) event()     {}
func (reannounce) event()        {}
func (followGroup) event()       {}
