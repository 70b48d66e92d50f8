package model

import (
	"net/netip"
	"slices"

	"holdfast/engine/conf"
)

// virtualAddress is an address of an instance, as the rules of the whole text see it.
type virtualAddress struct {
	link   string
	prefix netip.Prefix
	scope  uint8
	owner  bool // of an instance with the priority of the owner
	source bool // adverts could be sent from it: on the link that the instance speaks on, and over IPv6 to a group link-local
	at     conf.Span
}

// noteAddress keeps an address for lintAddresses.
func (b *binder) noteAddress(a *Address, in *Instance, n *conf.Node) {
	link := a.Dev
	if link == "" {
		link = in.Interface
	}
	b.names.lint.addresses = append(b.names.lint.addresses, virtualAddress{link: link, prefix: a.Prefix, scope: a.Scope.Val,
		owner: in.priority() == ownerPriority, source: link == in.Interface && speaksFrom(a.Prefix.Addr(), in), at: b.spanOf(a, n)})
}

// speaksFrom says whether an instance could send its adverts from such an address. What
// one with unicast_peer speaks from over IPv6 may stand on any link.
func speaksFrom(ip netip.Addr, in *Instance) bool {
	return ip.Is4() || ip.IsLinkLocalUnicast() && !in.Unicast()
}

// lintAddresses reports the addresses that the kernel refuses because their network has
// another scope on the link already, and those that are all that a link has of its own.
func (b *binder) lintAddresses() {
	type network struct {
		link   string
		prefix netip.Prefix
	}
	virtual := map[netip.Addr]bool{}
	for _, a := range b.names.lint.addresses {
		virtual[a.prefix.Addr()] = true
	}
	first := map[network]virtualAddress{}
	type speaker struct {
		link string
		ipv4 bool
	}
	own := map[speaker]bool{} // it has an address to speak from that is not virtual
	for link, held := range b.facts.Addresses {
		for _, p := range held {
			switch ip := p.Addr(); {
			case virtual[ip]:
			case ip.Is4(): // the host's own, which have the scope "global" nearly always
				own[speaker{link, true}] = true
				first[network{link, p.Masked()}] = virtualAddress{link: link, prefix: p}
			case ip.IsLinkLocalUnicast():
				own[speaker{link, false}] = true
			}
		}
	}
	alone := map[speaker]bool{} // said once for each
	for _, a := range b.names.lint.addresses {
		key := network{a.link, a.prefix.Masked()}
		if other, taken := first[key]; !taken {
			first[key] = a
		} else if a.prefix.Addr().Is4() && other.scope != a.scope && other.prefix != a.prefix {
			b.report(Warning, "scope-differs", a.at, "Value", a.prefix.String(), "Other", other.prefix.String(), "Interface", a.link)
		}
		stands := slices.ContainsFunc(b.facts.Addresses[a.link], func(p netip.Prefix) bool { return p.Addr() == a.prefix.Addr() })
		from := speaker{a.link, a.prefix.Addr().Is4()}
		if a.source && !a.owner && stands && !own[from] && !alone[from] {
			alone[from] = true
			b.report(Warning, "own-address", a.at, "Value", a.prefix.Addr().String(), "Interface", a.link)
		}
	}
}
