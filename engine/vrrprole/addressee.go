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
	for _, r := range l.hearers[hearer{key, vrid}] {
		switch {
		case r.wire.Unicast && p.packet.Dst != r.source:
		case found == nil, r.hasPeer(p.packet.Src):
			found = r
		}
	}
	return found
}

// hasPeer says whether adverts go to an address.
func (r *router) hasPeer(ip netip.Addr) bool {
	return slices.ContainsFunc(r.cfg.Peers, func(p model.Peer) bool { return p.Addr == ip })
}

// unicast is the socket for peers on the same link.
func (k socketKey) unicast() socketKey {
	if k.group.Is6() {
		return socketKey{k.link, netip.IPv6Unspecified()}
	}
	return socketKey{k.link, netip.IPv4Unspecified()}
}
