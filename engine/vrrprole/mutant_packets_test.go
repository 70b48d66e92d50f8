package vrrprole

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// target is one instance that mutated packets are for, as a router beside it would be.
type target struct {
	name   string
	params vrrp.AdvertParams // of the one that sends
	from   netip.Addr
	to     netip.Addr
	last   vrrp.Stamp // of what was sent last
	seq    uint32
	id     uint16
}

const mutantText = `
bfd_instance B {
    neighbor_ip 192.0.2.2
}
vrrp_instance plain2 {
    interface eth0
    virtual_router_id 1
    virtual_ipaddress {
        198.51.100.1
        198.51.100.11
    }
}
vrrp_instance pass {
    interface eth0
    virtual_router_id 2
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        198.51.100.2
    }
}
vrrp_instance ah {
    interface eth0
    virtual_router_id 3
    authentication {
        auth_type AH
        auth_pass secret
    }
    virtual_ipaddress {
        198.51.100.3
    }
}
vrrp_instance plain3 {
    interface eth0
    virtual_router_id 4
    version 3
    virtual_ipaddress {
        198.51.100.4
    }
}
vrrp_instance six {
    interface eth0
    virtual_router_id 5
    virtual_ipaddress {
        fe80::5/64
    }
}
vrrp_instance hmac2 {
    interface eth0
    virtual_router_id 6
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
    }
    virtual_ipaddress {
        198.51.100.6
    }
}
vrrp_instance hmac3 {
    interface eth0
    virtual_router_id 7
    version 3
    unicast_peer {
        192.0.2.2
    }
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
        anti_replay monotonic
    }
    virtual_ipaddress {
        198.51.100.7
    }
}
vrrp_instance hmac6 {
    interface eth0
    virtual_router_id 8
    auth_hmac {
        key 7 0123456789abcdef0123456789abcdef
        active_key 7
    }
    virtual_ipaddress {
        fe80::8/64
    }
}
vrrp_instance peers {
    interface eth0
    virtual_router_id 9
    check_unicast_src
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        198.51.100.9
    }
}
`

// socketOf is where a packet of a target comes in.
func (g *target) socketOf(to netip.Addr) socketKey {
	group := to
	if !to.IsMulticast() {
		group = netip.IPv4Unspecified()
		if to.Is6() {
			group = netip.IPv6Unspecified()
		}
	}
	return socketKey{"eth0", group, g.params.AuthType == vrrp.AuthAH}
}

// targets are the instances of mutantText, from the side of a router beside them.
func targets(t *testing.T) []*target {
	var list []*target
	for _, team := range newTeams(configFrom(t, mutantText)) {
		r := team.routers[0]
		g := &target{name: r.cfg.Name, params: r.wire, from: netip.MustParseAddr("192.0.2.2"), to: r.to[0]}
		if r.wire.IPv6 {
			g.from = netip.MustParseAddr("fe80::2")
		}
		if r.wire.Unicast {
			g.to = netip.MustParseAddr("192.0.2.1")
		}
		list = append(list, g)
	}
	return list
}

// genuine is what the other router of a target would send now.
func (g *target) genuine(priority uint8) kernel.Packet {
	p := kernel.Packet{Link: "eth0", Src: g.from, Dst: g.to, TTL: 255, At: time.Now()}
	if g.params.AuthType == vrrp.AuthAH {
		g.seq++
		g.id++
		p.Payload = g.params.Advert(priority).Append(nil, g.from, g.to)
		seal := g.params.Seal(vrrp.Sent{TTL: 255, ID: g.id, From: g.from, To: g.to}, g.seq, p.Payload)
		head := make([]byte, 20, 44)
		head[0], head[8], head[9] = 0x45, 255, 51
		binary.BigEndian.PutUint16(head[2:], uint16(44+len(p.Payload)))
		binary.BigEndian.PutUint16(head[4:], g.id)
		from, to := g.from.As4(), g.to.As4()
		copy(head[12:], from[:])
		copy(head[16:], to[:])
		p.Headers = append(head, seal[:]...)
		return p
	}
	if g.params.Signing != nil {
		g.last = g.params.Signing.Next(g.last, time.Now())
	}
	p.Payload = g.params.AppendSigned(nil, g.params.Advert(priority), g.from, g.to, g.last)
	return p
}

