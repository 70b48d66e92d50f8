package incident

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/register"
	"holdfast/engine/vrrp"
)

// Router is an instance here with what it hears.
type Router struct {
	State    vrrp.State
	Advert   time.Duration     // its own interval
	Own      []netip.Addr      // all that a master holds
	Told     []netip.Addr      // what its adverts tell of
	Deaf     bool              // it cannot hear: nothing may be said of others
	Grouped  bool              // it waits for its sync group
	Waits    bool              // vrrp_startup_delay is not over
	Silenced map[string]string // peers whom no advert reaches, by address, and why
	Peers    int               // of unicast
	Faults   []Fault           // what is wrong with adverts for it
	Heard    []register.Entry  // the routers of its number
	Others   []register.Entry  // the routers of other numbers on its link
}

// Fault is what is wrong with the adverts of one sender, as long as they come.
type Fault struct {
	Why         vrrp.Refusal
	From        netip.Addr
	Since, Last time.Time
	Count       uint64
	Muted       bool // its sender may be master in silence: our adverts keep it from speaking
}

// owns says whether any address in a list is one that the instance is to hold.
func (r Router) owns(list []netip.Addr) bool {
	return slices.ContainsFunc(list, func(ip netip.Addr) bool { return slices.Contains(r.Own, ip) })
}

// faulty says whether something is wrong with a sender's adverts so that they do not count.
func (r Router) faulty(from netip.Addr) bool {
	return slices.ContainsFunc(r.Faults, func(f Fault) bool { return f.From == from && f.Why.Drops() })
}

// heard is what is known of a sender of its number.
func (r Router) heard(from netip.Addr) (register.Entry, bool) {
	i := slices.IndexFunc(r.Heard, func(e register.Entry) bool { return e.From == from })
	if i < 0 {
		return register.Entry{}, false
	}
	return r.Heard[i], true
}

// held says whether somebody else is heard who holds its addresses, under any number.
func (r Router) held(now time.Time) bool {
	claims := func(e register.Entry) bool {
		return e.Live(now) && e.From != r.State.Conditions.Source && r.owns(e.Advert().Addrs)
	}
	return slices.ContainsFunc(r.Heard, claims) || slices.ContainsFunc(r.Others, claims)
}
