package verify

import (
	"encoding/binary"
	"net/netip"
)

// frame is what came, as far as it matters here.
type frame struct {
	from MAC
	kind kind

	sender netip.Addr // of a neighbour's answer or question: who it says it is
	owner  MAC        // and at which hardware address

	src, dst         netip.Addr // of a packet
	srcPort, dstPort uint16     // of TCP; of an echo its identifier, twice
	flags            uint8      // of TCP
	seq, ack         uint32

	about *frame // of an error: the packet that it is about
	proto uint8  // of a packet that an error is about
	code  uint8  // of an error: ICMP's code
}

// kind is what a frame is.
type kind uint8

const (
	other     kind = iota
	neighbour      // somebody says who has an address
	asker          // somebody asks for an address, and says who asks
	tcp
	udp
	echoed  // the answer to an echo
	echoing // an echo that is asked for
	refused // an ICMP error of the kind "unreachable"
)

// read takes a frame apart. One that is cut short or odd is of the kind other.
func read(b []byte) frame {
	if len(b) < 14 {
		return frame{}
	}
	f := frame{from: MAC(b[6:12])}
	body := b[14:]
	switch binary.BigEndian.Uint16(b[12:]) {
	case etherARP:
		f.readARP(body)
	case etherIPv4, etherIPv6:
		f.readPacket(body, true)
	}
	return f
}

func (f *frame) readARP(b []byte) {
	if len(b) < 28 || b[4] != 6 || b[5] != 4 || b[6] != 0 {
		return
	}
	f.sender, f.owner = netip.AddrFrom4([4]byte(b[14:18])), MAC(b[8:14])
	switch b[7] {
	case 2:
		f.kind = neighbour
	case 1:
		f.kind = asker
	}
}

// readPacket reads an IP packet; deep, also what an error in it is about.
func (f *frame) readPacket(b []byte, deep bool) {
	var body []byte
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		header := int(b[0]&15) * 4
		if header < 20 || header > len(b) || b[6]&0x1f != 0 || b[7] != 0 { // no later fragment
			return
		}
		f.src, f.dst, f.proto = netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20])), b[9]
		body = b[header:]
	case len(b) >= 40 && b[0]>>4 == 6:
		f.src, f.dst, f.proto = netip.AddrFrom16([16]byte(b[8:24])), netip.AddrFrom16([16]byte(b[24:40])), b[6]
		body = b[40:]
	default:
		return
	}
	switch {
	case f.proto == protoTCP && len(body) >= 4: // an error has no more than eight bytes
		f.kind = tcp
		f.srcPort, f.dstPort = binary.BigEndian.Uint16(body), binary.BigEndian.Uint16(body[2:])
		if len(body) >= 20 {
			f.seq, f.ack, f.flags = binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:]), body[13]
		}
	case f.proto == protoUDP && len(body) >= 4:
		f.kind = udp
		f.srcPort, f.dstPort = binary.BigEndian.Uint16(body), binary.BigEndian.Uint16(body[2:])
	case f.proto == protoICMP && len(body) >= 8:
		f.readICMP(body, deep, map[byte]kind{0: echoed, 8: echoing, 3: refused})
	case f.proto == protoICMPv6 && len(body) >= 8:
		f.readICMP(body, deep, map[byte]kind{129: echoed, 128: echoing, 1: refused, 4: refused, 136: neighbour, 135: asker})
	}
}

func (f *frame) readICMP(b []byte, deep bool, kinds map[byte]kind) {
	f.code = b[1]
	switch f.kind = kinds[b[0]]; f.kind {
	case echoed, echoing:
		f.srcPort = binary.BigEndian.Uint16(b[4:])
		f.dstPort = f.srcPort
	case refused:
		if deep {
			f.about = &frame{}
			f.about.readPacket(b[8:], false)
		}
	case neighbour:
		if f.kind = other; len(b) >= 24 {
			f.kind, f.sender, f.owner = neighbour, netip.AddrFrom16([16]byte(b[8:24])), option(b[24:], 2, f.from)
		}
	case asker:
		f.sender, f.owner = f.src, f.from
	}
}

// option is the hardware address in an option of neighbour discovery, or another one.
func option(b []byte, kind byte, other MAC) MAC {
	for len(b) >= 8 && b[1] > 0 {
		if b[0] == kind && b[1] == 1 {
			return MAC(b[2:8])
		}
		b = b[min(len(b), int(b[1])*8):]
	}
	return other
}
