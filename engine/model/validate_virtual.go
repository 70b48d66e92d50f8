package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

func (b *binder) validateVirtual(v *Virtual, n *conf.Node) bool {
	key := v.key()
	if b.names.virtuals[key] {
		b.report(Warning, "duplicate-virtual", n.Span(), "Name", key.name())
		b.cfg.Kept = append(b.cfg.Kept, readTable().inside(virtualServer).known(n))
		return false
	}
	b.names.virtuals[key] = true
	if b.keeps.places {
		v.place = uint32(b.file.At) + 1
	}
	if v.Of.Mark != 0 {
		if v.Protocol.Written {
			b.report(Warning, "protocol-ignored", b.spanOf(&v.Protocol, n), "Word", "protocol")
		}
	} else if !v.Protocol.Written {
		b.report(Warning, "no-protocol", n.Span(), "Name", called(n))
	}
	b.lintForwarding(v, n)
	b.lintHost(&v.VirtualHost, n)
	if v.Port == 0 && !v.Persistence.Written && v.Of == (VirtualOf{}) {
		b.report(Note, "no-port", n.Span())
	}
	b.lintVirtual(v, n)
	if at, ok := b.at(&v.Sorry); ok && v.Sorry.Written {
		method := v.SorryMethod.Or(v.Method.Or(NAT)).Way()
		if port := v.Sorry.Val.Port; v.Of == (VirtualOf{}) && method != NAT && port != v.Port && port != 0 {
			b.report(Warning, "port-forced", at.Span(), "Value", strconv.Itoa(int(port)), "Port", strconv.Itoa(int(v.Port)), "Method", method.String())
		}
	}
	b.validateServers(v)
	if v.Of.Group != "" && len(v.Servers) > 0 {
		b.names.grouped = append(b.names.grouped, grouped{v.Of.Group, v.six(), v.tunnelled(), n.WordSpan(2)})
	}
	if len(v.Servers) == 0 {
		b.report(Warning, "no-servers", n.Span(), "Name", called(n))
		return true
	}
	b.validateQuorum(v, n)
	return true
}

// lintFlags reports flags of a scheduler that is not the one written above them.
func (b *binder) lintFlags(n *conf.Node) {
	scheduler := ""
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		switch of, _, _ := strings.Cut(in.Word(0), "-"); {
		case in.Word(0) == "lvs_sched" || in.Word(0) == "lb_algo":
			scheduler = in.Word(1)
		case SchedulerOf(in.Word(0)) != "" && of != scheduler:
			b.report(Warning, "flag-of-scheduler", in.Words[0].Span(), "Word", in.Word(0), "Scheduler", of)
		}
	}
}

// SchedulerOf is the scheduler that a flag belongs to; "" is any.
func SchedulerOf(flag string) string {
	if of, _, _ := strings.Cut(flag, "-"); of == "sh" || of == "mh" {
		return of
	}
	return ""
}

// largeTable is how many servers a table may have to be used again.
const largeTable = 1024

// lintForwarding reports what a virtual server leaves to the defaults.
func (b *binder) lintForwarding(v *Virtual, n *conf.Node) {
	b.lintFlags(n)
	if _, tried := b.at(&v.Scheduler); !tried {
		b.report(Note, "no-scheduler", n.Span())
	}
	if _, tried := b.at(&v.Method); !tried {
		b.report(Note, "no-method", n.Span())
	}
}

// validateServers drops servers that are written twice or of another family, and
// tells where a port cannot hold.
func (b *binder) validateServers(v *Virtual) {
	if len(b.seen) > largeTable { // it is slow to clear
		b.seen = map[netip.AddrPort]bool{}
	}
	clear(b.seen)
	kept, six := v.Servers[:0], v.Addr.Is6()
	if v.Of != (VirtualOf{}) {
		six = v.six()
	}
	for _, p := range b.places[b.base:] {
		r, ok := p.field.(*Real)
		if !ok {
			continue
		}
		method := r.Method.Or(v.Method.Or(NAT)).Way()
		if v.Of == (VirtualOf{}) && method != NAT && r.Port != v.Port && r.Port != 0 {
			b.report(Warning, "port-forced", p.n.WordSpan(2), "Value", strconv.Itoa(int(r.Port)),
				"Port", strconv.Itoa(int(v.Port)), "Method", method.String())
		}
		key := netip.AddrPortFrom(r.Addr, r.Port)
		switch {
		case b.seen[key]:
			b.report(Warning, "duplicate-server", p.n.Span(), "Name", r.Name())
			continue
		case r.Addr.Is6() != six && method != TUN:
			b.report(Warning, "family-differs", p.n.Span(), "Name", r.Name())
			continue
		}
		b.seen[key] = true
		if i := len(kept); &v.Servers[i] != r {
			v.Servers[i] = *r
		}
		kept = v.Servers[:len(kept)+1]
	}
	clear(v.Servers[len(kept):])
	v.Servers = kept
}

func (b *binder) validateQuorum(v *Virtual, n *conf.Node) {
	quorum, total := v.Quorum.Or(readDefaults().virtual.Quorum.Val), v.totalWeight()
	if quorum > total {
		if v.Quorum.Written {
			b.report(Warning, "quorum-reduced", b.spanOf(&v.Quorum, n), "Value", strconv.Itoa(quorum), "Total", strconv.Itoa(total))
		}
		quorum = total
	}
	if v.Hysteresis.Written && v.Hysteresis.Val >= max(quorum, 1) {
		b.report(Warning, "hysteresis-too-large", b.spanOf(&v.Hysteresis, n), "Value", strconv.Itoa(v.Hysteresis.Val), "Quorum", strconv.Itoa(quorum))
	}
}

// totalWeight is the sum of the weights of all servers, as written.
func (v *Virtual) totalWeight() int {
	total := 0
	for i := range v.Servers {
		total += v.Servers[i].Weight.Or(v.Weight.Or(readDefaults().virtual.Weight.Val))
	}
	return total
}
