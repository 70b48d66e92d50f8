package vrrprole

import (
	"slices"

	"holdfast/engine/plan"
)

// elsewhere is the first address of a router on each interface on which switches would
// forget it, since no advert of it leaves there: a link that we made, with garp_extra_if
// all any interface. keepalived leaves out the router's own link with vmac_xmit_base
// where no address of it is on another interface; here it counts then, too.
func (l *loop) elsewhere(r *router) (list []plan.Address) {
	for _, a := range r.addrs {
		switch {
		case a.Link == via(r.cfg) || !l.made[a.Link] && !r.cfg.GarpElsewhere.Val.All:
		case !slices.ContainsFunc(list, func(b plan.Address) bool { return b.Link == a.Link }):
			list = append(list, a)
		}
	}
	return list
}

// announceOnce sends one gratuitous ARP for each of these addresses, unless they were
// released meanwhile.
func (h *writer) announceOnce(key routerKey, addrs []plan.Address) {
	h.do(func(h *writer) {
		if h.holdings.addresses.wanted[key] != nil {
			h.rounds(key, addrs, 1)
		}
	})
}
