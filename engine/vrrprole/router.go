package vrrprole

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// routerKey is the identity of a virtual router, by which it is known again after
// a change of configuration and by an earlier run's record.
type routerKey struct {
	link  string
	group netip.Addr
	vrid  uint8
}

// router is one virtual router: an instance with all that belongs to it.
type router struct {
	key   routerKey
	cfg   model.Instance
	core  vrrp.Instance
	wire  vrrp.AdvertParams
	addrs []plan.Address // what a master holds, in the order of the configuration

	untracked map[plan.Address]bool // those of addrs that others may take off: no_track

	state   vrrp.State
	sent    time.Time    // the last advert
	source  netip.Addr   // the last good source address: a resignation is sent from it
	told    []netip.Addr // what adverts are to tell of; wire.Addrs is what fits into one
	surplus int          // how many do not fit, as told
	payload []byte       // the advert for priority
	pri     uint8
	slot    int // in the record
	stats   control.VRRPStats
	held    []control.Blocked
	refused map[vrrp.Refusal]bool // complaints made since the role or the master changed
	mute    string                // why the last advert could not be sent

	team   *team
	member int
}

// team is what moves together: the members of a sync group, or one instance
// alone (then group is nil).
type team struct {
	group   *model.Group
	core    vrrp.Group
	routers []*router
	since   time.Time
}

func (t *team) states() []vrrp.State {
	states := make([]vrrp.State, len(t.routers))
	for i, r := range t.routers {
		states[i] = r.state
	}
	return states
}

// role is the group's state.
func (t *team) role() vrrp.Role { return t.core.Role(t.states()) }

// advert gives the packet for a priority, made once as long as that stays.
func (r *router) advert(priority uint8) []byte {
	if r.payload == nil || r.pri != priority {
		r.payload, r.pri = r.wire.Advert(priority).Append(nil), priority
	}
	return r.payload
}

// fit takes the addresses into the advert that there is room for on a link of
// this MTU. As with keepalived the rest is held like the excluded ones.
func (r *router) fit(mtu int) {
	if n := min(len(r.told), vrrp.MaxAddresses(mtu)); n != len(r.wire.Addrs) {
		r.wire.Addrs, r.payload = r.told[:n], nil
	}
}

// holds says whether a master would miss the address.
func (r *router) holds(link string, p netip.Prefix) bool {
	return slices.ContainsFunc(r.addrs, func(a plan.Address) bool {
		return a.Link == link && a.Prefix == p && !r.untracked[a]
	})
}
