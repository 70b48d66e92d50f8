package forecast

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// Input is what would run and what is heard.
type Input struct {
	Now   time.Time
	Teams []Team
	Gone  []Router // instances that run now and would not any more
	Heard []register.Entry
}

// Team is what moves together: the members of a sync group, or one instance alone.
type Team struct {
	Group   bool
	Core    vrrp.Group
	Routers []Router // in the order of the members
}

// Router is an instance as it would be right after the text was applied.
type Router struct {
	Name  string
	Link  string // that its adverts are heard on
	State vrrp.State
	Wire  vrrp.AdvertParams
	Was   Was
}

// Was is what an instance is now. Its zero value is one that does not run yet.
type Was struct {
	Runs bool
	Role vrrp.Role
	Wire vrrp.AdvertParams
}

// Outcome is what would become of the addresses of an instance.
type Outcome struct {
	Name     string
	Code     string // one of code.Forecasts
	Cause    string // of code.Causes, code.Notices or code.Reasons; "" is none
	From     netip.Addr
	VRID     uint8 // of From, where that is another one
	Priority uint8 // of From
	Own      uint8
	In       time.Duration // until it is so
	Last     time.Time     // when From was heard last
	Addrs    []netip.Addr  // that it is about
	Here     bool          // this node would hold them
	There    []netip.Addr  // who else would
}

// on are the senders for a number on the link of a router, of its family.
func (in Input) on(r Router, vrid uint8) (list []register.Entry) {
	for _, e := range in.Heard {
		if e.Link == r.Link && e.VRID == vrid && e.From.Is6() == r.Wire.IPv6 && e.From != r.State.Conditions.Source {
			list = append(list, e)
		}
	}
	return list
}

// claiming are the senders under other numbers that have an address of a router.
func (in Input) claiming(r Router) (list []register.Entry) {
	for _, e := range in.Heard {
		if e.Link == r.Link && e.VRID != r.Wire.VRID && e.From != r.State.Conditions.Source && r.shares(e) {
			list = append(list, e)
		}
	}
	return list
}

// shares says whether a sender has an address of the router.
func (r Router) shares(e register.Entry) bool {
	return slices.ContainsFunc(e.Advert().Addrs, func(ip netip.Addr) bool { return slices.Contains(r.Wire.Held, ip) })
}

// judges is what the router would make of the last advert of a sender.
func (r Router) judges(e register.Entry) vrrp.Refusal {
	p := e.Packet
	p.Master, p.Sequence = true, 0
	_, why := r.Wire.Receive(p)
	return why
}
