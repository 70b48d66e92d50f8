package incident

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/vrrp"
)

// Severity is how grave an incident is for those who use the addresses.
type Severity string

// The severities. Unknown is that nothing is wrong as far as is known, and that this is
// not enough to call it well.
const (
	Grave   Severity = "error"
	Warning Severity = "warning"
	Unknown Severity = "unknown"
)

// Incident is one thing that is wrong, with its evidence.
type Incident struct {
	Code     string // one of code.Incidents
	Severity Severity
	Cause    string     // the likely one: of code.Causes, code.Notices or code.Reasons; "" is not known
	From     netip.Addr // the other router
	VRID     uint8      // its number, where that is another one
	Priority uint8      // as it says
	Addrs    []netip.Addr
	Since    time.Time
	Last     time.Time // when it was heard last
	Count    uint64    // adverts that tell of it
}

// codes are the incidents that a fault of adverts is, where it makes no second master.
var codes = map[vrrp.Refusal]string{
	vrrp.AuthFailed: code.WrongPassword, vrrp.AuthMismatch: code.WrongPassword, vrrp.AuthInvalid: code.WrongPassword,
	vrrp.BadVersion: code.WrongVersion, vrrp.BadInterval: code.WrongInterval,
	vrrp.OddAddresses: code.AddressesDiffer, vrrp.OwnAddress: code.OwnAdvertBack, vrrp.OtherPair: code.VRIDTaken,
}

// Of finds what is wrong about an instance at an instant, the gravest first.
func Of(r Router, now time.Time) (list []Incident) {
	list = append(list, r.twoMasters(now)...)
	list = append(list, r.noMaster(now)...)
	list = append(list, r.faults(list)...)
	if r.State.Role == vrrp.Master && !slices.ContainsFunc(list, func(one Incident) bool { return one.Code == code.TwoMasters }) {
		list = append(list, r.noBackup())
	}
	return list
}

// faults are those of adverts that make no second master.
func (r Router) faults(told []Incident) (list []Incident) {
	for _, f := range r.Faults {
		if one := r.incidentOf(f); !tells(told, f.From) || !f.Why.Drops() && !r.refusesUs(f) {
			list = append(list, one)
		}
	}
	return list
}

// incidentOf is a fault of adverts as an incident.
func (r Router) incidentOf(f Fault) Incident {
	one := Incident{Code: codes[f.Why], Severity: Warning, Cause: string(f.Why), From: f.From, Since: f.Since, Last: f.Last, Count: f.Count}
	e, known := r.heard(f.From)
	if known {
		one.Priority = e.Advert().Priority
	}
	switch {
	case one.Code == "":
		one.Code = code.AdvertsNotCounted
	case f.Why == vrrp.OddAddresses && known:
		one.Addrs = differing(r.Told, e.Advert().Addrs)
	}
	if f.Why.Drops() && known && len(e.Advert().Addrs) > 0 && !r.owns(e.Advert().Addrs) {
		one.Code = code.VRIDTaken
	}
	return one
}

// tells says whether a sender stands in a list already.
func tells(list []Incident, from netip.Addr) bool {
	return slices.ContainsFunc(list, func(one Incident) bool { return one.From == from })
}

// differing are the addresses that stand in one of two lists only.
func differing(a, b []netip.Addr) []netip.Addr { return append(without(a, b), without(b, a)...) }

// without are the addresses of a that do not stand in b.
func without(a, b []netip.Addr) (list []netip.Addr) {
	for _, ip := range a {
		if !slices.Contains(b, ip) {
			list = append(list, ip)
		}
	}
	return list
}
