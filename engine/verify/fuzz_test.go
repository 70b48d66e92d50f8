package verify

import (
	"net/netip"
	"testing"

	"holdfast/engine/plan"
)

var (
	ours   = MAC{2, 0, 0, 0, 0, 1}
	theirs = MAC{2, 0, 0, 0, 0, 33}
)

func tunnelled() Target {
	a := netip.MustParseAddr
	return Target{
		Server: a("192.0.2.33"), Service: netip.MustParseAddrPort("192.0.2.100:80"), TCP: true, Tunnel: true, Wrap: plan.Wrap{Kind: plan.GUE, Port: 6080},
		MAC: ours, Source: a("192.0.2.1"), Inner: a("192.0.2.1"), Next: a("192.0.2.33"), Port: 61000,
	}
}

// FuzzFramesFromTheLink has a probe go on through any frames to a verdict of the list.
func FuzzFramesFromTheLink(f *testing.F) {
	t := tunnelled()
	p := New(t)
	p.Take(arp(ours, theirs, t.Server, t.Source))
	for range 2 {
		for _, frame := range p.Frames() {
			f.Add(frame)
		}
	}
	f.Add(solicit(everybody, theirs, netip.MustParseAddr("2001:db8::33"), netip.MustParseAddr("2001:db8::1")))
	f.Add(ethernet(ours, theirs, etherIPv4, packet(t.Server, t.Source, protoICMP, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, datagram(p.ours(serviceAsked, t.Source), t.Service)...))))
	f.Fuzz(func(t *testing.T, frame []byte) {
		for _, next := range []netip.Addr{netip.MustParseAddr("192.0.2.33"), netip.MustParseAddr("192.0.2.254")} {
			target := tunnelled()
			target.Next = next
			p := New(target)
			for range 3 {
				p.Frames()
				p.Take(frame)
				p.Settled()
			}
			if p.Verdict().Code == "" || p.Done() && p.rounds < 2 {
				t.Errorf("%+v", p.Verdict())
			}
		}
	})
}
