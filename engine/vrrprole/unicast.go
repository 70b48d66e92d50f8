package vrrprole

import (
	"net/netip"
	"slices"

	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// multicastTTL is the hop limit of what goes to a group: a router that forwards it is
// found out (RFC 9568, section 5.1.1.3).
const multicastTTL = 255

// direct says where the adverts of a router go: to its peers, or to the group.
func (r *router) direct(global model.Global) {
	if !r.cfg.Unicast() {
		r.key.group = groupOf(r.cfg, global)
		r.to, r.header.TTL = []netip.Addr{r.key.group}, multicastTTL
		return
	}
	r.key.group = netip.IPv4Unspecified()
	if r.cfg.IPv6() {
		r.key.group = netip.IPv6Unspecified()
	}
	r.header.TTL = kernel.DefaultTTL // of IPv6, where none is written, as with keepalived
	if ttl := r.cfg.UnicastTTL; ttl.Written || !r.cfg.IPv6() {
		r.header.TTL = int(ttl.Val)
	}
	for _, p := range r.cfg.Peers {
		r.to = append(r.to, p.Addr)
	}
}

// groupOf is the multicast group of an instance.
func groupOf(cfg model.Instance, global model.Global) netip.Addr {
	switch {
	case cfg.IPv6() && global.McastGroup6.Val.IsValid():
		return global.McastGroup6.Val
	case cfg.IPv6():
		return vrrp.Group6
	case cfg.McastGroup.Val.IsValid():
		return cfg.McastGroup.Val
	case global.McastGroup4.Val.IsValid():
		return global.McastGroup4.Val
	}
	return vrrp.Group4
}

// heardPeers are those whose adverts count, nil where everybody's do.
func (r *router) heardPeers(global model.Global) map[netip.Addr]vrrp.TTL {
	if !r.cfg.Unicast() || !r.cfg.CheckedSource(&global) {
		return nil
	}
	peers := map[netip.Addr]vrrp.TTL{}
	for _, p := range r.cfg.Peers {
		peers[p.Addr] = vrrp.TTL{Least: p.MinTTL.Or(0), Most: p.MaxTTL.Or(255)}
	}
	return peers
}

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
			at := hearer{r.key.socket(), r.key.vrid}
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

// announceSource tells the neighbours once where the source of a router's adverts is, as
// keepalived does when a fault ends: no peer asked for it meanwhile.
func (l *loop) announceSource(r *router) {
	for _, link := range l.links.byName {
		if !arps(link) || !slices.ContainsFunc(link.Addrs, func(p netip.Prefix) bool { return p.Addr() == r.source }) {
			continue
		}
		ip := r.source
		l.writer.do(func(h *writer) {
			if err := h.net.Announce(link.Name, ip); err != nil {
				h.tell(kernelRefusal{"arping -U " + ip.String(), err.Error()})
			}
		})
	}
}
