package model

import (
	"net/netip"
	"slices"
	"strconv"

	"holdfast/engine/conf"
)

// router is what tells one virtual router from another: its link, family and number,
// and where its adverts go.
type router struct {
	instance, link string
	id             uint8
	v6             bool
	group          netip.Addr // that is written; the zero Addr stands for vrrp_mcast_group4
	source         netip.Addr // of unicast adverts, the zero Addr where it is the address of the link
	peers          []Peer     // of unicast adverts, none where they go to a group
	at             conf.Span
}

// validateIdentity takes note of the virtual router that an instance is.
func (b *binder) validateIdentity(in *Instance, n *conf.Node) {
	if in.VRID == 0 || in.Interface == "" {
		return
	}
	r := router{instance: in.Name, link: in.Interface, id: in.VRID, at: b.spanOf(&in.VRID, n),
		v6: in.IPv6(), group: in.McastGroup.Val, source: in.SourceIP(), peers: in.Peers}
	b.names.routers = append(b.names.routers, r)
}

// lintRouters reports two instances that would speak as one router on a link. Those
// whose adverts go to different groups, or to different peers, are two.
func (b *binder) lintRouters(group netip.Addr) {
	type place struct {
		link string
		id   uint8
		v6   bool
	}
	seen := map[place][]*router{}
	for i := range b.names.routers {
		r := &b.names.routers[i]
		key := place{r.link, r.id, r.v6}
		for _, other := range seen[key] {
			if r.meets(other, group) {
				b.report(Error, "duplicate-vrid", r.at, "Name", r.instance, "Other", other.instance,
					"VRID", strconv.Itoa(int(r.id)), "Interface", r.link)
				break
			}
		}
		seen[key] = append(seen[key], r)
	}
}

// meets says whether the adverts of two routers go to one destination.
func (r *router) meets(other *router, group netip.Addr) bool {
	if len(r.peers) == 0 && len(other.peers) == 0 {
		return r.to(group) == other.to(group)
	}
	return r.source == other.source && slices.ContainsFunc(r.peers, func(p Peer) bool {
		return slices.ContainsFunc(other.peers, func(o Peer) bool { return o.Addr == p.Addr })
	})
}

// to is the group that adverts are sent to.
func (r *router) to(group netip.Addr) netip.Addr {
	if r.group.IsValid() || r.v6 {
		return r.group
	}
	return group
}
