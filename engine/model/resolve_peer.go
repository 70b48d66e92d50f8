package model

import "net/netip"

// Unicast says whether adverts go to peers and not to the group.
func (in *Instance) Unicast() bool { return len(in.Peers) > 0 }

// SourceIP is the address that adverts are to come from: mcast_src_ip or unicast_src_ip,
// whether there are peers or not; the zero Addr where none is written.
func (in *Instance) SourceIP() netip.Addr {
	if in.UnicastSource.Written {
		return in.UnicastSource.Val
	}
	return in.Source.Val
}

// IPv6 says whether the instance is one of IPv6: its first address tells, and without
// addresses its first peer.
func (in *Instance) IPv6() bool {
	switch {
	case len(in.Addrs) > 0:
		return in.Addrs[0].Prefix.Addr().Is6()
	case len(in.Peers) > 0:
		return in.Peers[0].Addr.Is6()
	}
	return in.SourceIP().Is6()
}

// CheckedSource says whether adverts count only from peers: check_unicast_src, here or
// for all, or a hop limit on any peer.
func (in *Instance) CheckedSource(g *Global) bool {
	for _, p := range in.Peers {
		if p.Limited() {
			return true
		}
	}
	return in.CheckUnicastSrc || g.CheckUnicastSrc
}
