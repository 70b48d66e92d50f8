package verify

import (
	"net/netip"
	"testing"

	"holdfast/engine/code"
	"holdfast/engine/plan"
)

// server answers as a real server does whose kernel is set in one way; frames that it does
// not answer are dropped.
type server struct {
	address, listens, unwraps, filters bool // it has the address of the service, and so on
}

// answer gives the frames that come back for one of ours.
func (s server) answer(t Target, b []byte) (out [][]byte) {
	f := read(b)
	back := func(pkt []byte) { out = append(out, ethernet(ours, theirs, etherOf(family(pkt)), pkt)) }
	switch {
	case f.kind == asker && b[21] == 1:
		if target := netip.AddrFrom4([4]byte(b[38:42])); target == t.Server {
			reply := arp(ours, theirs, t.Server, f.sender)
			reply[21] = 2
			out = append(out, reply)
		}
	case f.dst == t.Server && (f.proto == protoIPIP || f.kind == udp):
		inner := b[34:]
		if f.kind == udp {
			inner = b[34+8+4:]
		}
		switch {
		case !s.unwraps:
			back(packet(t.Server, t.Source, protoICMP, append([]byte{3, 2, 0, 0, 0, 0, 0, 0}, b[14:]...)))
		case !s.filters:
			out = s.answer(t, ethernet(theirs, ours, etherIPv4, inner))
		}
	case f.dst == t.Service.Addr() && !s.address:
	case f.kind == tcp && f.flags == syn:
		flags := uint8(rst | ack)
		if s.listens {
			flags = syn | ack
		}
		back(segment(netip.AddrPortFrom(f.dst, f.dstPort), netip.AddrPortFrom(f.src, f.srcPort), 7, flags))
	case f.kind == echoing:
		reply := echo(f.dst, f.src, f.srcPort)
		reply[20] = 0
		back(reply)
	}
	return out
}

// The kernel of the machine that runs this may have no tunnels.
func TestTheVerdictOnAServerBehindATunnelIsExact(t *testing.T) {
	for name, c := range map[string]struct {
		server server
		want   string
	}{
		"all is right":                {server{true, true, true, false}, code.Ready},
		"nothing listens":             {server{true, false, true, false}, code.NotListening},
		"the address is missing":      {server{false, true, true, false}, code.AddressMissing},
		"nothing unwraps":             {server{true, true, false, false}, code.NoTunnel},
		"rp_filter of the tunnel":     {server{true, true, true, true}, code.TunnelDrops},
		"no address and rp_filter":    {server{false, true, true, true}, code.AddressMissing},
		"no address and no unwrapper": {server{false, true, false, false}, code.NoTunnel},
	} {
		for _, wrap := range []plan.Wrap{{}, {Kind: plan.GUE, Port: 6080}} {
			target := tunnelled()
			target.Wrap = wrap
			p := New(target)
			for !p.Done() {
				for _, frame := range p.Frames() {
					for _, back := range c.server.answer(target, frame) {
						p.Take(back)
					}
				}
			}
			if v := p.Verdict(); v.Code != c.want || v.MAC == nil || *v.MAC != theirs {
				t.Errorf("%s, %+v: %+v, want %s", name, wrap, v, c.want)
			}
		}
	}
}

func TestAProbeOfNobodyEnds(t *testing.T) {
	p, rounds := New(tunnelled()), 0
	for ; !p.Done(); rounds++ {
		p.Frames()
	}
	if v := p.Verdict(); v.Code != code.ServerUnreachable || v.MAC != nil || rounds != Rounds {
		t.Errorf("%+v after %d rounds", v, rounds)
	}
}
