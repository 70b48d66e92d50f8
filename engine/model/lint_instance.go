package model

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// lintInstance reports an instance that will not do what its state, its priority
// or its trackers seem to promise.
func (b *binder) lintInstance(in *Instance, n *conf.Node) {
	priority := in.priority()
	if _, told := b.at(&in.Master); told && !in.Master && priority == ownerPriority {
		b.report(Warning, "owner-as-backup", b.spanOf(&in.Master, n), "Name", in.Name)
	}
	if in.Master && priority < defaultPriority {
		b.report(Note, "state-against-priority", b.spanOf(&in.Priority, n), "Name", in.Name,
			"Value", strconv.Itoa(int(priority)), "Default", strconv.Itoa(defaultPriority))
	}
	if in.DontTrackPrimary && len(in.TrackScripts)+len(in.TrackInterfaces)+len(in.TrackBFDs) == 0 && !tracksMore(n) {
		b.report(Note, "never-fails-over", b.spanOf(&in.DontTrackPrimary, n), "Name", in.Name)
	}
	lost := false // said once: the others are mostly in the same network
	for _, list := range []*[]Address{&in.Addrs, &in.Excluded} {
		for i := range *list {
			a := &(*list)[i]
			b.noteAddress(a, in, n)
			if b.lintAddress(a, in, n) && !lost {
				lost = true
				b.report(Note, "address-off-link", b.spanOf(a, n), "Value", a.Prefix.Addr().String())
			}
		}
	}
	b.names.preempts[in.Name] = !in.NoPreempt
	if b.names.lint.priorities == nil {
		b.names.lint.priorities = map[string]uint8{}
	}
	b.names.lint.priorities[in.Name] = priority
}

// The priorities of a router that is told none, and of one that owns its addresses
// (RFC 9568, 5.2.4): state MASTER alone makes it that.
const (
	defaultPriority = 100
	ownerPriority   = 255
)

// priority is the one an instance begins with.
func (in *Instance) priority() uint8 {
	if in.Master {
		return in.Priority.Or(ownerPriority)
	}
	return in.Priority.Or(defaultPriority)
}

// tracksMore says whether the instance tracks something by a word that is kept.
func tracksMore(n *conf.Node) bool {
	return slices.ContainsFunc(n.Block.Nodes, func(in conf.Node) bool { return strings.HasPrefix(in.Word(0), "track_") })
}

// lintRoom reports weights that can never change a winner: the priority of the
// owner of the addresses does not move, and none goes below 1 or above 254.
func (b *binder) lintRoom(weights map[string]map[string]Weight) {
	for _, w := range b.names.weighted {
		priority, ok := b.names.lint.priorities[w.owner]
		weight := w.track.Weight.Val.N
		if !w.known {
			weight = weights[w.kind][w.track.Name].N
		}
		if !ok || weight == 0 {
			continue
		}
		switch {
		case priority == ownerPriority:
			b.report(Warning, "weight-of-owner", w.at, "Name", w.track.Name, "Owner", w.owner)
		case priority == 1 && weight < 0, priority == 254 && weight > 0:
			b.report(Warning, "weight-without-room", w.at, "Name", w.track.Name, "Owner", w.owner, "Value", strconv.Itoa(int(priority)))
		}
	}
}

// lintAddress reports an address that no host can have in its network, and says
// whether it is one that nobody on this machine's networks will look for.
func (b *binder) lintAddress(a *Address, in *Instance, n *conf.Node) bool {
	p := a.Prefix
	if b.noHost(p, b.spanOf(a, n)) || !p.IsSingleIP() {
		return false
	}
	link := a.Dev
	if link == "" {
		link = in.Interface
	}
	if !b.there[link] || link == "lo" || len(b.facts.Networks) == 0 {
		return false
	}
	for _, net := range b.facts.Networks {
		if net.Contains(p.Addr()) {
			b.noHost(netip.PrefixFrom(p.Addr(), net.Bits()), b.spanOf(a, n))
			return false
		}
	}
	return true
}

// noHost reports the first and the last address of an IPv4 network.
func (b *binder) noHost(p netip.Prefix, at conf.Span) bool {
	if !p.Addr().Is4() || p.Bits() > 30 {
		return false
	}
	code := ""
	switch p.Addr() {
	case p.Masked().Addr():
		code = "address-of-network"
	case lastAddr(p):
		code = "address-of-broadcast"
	default:
		return false
	}
	b.report(Warning, code, at, "Value", p.String())
	return true
}

// lastAddr is the address of an IPv4 network with all host bits set.
func lastAddr(p netip.Prefix) netip.Addr {
	raw := p.Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		raw[i/8] |= 0x80 >> (i % 8)
	}
	return netip.AddrFrom4(raw)
}
