package verify

import (
	"net/netip"
	"slices"

	"holdfast/engine/plan"
)

// Target is one real server and one address of its service.
type Target struct {
	Server  netip.Addr     // of the real server
	Service netip.AddrPort // port 0: nothing is asked of its port
	TCP     bool           // the service is of TCP
	UDP     bool           // or of UDP
	Tunnel  bool           // packets come to it in a tunnel, else by direct routing
	Wrap    plan.Wrap      // of the tunnel

	MAC    MAC        // of our link
	Source netip.Addr // ours on that link, of the server's family
	Inner  netip.Addr // ours of the family of the service
	Next   netip.Addr // to which packets for the server go: itself, or a gateway
	Port   uint16     // the first of five ports and identifiers that are ours to use
}

// onLink says whether the server is a neighbour.
func (t Target) onLink() bool { return t.Next == t.Server }

// Each question has a port, or an identifier, of its own.
const (
	serviceAsked = iota // a SYN or a datagram to the service, as the kernel would send it
	serviceEcho         // an echo of the service, that way, too
	plainAsked          // a SYN to the service without the tunnel
	plainEcho
	ownAsked // a SYN and an echo to the server's own address
	questions
)

// Ports is how many ports and identifiers a target needs, beginning at its own.
const Ports = questions

// Probe asks one real server. Its methods are called by one goroutine.
type Probe struct {
	t      Target
	rounds int

	next     MAC   // where packets for the server go
	known    bool  // next is
	macs     []MAC // who says that it has the address of the service
	asks     bool  // the server asks its neighbours in the name of the service
	own      int   // how often it answered for its own address
	answered [questions]reply
	unwrap   bool // it said that it takes no such tunnel
	back     bool // it sent a packet for the service on: it has no such address
}

// reply is how a question was answered.
type reply uint8

const (
	silence reply = iota
	yes           // SYN-ACK, or an echo
	no            // RST, or ICMP of a datagram: nobody listens
	barred        // ICMP: not allowed
)

// New begins to ask.
func New(t Target) *Probe { return &Probe{t: t} }

// Frames are those to send in the next round. The address of the service is asked for
// before the server's own: an answer to the second says that the first was seen.
func (p *Probe) Frames() (out [][]byte) {
	t := p.t
	first := p.rounds == 0
	p.rounds++
	ask := func(to MAC, a netip.Addr) []byte {
		if a.Is6() {
			return solicit(to, t.MAC, t.source(a), a)
		}
		return arp(to, t.MAC, t.source(a), a)
	}
	if t.onLink() {
		if first {
			out = append(out, ask(everybody, t.Service.Addr()))
		}
		if p.known {
			out = append(out, ask(p.next, t.Service.Addr()))
		}
	}
	out = append(out, ask(everybody, t.Next))
	if !p.known {
		if t.Next.Is4() {
			out = append(out, arp(everybody, t.MAC, netip.IPv4Unspecified(), t.Next))
		}
		return out
	}
	send := func(pkt []byte) { out = append(out, ethernet(p.next, t.MAC, etherOf(family(pkt)), pkt)) }
	if t.Tunnel {
		for _, pkt := range p.toService(serviceAsked, serviceEcho) {
			send(wrapped(t.Source, t.Server, t.Wrap, pkt))
		}
		if t.onLink() {
			for _, pkt := range p.toService(plainAsked, plainEcho) {
				send(pkt)
			}
		}
	} else {
		for _, pkt := range p.toService(serviceAsked, serviceEcho) {
			send(pkt)
		}
	}
	send(segment(p.ours(ownAsked, t.Source), netip.AddrPortFrom(t.Server, max(1, t.Service.Port())), 1, syn))
	send(echo(t.Source, t.Server, t.Port+ownAsked))
	return out
}

