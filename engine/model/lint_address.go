package model

import (
	"net/netip"
	"slices"

	"holdfast/engine/conf"
)

// virtualAddress is an IPv4 address of an instance, as the rules of the whole text see it.
type virtualAddress struct {
	link   string
	prefix netip.Prefix
	scope  uint8
	owner  bool // of an instance with the priority of the owner
	source bool // on the link that the instance speaks on
	at     conf.Span
}

// noteAddress keeps an address for lintAddresses.
func (b *binder) noteAddress(a *Address, in *Instance, n *conf.Node) {
	if !a.Prefix.Addr().Is4() {
		return
	}
	link := a.Dev
	if link == "" {
		link = in.Interface
	}
	b.names.lint.addresses = append(b.names.lint.addresses, virtualAddress{link: link, prefix: a.Prefix, scope: a.Scope.Val,
		owner: in.priority() == ownerPriority, source: link == in.Interface, at: b.spanOf(a, n)})
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
	own := map[string]bool{} // by link: it has an address that is not virtual
	for link, held := range b.facts.Addresses {
		for _, p := range held {
			if p.Addr().Is4() && !virtual[p.Addr()] { // the host's own, which have the scope "global" nearly always
				own[link] = true
				first[network{link, p.Masked()}] = virtualAddress{link: link, prefix: p}
			}
		}
	}
	alone := map[string]bool{} // said once for each link
	for _, a := range b.names.lint.addresses {
		key := network{a.link, a.prefix.Masked()}
		if other, taken := first[key]; !taken {
			first[key] = a
		} else if other.scope != a.scope && other.prefix != a.prefix {
			b.report(Warning, "scope-differs", a.at, "Value", a.prefix.String(), "Other", other.prefix.String(), "Interface", a.link)
		}
		stands := slices.ContainsFunc(b.facts.Addresses[a.link], func(p netip.Prefix) bool { return p.Addr() == a.prefix.Addr() })
		if a.source && !a.owner && stands && !own[a.link] && !alone[a.link] {
			alone[a.link] = true
			b.report(Warning, "own-address", a.at, "Value", a.prefix.Addr().String(), "Interface", a.link)
		}
	}
}
