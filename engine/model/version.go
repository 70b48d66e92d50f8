package model

import (
	"net/netip"
	"strconv"
	"time"

	"holdfast/engine/conf"
)

// The versions of VRRP.
const (
	version2 = 2
	version3 = 3
)

// topSeconds is the longest interval that version 3 of the protocol can say.
const topSeconds = Seconds(40950 * time.Millisecond)

// inForce is the version that an instance speaks: its own, else 3 for IPv6, and for
// IPv4 that of all.
func (in *Instance) inForce(g *Global) int {
	switch {
	case in.Version.Written:
		return in.Version.Val
	case in.IPv6():
		return version3
	}
	return g.Version.Or(version2)
}

// validateVersion leaves out a version that keepalived passes over: one that differs from
// what an earlier statement says, or 2 behind the first address of IPv6.
func (b *binder) validateVersion(in *Instance, n *conf.Node) {
	first, six := Opt[int]{}, false
	for i := range n.Block.Nodes {
		at := &n.Block.Nodes[i]
		if at.Word(0) != "version" {
			six = six || saysIPv6(at)
			continue
		}
		v, err := strconv.Atoi(at.Word(1))
		if err != nil || v != version2 && v != version3 {
			continue
		}
		if !first.Written && six && v == version2 || first.Written && first.Val != v {
			b.report(Warning, "version-conflicts", at.Span(), "Name", in.Name, "Value", at.Word(1))
			continue
		}
		first = Some(v)
	}
	in.Version = first
}

// saysIPv6 says whether a statement of an instance has an address of IPv6 that tells
// its family.
func saysIPv6(n *conf.Node) bool {
	word := ""
	switch n.Word(0) {
	case "unicast_src_ip", "mcast_src_ip":
		word = n.Word(1)
	case "virtual_ipaddress", "unicast_peer":
		if n.Block != nil && len(n.Block.Nodes) > 0 {
			word = n.Block.Nodes[0].Word(0)
		}
	}
	if p, err := netip.ParsePrefix(word); err == nil {
		return p.Addr().Is6()
	}
	ip, err := netip.ParseAddr(word)
	return err == nil && ip.Is6()
}

// resolveVersion puts the version in force into an instance. What version 3 does not
// have goes: keepalived passes over it.
func resolveVersion(in *Instance, g *Global) {
	in.Version.Val = in.inForce(g)
	if in.Version.Val == version3 {
		in.Advert.Val = hundredths(in.Advert.Val)
		in.AuthType, in.Password = Opt[string]{}, Opt[Secret]{}
		return
	}
	in.Advert.Val = wholeSeconds(in.Advert.Val)
}

// wholeSeconds is what version 2 of the protocol can say: seconds from 1 to 255.
func wholeSeconds(s Seconds) Seconds {
	d := s.Duration().Round(time.Second)
	return Seconds(min(max(d, time.Second), 255*time.Second))
}

// hundredths is what version 3 can say: hundredths of a second from 1 to 4095.
func hundredths(s Seconds) Seconds {
	const one = 10 * time.Millisecond
	return Seconds(min(max(s.Duration().Round(one), one), topSeconds.Duration()))
}