// family is any address of the family of a packet.
func family(pkt []byte) netip.Addr {
	if pkt[0]>>4 == 6 {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// source is ours of the family of a.
func (t Target) source(a netip.Addr) netip.Addr {
	if a.Is6() == t.Source.Is6() {
		return t.Source
	}
	return t.Inner
}

// ours is where the answer to a question goes.
func (p *Probe) ours(question uint16, a netip.Addr) netip.AddrPort {
	return netip.AddrPortFrom(a, p.t.Port+question)
}

// toService are the packets that ask the service.
func (p *Probe) toService(port, ping uint16) (out [][]byte) {
	t := p.t
	switch {
	case t.Service.Port() == 0:
	case t.TCP:
		out = append(out, segment(p.ours(port, t.Inner), t.Service, 1, syn))
	case t.UDP:
		out = append(out, datagram(p.ours(port, t.Inner), t.Service))
	}
	return append(out, echo(t.Inner, t.Service.Addr(), t.Port+ping))
}

// Take notes what came. reset are frames that end what the server opened for us.
func (p *Probe) Take(b []byte) (reset [][]byte) {
	f := read(b)
	switch f.kind {
	case neighbour, asker:
		p.takeNeighbour(f)
	case tcp:
		return p.takeSegment(f)
	case echoed:
		p.takeEcho(f)
	case echoing, udp:
		p.takeBack(f)
	case refused:
		p.takeError(f)
	}
	return nil
}

// takeNeighbour notes who has which address. A server that takes no packet of ours as
// coming from us answers only a question that does not say who asks.
func (p *Probe) takeNeighbour(f frame) {
	t := p.t
	switch {
	case f.from == t.MAC:
	case f.kind == asker:
		p.asks = p.asks || f.sender == t.Service.Addr() && p.known && f.owner == p.next
	case f.sender == t.Next:
		p.next, p.known = f.owner, true
	case f.sender == t.Service.Addr() && !slices.Contains(p.macs, f.owner) && len(p.macs) < most:
		p.macs = append(p.macs, f.owner)
	}
}

// most bounds what one verdict names.
const most = 16

// question says which question a packet to one of our ports answers.
func (p *Probe) question(port uint16) (q uint16, ours bool) {
	q = port - p.t.Port
	return q, q < questions
}

// asked is the address that a question asks.
func (p *Probe) asked(q uint16) netip.Addr {
	if q == ownAsked {
		return p.t.Server
	}
	return p.t.Service.Addr()
}

func (p *Probe) note(q uint16, r reply) {
	if p.answered[q] == silence || r == yes {
		p.answered[q] = r
	}
	if q == ownAsked {
		p.own++
	}
}

// takeSegment notes what answers a SYN. A connection that opened is ended on the way it
// was begun.
func (p *Probe) takeSegment(f frame) (reset [][]byte) {
	t := p.t
	if q, ours := p.question(f.srcPort); ours && f.src == t.Inner && f.dst == t.Service.Addr() && f.from != t.MAC {
		p.back = p.back || q != ownAsked
		return nil
	}
	q, ours := p.question(f.dstPort)
	switch {
	case !ours || f.src != p.asked(q) || f.from == t.MAC:
	case f.flags&rst != 0:
		p.note(q, no)
	case f.flags&(syn|ack) == syn|ack:
		p.note(q, yes)
		end := segment(netip.AddrPortFrom(f.dst, f.dstPort), netip.AddrPortFrom(f.src, f.srcPort), f.ack, rst)
		if t.Tunnel && q == serviceAsked {
			end = wrapped(t.Source, t.Server, t.Wrap, end)
		}
		return [][]byte{ethernet(p.next, t.MAC, etherOf(family(end)), end)}
	}
	return nil
}

func (p *Probe) takeEcho(f frame) {
	q, ours := p.question(f.srcPort)
	if ours && f.from != p.t.MAC && f.src == p.asked(q) {
		p.note(q, yes)
	}
}

// takeBack notes a packet for the service that the server sent on.
func (p *Probe) takeBack(f frame) {
	if q, ours := p.question(f.srcPort); ours && q != ownAsked && f.from != p.t.MAC && f.src == p.t.Inner && f.dst == p.t.Service.Addr() {
		p.back = true
	}
}

// takeError notes what an ICMP error says of a packet of ours.
func (p *Probe) takeError(f frame) {
	t, a := p.t, f.about
	if f.from == t.MAC || a == nil || a.src != t.Source && a.src != t.Inner {
		return
	}
	if t.Tunnel && a.dst == t.Server && (a.proto == protoIPIP || a.proto == protoIPv6 || a.proto == protoGRE || a.kind == udp && a.dstPort == t.Wrap.Port) {
		p.unwrap = true
		return
	}
	port := a.srcPort
	q, ours := p.question(port)
	if !ours || a.dst != p.asked(q) {
		return
	}
	// RFC 792: 0 net, 1 host, 3 port; RFC 4443: 0 no route, 1 prohibited, 3 address, 4 port.
	closed, lost := f.code == 3, f.code <= 1
	if f.src.Is6() {
		closed, lost = f.code == 4, f.code == 0 || f.code == 3
	}
	switch {
	case lost && q != ownAsked:
		p.back = true
	case closed && a.kind == udp:
		p.note(q, no)
	default:
		p.note(q, barred)
	}
}
