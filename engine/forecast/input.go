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
	Owns  bool // its interface has addresses of it without VRRP
}

// Was is what an instance is now. Its zero value is one that does not run yet.
type Was struct {
	Runs     bool
	Role     vrrp.Role
	Since    time.Time
	Priority uint8 // effective
	Wire     vrrp.AdvertParams
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

// onWire is a virtual router as the wire knows it.
type onWire struct {
	link string
	vrid uint8
	six  bool
}

func (r Router) onWire() onWire { return onWire{r.Link, r.Wire.VRID, r.Wire.IPv6} }

// look is an Input with what is looked for in it.
type look struct {
	Input
	of      map[onWire][]register.Entry     // the senders for a number
	claim   map[netip.Addr][]register.Entry // those that have an address
	masters map[onWire]Was                  // the instances that are master now
}

func newLook(in Input) look {
	l := look{in, map[onWire][]register.Entry{}, map[netip.Addr][]register.Entry{}, map[onWire]Was{}}
	for _, e := range in.Heard {
		key := onWire{e.Link, e.VRID, e.From.Is6()}
		l.of[key] = append(l.of[key], e)
		for _, ip := range e.Advert().Addrs {
			l.claim[ip] = append(l.claim[ip], e)
		}
	}
	note := func(r Router) {
		if r.Was.Role == vrrp.Master {
			l.masters[r.onWire()] = r.Was
		}
	}
	for _, t := range in.Teams {
		for _, r := range t.Routers {
			note(r)
		}
	}
	for _, r := range in.Gone {
		note(r)
	}
	return l
}

// on are the senders for the number of a router.
func (in look) on(r Router) (list []register.Entry) {
	for _, e := range in.of[r.onWire()] {
		if e.From != r.State.Conditions.Source {
			list = append(list, e)
		}
	}
	return list
}

// claiming are the senders under other numbers that have an address of a router.
func (in look) claiming(r Router) (list []register.Entry) {
	for _, ip := range r.Wire.Held {
		for _, e := range in.claim[ip] {
			if e.Link == r.Link && e.VRID != r.Wire.VRID && e.From != r.State.Conditions.Source {
				list = append(list, e)
			}
		}
	}
	return list
}

// live says whether a sender is master now. Beside a master of ours it is only if it spoke
// after that one did: else it gave way, and is silent.
func (in look) live(e register.Entry) bool {
	if was, ok := in.masters[onWire{e.Link, e.VRID, e.From.Is6()}]; ok && e.Last.Before(was.Since.Add(e.Advert().Interval*3/2)) {
		return false
	}
	return e.Live(in.Now)
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
