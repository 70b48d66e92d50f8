package model

import (
	"net/netip"
	"slices"

	"holdfast/engine/conf"
)

// lintFamily reports what keepalived passes over since it is not of the family of the
// instance: that of the first address that stands in it, of whatever kind. What would
// make another family of the instance where it is written in another order is left out.
func (b *binder) lintFamily(in *Instance, n *conf.Node) {
	v6, known := false, false
	other := func(word string) bool { // whether an address is of the other family
		host, ok := netip.ParseAddr(word)
		if length, isPrefix := prefix(word); isPrefix {
			host, ok = length.Addr(), nil
		}
		if ok != nil {
			return false
		}
		if !known {
			v6, known = host.Is6(), true
		}
		return host.Is6() != v6
	}
	for i := range n.Block.Nodes {
		at := &n.Block.Nodes[i]
		switch word := at.Word(0); {
		case at.Stray:
		case word == "native_ipv6":
			if known && !v6 {
				b.report(Note, "other-family", at.Span(), "Name", in.Name, "Word", word, "Value", "IPv6")
			}
			v6, known = v6 || !known, true
		case word == "mcast_src_ip", word == "unicast_src_ip", word == "mcast_dst_ip":
			if other(at.Word(1)) {
				b.report(Warning, "other-family", at.Span(), "Name", in.Name, "Word", word, "Value", at.Word(1))
			}
		case at.Block != nil && (word == "unicast_peer" || word == "virtual_ipaddress"):
			for j := range at.Block.Nodes {
				l := &at.Block.Nodes[j]
				switch {
				case l.Stray || !other(l.Word(0)):
				case word == "unicast_peer":
					b.report(Warning, "other-family", l.Span(), "Name", in.Name, "Word", word, "Value", l.Word(0))
				default:
					p, _ := prefix(l.Word(0))
					b.report(Warning, "mixed-instance", l.Span(), "Name", in.Name, "Value", p.Addr().String())
				}
			}
		}
	}
	if known {
		in.keepFamily(v6)
	}
}

// keepFamily leaves out the words of the other family that keepalived passes over, and
// the addresses that stand before the first of the family.
func (in *Instance) keepFamily(v6 bool) {
	for _, source := range []*Opt[netip.Addr]{&in.Source, &in.UnicastSource, &in.McastGroup} {
		if source.Written && source.Val.Is6() != v6 {
			*source = Opt[netip.Addr]{}
		}
	}
	first := slices.IndexFunc(in.Addrs, func(a Address) bool { return a.Prefix.Addr().Is6() == v6 })
	if first < 0 {
		first = len(in.Addrs)
	}
	in.Addrs = in.Addrs[first:]
}