// mutate changes a packet here and there, and makes its checksum fit in half of all cases:
// what is behind it is to be reached, too.
func mutate(r *rand.Rand, p kernel.Packet, other []byte) kernel.Packet {
	p.Payload, p.Headers = slices.Clone(p.Payload), slices.Clone(p.Headers)
	for range 1 + r.IntN(3) {
		b := p.Payload
		switch kind := r.IntN(12); {
		case kind < 4 && len(b) > 0:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		case kind < 6 && len(b) > 0:
			b[r.IntN(min(8, len(b)))] = byte(r.UintN(256))
		case kind == 6:
			p.Payload = b[:r.IntN(len(b)+1)]
		case kind == 7:
			p.Payload = append(b, other[:r.IntN(len(other)+1)]...)
		case kind == 8:
			at := r.IntN(len(b) + 1)
			p.Payload = append(b[:at:at], other[min(at, len(other)):]...)
		case kind == 9:
			p.TTL = r.IntN(256)
		case kind == 10 && len(p.Headers) > 0:
			if r.IntN(8) == 0 {
				p.Headers = p.Headers[:r.IntN(len(p.Headers))]
			} else {
				p.Headers[r.IntN(len(p.Headers))] ^= 1 << r.IntN(8)
			}
		case kind == 11 && p.Src.Is4():
			p.Src = netip.AddrFrom4([4]byte{192, 0, 2, byte(r.UintN(256))})
		}
	}
	if b := p.Payload; r.IntN(2) == 0 && len(b) >= 8 {
		n := min(len(b), sizeSaid(b, p.Src.Is6()))
		binary.BigEndian.PutUint16(b[6:], sumOf(b[:n], p.Src, p.Dst, b[0]>>4 == 2 && p.Src.Is4()))
	}
	return p
}

// sizeSaid is how long a packet says it is, by RFC 3768, section 5.1, and RFC 9568, section 5.1.
func sizeSaid(b []byte, six bool) int {
	switch {
	case six:
		return 8 + 16*int(b[3])
	case b[0]>>4 == 2:
		return 16 + 4*int(b[3])
	}
	return 8 + 4*int(b[3])
}

// sumOf is the checksum of RFC 1071 over a packet and, but for version 2 on IPv4, the
// pseudo header.
func sumOf(b []byte, from, to netip.Addr, plain bool) uint16 {
	text := slices.Clone(b)
	text[6], text[7] = 0, 0
	if !plain {
		text = slices.Concat(text, make([]byte, len(text)%2), from.AsSlice(), to.AsSlice(), []byte{byte(len(b) >> 8), byte(len(b)), 0, 112})
	}
	sum := uint32(0)
	for i, c := range text {
		sum += uint32(c) << (8 * (1 - i%2))
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// mayDecide says whether a packet may decide the election of a target by the RFCs, where
// it is not signed: another way than vrrp.Receive looks at it.
func (g *target) mayDecide(p kernel.Packet) bool {
	b, w := p.Payload, g.params
	if w.Signing != nil || w.AuthType == vrrp.AuthAH || len(b) < 8 {
		return false
	}
	size := sizeSaid(b, p.Src.Is6())
	if b[0] != w.Version<<4|1 || b[1] != w.VRID || len(b) < size || w.Unicast == p.Dst.IsMulticast() || w.Unicast && p.Src != g.from || !w.Unicast && p.TTL != 255 {
		return false
	}
	if w.Version == 2 && (b[4] != w.AuthType || b[5] != 1 || w.AuthType == 1 && string(b[size-8:size]) != "secret\x00\x00") {
		return false
	}
	sum := binary.BigEndian.Uint16(b[6:])
	if sumOf(b[:size], p.Src, p.Dst, w.Version == 2 && !w.IPv6) != sum &&
		!(w.IPv6 && len(b) == size+vrrp.TrailerLen && sumOf(b, p.Src, p.Dst, false) == sum) {
		return false
	}
	for i := 8; i < 8+len(w.Addrs[0].AsSlice())*int(b[3]); i += len(w.Addrs[0].AsSlice()) {
		if ip, _ := netip.AddrFromSlice(b[i:][:len(w.Addrs[0].AsSlice())]); slices.Contains(w.Addrs, ip) {
			return true
		}
	}
	return false
}

// beats says whether an advert that counts makes a master of the priority 100 give way.
func beats(p kernel.Packet) bool {
	own := netip.MustParseAddr("192.0.2.1")
	if p.Src.Is6() {
		own = netip.MustParseAddr("fe80::1")
	}
	return p.Payload[2] > 100 || p.Payload[2] == 100 && own.Less(p.Src)
}

// sessionPacket is a mutated packet of BFD, and whether it may move a session in DOWN
// (RFC 5880, section 6.8.6).
func sessionPacket(r *rand.Rand) (p kernel.Packet, may bool) {
	b := bfd.Packet{Phase: bfd.Phase(r.UintN(4)), Multiplier: 3, My: r.Uint32(), MinTx: time.Second, MinRx: time.Second}.Append(nil)
	p = kernel.Packet{Src: netip.MustParseAddr("192.0.2.2"), Dst: netip.MustParseAddr("192.0.2.1"), TTL: 255, At: time.Now()}
	for range 1 + r.IntN(3) {
		switch kind := r.IntN(8); {
		case kind < 5 && len(b) > 0:
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		case kind == 5:
			b = b[:r.IntN(len(b)+1)]
		case kind == 6:
			p.TTL = r.IntN(256)
		default:
			b = append(b, byte(r.UintN(256)))
		}
	}
	p.Payload = b
	may = len(b) >= 24 && b[0]>>5 == 1 && b[3] >= 24 && int(b[3]) <= len(b) && b[2] != 0 && b[1]&1 == 0 && b[1]&4 == 0 &&
		binary.BigEndian.Uint32(b[4:]) != 0 && p.TTL == 255
	return p, may
}
