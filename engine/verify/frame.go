package verify

import (
	"encoding/binary"
	"net/netip"

	"holdfast/engine/plan"
)

// MAC is a hardware address of Ethernet.
type MAC [6]byte

var everybody = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Numbers of Ethernet and IP.
const (
	etherARP  = 0x0806
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd

	protoICMP   = 1
	protoIPIP   = 4
	protoTCP    = 6
	protoUDP    = 17
	protoIPv6   = 41
	protoGRE    = 47
	protoICMPv6 = 58

	shortest = 60 // of a frame, without its checksum
)

// ethernet is a frame with that payload.
func ethernet(to, from MAC, kind uint16, payload []byte) []byte {
	f := append(append(append(make([]byte, 0, max(shortest, 14+len(payload))), to[:]...), from[:]...), byte(kind>>8), byte(kind))
	f = append(f, payload...)
	return append(f, make([]byte, max(0, shortest-len(f)))...)
}

// etherOf is the kind of a frame that carries packets of a's family.
func etherOf(a netip.Addr) uint16 {
	if a.Is6() {
		return etherIPv6
	}
	return etherIPv4
}

// arp asks for target's hardware address. A zero sender is one that does not say who it
// is (RFC 5227): it is answered also where our own address would not be believed.
func arp(to, from MAC, sender, target netip.Addr) []byte {
	p := []byte{0, 1, 8, 0, 6, 4, 0, 1}
	p = append(append(p, from[:]...), sender.AsSlice()...)
	p = append(append(p, make([]byte, 6)...), target.AsSlice()...)
	return ethernet(to, from, etherARP, p)
}

// solicit asks for target's hardware address in IPv6 (RFC 4861, 4.3).
func solicit(to, from MAC, sender, target netip.Addr) []byte {
	t := target.As16()
	group := [16]byte{0: 0xff, 1: 2, 11: 1, 12: 0xff, 13: t[13], 14: t[14], 15: t[15]}
	dst := target
	if to == everybody {
		dst, to = netip.AddrFrom16(group), MAC{0x33, 0x33, 0xff, t[13], t[14], t[15]}
	}
	body := append([]byte{135, 0, 0, 0, 0, 0, 0, 0}, t[:]...)
	body = append(append(body, 1, 1), from[:]...)
	return ethernet(to, from, etherIPv6, packet(sender, dst, protoICMPv6, sealed(sender, dst, protoICMPv6, body, 2)))
}

// packet is an IP packet of either family; addresses are of one. The hop limit is 255,
// as neighbour discovery wants it.
func packet(src, dst netip.Addr, proto uint8, payload []byte) []byte {
	var p []byte
	if src.Is6() {
		p = []byte{0x60, 0, 0, 0, byte(len(payload) >> 8), byte(len(payload)), proto, 255}
		p = append(append(p, src.AsSlice()...), dst.AsSlice()...)
		return append(p, payload...)
	}
	length := 20 + len(payload)
	p = []byte{0x45, 0, byte(length >> 8), byte(length), 0, 1, 0x40, 0, 64, proto, 0, 0}
	p = append(append(p, src.AsSlice()...), dst.AsSlice()...)
	binary.BigEndian.PutUint16(p[10:], checksum(0, p))
	return append(p, payload...)
}

// sealed gives body its checksum, which stands at that place.
func sealed(src, dst netip.Addr, proto uint8, body []byte, at int) []byte {
	var sum uint32
	if proto != protoICMP {
		sum = pseudo(src, dst, proto, len(body))
	}
	binary.BigEndian.PutUint16(body[at:], checksum(sum, body))
	return body
}

func pseudo(src, dst netip.Addr, proto uint8, length int) uint32 {
	return add(add(uint32(proto)+uint32(length), src.AsSlice()), dst.AsSlice())
}

// add adds b, as numbers of two bytes, to a sum.
func add(sum uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func checksum(sum uint32, b []byte) uint16 {
	sum = add(sum, b)
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// Flags of TCP.
const (
	fin = 0x01
	syn = 0x02
	rst = 0x04
	ack = 0x10
)

// segment is one of TCP that carries nothing but its flags.
func segment(src, dst netip.AddrPort, seq uint32, flags uint8) []byte {
	s := make([]byte, 20, 24)
	binary.BigEndian.PutUint16(s[0:], src.Port())
	binary.BigEndian.PutUint16(s[2:], dst.Port())
	binary.BigEndian.PutUint32(s[4:], seq)
	s[12], s[13] = 5<<4, flags
	binary.BigEndian.PutUint16(s[14:], 1024)
	if flags == syn {
		s[12] = 6 << 4
		s = append(s, 2, 4, 0x02, 0x18) // the largest segment: 536
	}
	return packet(src.Addr(), dst.Addr(), protoTCP, sealed(src.Addr(), dst.Addr(), protoTCP, s, 16))
}

// datagram is one of UDP that is empty.
func datagram(src, dst netip.AddrPort) []byte {
	d := make([]byte, 8)
	binary.BigEndian.PutUint16(d[0:], src.Port())
	binary.BigEndian.PutUint16(d[2:], dst.Port())
	d[5] = 8
	return packet(src.Addr(), dst.Addr(), protoUDP, sealed(src.Addr(), dst.Addr(), protoUDP, d, 6))
}

// echo asks for an echo.
func echo(src, dst netip.Addr, id uint16) []byte {
	proto, kind := uint8(protoICMP), byte(8)
	if src.Is6() {
		proto, kind = protoICMPv6, 128
	}
	return packet(src, dst, proto, sealed(src, dst, proto, []byte{kind, 0, 0, 0, byte(id >> 8), byte(id), 0, 1}, 2))
}

// wrapped is an inner packet as the kernel sends it to a server by that kind of tunnel.
func wrapped(src, dst netip.Addr, w plan.Wrap, inner []byte) []byte {
	proto, kind := uint8(protoIPIP), uint16(etherIPv4)
	if inner[0]>>4 == 6 {
		proto, kind = protoIPv6, etherIPv6
	}
	switch w.Kind {
	case plan.GRE:
		return packet(src, dst, protoGRE, append([]byte{0, 0, byte(kind >> 8), byte(kind)}, inner...))
	case plan.GUE: // variant 0, no options (draft-ietf-intarea-gue, 3)
		d := append(make([]byte, 8, 12+len(inner)), 0, proto, 0, 0)
		d = append(d, inner...)
		binary.BigEndian.PutUint16(d[0:], w.Port)
		binary.BigEndian.PutUint16(d[2:], w.Port)
		binary.BigEndian.PutUint16(d[4:], uint16(len(d)))
		return packet(src, dst, protoUDP, sealed(src, dst, protoUDP, d, 6))
	}
	return packet(src, dst, proto, inner)
}
