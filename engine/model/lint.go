package model

import (
	"net/netip"

	"holdfast/engine/conf"
)

// The rules in this file are about texts that are correct and yet hardly meant.
// Their findings can be silenced by a comment (see allow.go).

// lintInstance reports an owner that is told to start as backup: it starts as
// master all the same.
func (b *binder) lintInstance(in *Instance, n *conf.Node) {
	if _, told := b.at(&in.Master); told && !in.Master && in.Priority.Or(0) == 255 {
		b.report(Warning, "owner-as-backup", b.spanOf(&in.Master, n), "Name", in.Name)
	}
	if in.Priority.Or(0) == 255 || in.Master && !in.Priority.Written {
		b.lintOwner(in, n)
	}
	for _, list := range []*[]Address{&in.Addrs, &in.Excluded} {
		for i := range *list {
			b.lintAddress(&(*list)[i], n)
		}
	}
	b.names.preempts[in.Name] = !in.NoPreempt
}

// lintOwner reports trackers that can never change anything: the priority of the
// owner of the addresses does not move.
func (b *binder) lintOwner(in *Instance, n *conf.Node) {
	for _, list := range []*[]Track{&in.TrackScripts, &in.TrackInterfaces} {
		for i := range *list {
			if t := &(*list)[i]; t.Weight.Written && t.Weight.Val.N != 0 {
				b.report(Warning, "weight-of-owner", b.spanOf(t, n), "Name", t.Name, "Owner", in.Name)
			}
		}
	}
}

// lintAddress reports an address that no host can have in its network.
func (b *binder) lintAddress(a *Address, n *conf.Node) {
	p := a.Prefix
	if !p.Addr().Is4() || p.Bits() > 30 {
		return
	}
	code := ""
	switch p.Addr() {
	case p.Masked().Addr():
		code = "address-of-network"
	case lastAddr(p):
		code = "address-of-broadcast"
	default:
		return
	}
	b.report(Warning, code, b.spanOf(a, n), "Value", p.String())
}

// lastAddr is the address of an IPv4 network with all host bits set.
func lastAddr(p netip.Prefix) netip.Addr {
	raw := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		raw[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(raw)
}

// lintVirtual reports servers that nobody checks, a sorry server that is one of
// the servers, and checks that may still wait when the next is due.
func (b *binder) lintVirtual(v *Virtual, n *conf.Node) {
	for _, p := range b.places[b.base:] {
		r, ok := p.field.(*Real)
		if !ok {
			continue
		}
		if len(r.Checks) == 0 && !b.unactedCheck(p.n) {
			b.report(Note, "server-without-check", p.n.Span(), "Name", p.n.Word(1)+" "+p.n.Word(2))
		}
		if v.Sorry.Written && r.Addr == v.Sorry.Val.Addr && r.Port == v.Sorry.Val.Port {
			b.report(Warning, "sorry-is-server", b.spanOf(&v.Sorry, n), "Name", v.Sorry.Val.String())
		}
		for i := range r.Checks {
			t := over(over(r.Checks[i].Timing, r.Timing), v.Timing)
			if loop, wait := t.DelayLoop, t.ConnectTimeout; loop.Written && wait.Or(5*oneSecond) > loop.Val {
				b.report(Note, "check-outlasts-loop", p.n.Span(), "Name", p.n.Word(1)+" "+p.n.Word(2),
					"Wait", wait.Or(5*oneSecond).String(), "Loop", loop.Val.String())
				break
			}
		}
	}
}

// unactedCheck says whether a server has a check of a kind that is not acted on.
func (b *binder) unactedCheck(n *conf.Node) bool {
	for i := range n.Block.Nodes {
		switch n.Block.Nodes[i].Word(0) {
		case "UDP_CHECK", "PING_CHECK", "BFD_CHECK", "FILE_CHECK":
			return true
		}
	}
	return false
}

// lintGlobal reports mails that cannot go anywhere.
func (b *binder) lintGlobal(g *Global, n *conf.Node) {
	if len(g.Emails) > 0 && !g.SMTPServer.Written {
		b.report(Warning, "mail-without-server", b.spanOf(&g.Emails, n))
	}
}

// lintGroups reports groups whose members disagree about preemption: one would
// take over and find the other unwilling.
func (b *binder) lintGroups() {
	for _, p := range b.names.pairs {
		first, rest := p.members[0], p.members[1:]
		for _, m := range rest {
			want, ok1 := b.names.preempts[first]
			got, ok2 := b.names.preempts[m]
			if ok1 && ok2 && want != got {
				b.report(Warning, "preemption-differs", p.at, "Name", p.name, "Member", m, "Other", first)
				break
			}
		}
	}
}
