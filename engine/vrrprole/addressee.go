package vrrprole

import (
	"net/netip"
	"slices"

	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// hearer is where the packets for some routers come in.
type hearer struct {
	socket socketKey
	vrid   uint8
}

// hearers are the routers by where their packets come in. Mostly each has its own.
func hearers(teams []*team) map[hearer][]*router {
	list := map[hearer][]*router{}
	for _, t := range teams {
		for _, r := range t.routers {
			at := hearer{r.socket(), r.key.vrid}
			list[at] = append(list[at], r)
		}
	}
	return list
}

// addressee is the router that a packet is for, nil if it is for none. To a router with
// peers a packet goes that comes to its own source; of several it is the one that has
// the sender among its peers. What comes to an address of this host is heard by the
// sockets of a group, too, and is not meant for their routers where others of the number
// speak to peers.
func (l *loop) addressee(p packet) (found *router) {
	vrid, ok := vrrp.VRIDOf(p.packet.Payload)
	if !ok {
		return nil
	}
	key := p.socket.key
	if key.group.IsMulticast() && !p.packet.Dst.IsMulticast() && len(l.hearers[hearer{key.unicast(), vrid}]) > 0 {
		return nil
	}
	hearers := l.hearers[hearer{key, vrid}]
	if key.group.IsMulticast() && len(hearers) == 0 {
		return l.heardBeside(p, vrid)
	}
	for _, r := range hearers {
		switch {
		case r.wire.Unicast && p.packet.Dst != r.source:
		case found == nil, r.hasPeer(p.packet.Src):
			found = r
		}
	}
	return found
}

// heardBeside is the router with peers that an advert to the group is about: it tells of
// an address of its own, so its sender is to be a peer, and may be master beside it.
// Another pair of the number may well speak to the group.
func (l *loop) heardBeside(p packet, vrid uint8) *router {
	for _, r := range l.hearers[hearer{p.socket.key.unicast(), vrid}] {
		if p.packet.Dst.IsMulticast() && r.wire.Carries(asHeard(p.packet)) {
			return r
		}
	}
	return nil
}

// hasPeer says whether adverts go to an address.
func (r *router) hasPeer(ip netip.Addr) bool {
	return slices.ContainsFunc(r.cfg.Peers, func(p model.Peer) bool { return p.Addr == ip })
}

// unicast is the socket for peers on the same link.
func (k socketKey) unicast() socketKey {
	if k.group.Is6() {
		return socketKey{k.link, netip.IPv6Unspecified(), k.ah}
	}
	return socketKey{k.link, netip.IPv4Unspecified(), k.ah}
}
