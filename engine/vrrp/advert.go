package vrrp

import (
	"encoding/binary"
	"errors"
	"math"
	"net/netip"
	"time"
)

// The authentication types of version 2 (RFC 2338, section 5.3.6; keepalived
// still sends type 1).
const (
	AuthNone uint8 = 0
	AuthPass uint8 = 1
	AuthAH   uint8 = 2
)

// The versions of the protocol: RFC 3768 and RFC 5798 (RFC 9568).
const (
	Version2 uint8 = 2
	Version3 uint8 = 3
)

// The layout of a packet without its IP header.
const (
	typeAdvert    = 1
	headLen       = 8
	authLen       = 8 // of version 2 on IPv4: always there, whatever the type
	checksumPlace = 6
	vrrpProtocol  = 112
)

// Group4 and Group6 are where VRRP is spoken (RFC 9568, sections 5.1.1.2 and 5.1.2.2).
var (
	Group4 = netip.AddrFrom4([4]byte{224, 0, 0, 18})
	Group6 = netip.AddrFrom16([16]byte{0xff, 0x02, 15: 0x12})
)

// format is how a packet of a version and a family is laid out.
type format struct {
	version uint8
	six     bool // over IPv6
}

// address is the length of an address, auth that of what stands behind them.
func (f format) address() int {
	if f.six {
		return 16
	}
	return 4
}

func (f format) auth() int {
	if f.version == Version2 && !f.six {
		return authLen
	}
	return 0
}

// size is the length of a packet with n addresses.
func (f format) size(n int) int { return headLen + n*f.address() + f.auth() }

// summed says whether the checksum covers the addresses of the IP header: not in
// version 2 on IPv4 (RFC 3768, section 5.3.8).
func (f format) summed() bool { return f.version != Version2 || f.six }

// header is the length of the IP header that goes before a packet.
func (f format) header() int {
	if f.six {
		return 40
	}
	return 20
}

// MaxAddresses is how many addresses an advert on a link of this MTU can tell of: as
// many as its counter can say (RFC 3768, section 5.3.5) and one packet can
// carry. An MTU of 0 is not known and bounds nothing.
func (w AdvertParams) MaxAddresses(mtu int) int {
	if mtu == 0 {
		return math.MaxUint8
	}
	f := format{w.Version, w.IPv6}
	rest := mtu - f.header() - f.size(0)
	if w.Signing.Signs() {
		rest -= TrailerLen
	}
	return min(max(rest, 0)/f.address(), math.MaxUint8)
}

// Advert is an advertisement of VRRP version 2 (RFC 3768, section 5.1) or 3 (RFC 5798,
// section 5.1).
type Advert struct {
	Version, Type uint8
	VRID          uint8
	Priority      uint8
	AuthType      uint8         // version 2
	Interval      time.Duration // version 2: whole seconds; version 3: hundredths
	Addrs         []netip.Addr  // of one family, in the order of the configuration, as many as MaxAddresses allows
	Auth          [authLen]byte // version 2 on IPv4
	OldSum        bool          // version 3 to a peer: the checksum covers the group's address, not the peer's; see AdvertParams
	PlainSum      bool          // version 3 on IPv4: the checksum covers no addresses of the IP header
	Sequence      uint32        // of the authentication header it came with, where that was right
	Stamp         Stamp         // of the trailer it came with, where that was right
	Age           time.Duration // of the trailer, in whole seconds by both clocks
}

// ErrShort means that a packet ends before all that it announces.
var ErrShort = errors.New("advert is too short")

// Append writes the packet at the end of b, with the checksum that it has between two
// addresses.
func (a Advert) Append(b []byte, from, to netip.Addr) []byte {
	at := len(b)
	b = a.message(b, from)
	a.writeSum(b[at:], from, to)
	return b
}

// message writes the packet without its checksum.
func (a Advert) message(b []byte, from netip.Addr) []byte {
	f := format{a.Version, from.Is6()}
	b = append(b, a.Version<<4|a.Type, a.VRID, a.Priority, uint8(len(a.Addrs)))
	if a.Version == Version2 {
		b = append(b, a.AuthType, uint8(a.Interval/time.Second))
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(a.Interval/centisecond)&maxInterval)
	}
	b = append(b, 0, 0)
	for _, ip := range a.Addrs {
		if f.six {
			sixteen := ip.As16()
			b = append(b, sixteen[:]...)
		} else {
			four := ip.As4()
			b = append(b, four[:]...)
		}
	}
	return append(b, a.Auth[:f.auth()]...)
}

// writeSum puts the checksum between two addresses into a packet.
func (a Advert) writeSum(b []byte, from, to netip.Addr) {
	f := format{a.Version, from.Is6()}
	if a.OldSum {
		to = Group4
	}
	sum := f.checksum(b, from, to)
	if a.PlainSum && !f.six {
		sum = Checksum(b)
	}
	binary.BigEndian.PutUint16(b[checksumPlace:], sum)
}

// The unit of version 3's interval, and the largest number of them.
const (
	centisecond = 10 * time.Millisecond
	maxInterval = 0xfff
)

// ParseAdvert reads a packet that came over IPv4 or IPv6; bytes after its end are
// padding. It checks nothing but the length: see AdvertParams.Receive.
func ParseAdvert(b []byte, six bool) (Advert, error) {
	if len(b) < headLen {
		return Advert{}, ErrShort
	}
	f := format{b[0] >> 4, six}
	a := Advert{Version: f.version, Type: b[0] & 0xf, VRID: b[1], Priority: b[2]}
	if f.version == Version2 {
		a.AuthType, a.Interval = b[4], time.Duration(b[5])*time.Second
	} else {
		a.Interval = time.Duration(binary.BigEndian.Uint16(b[4:])&maxInterval) * centisecond
	}
	n := int(b[3])
	if len(b) < f.size(n) {
		return a, ErrShort
	}
	a.Addrs = make([]netip.Addr, n)
	for i := range a.Addrs {
		at := b[headLen+i*f.address():]
		if six {
			a.Addrs[i] = netip.AddrFrom16([16]byte(at))
		} else {
			a.Addrs[i] = netip.AddrFrom4([4]byte(at))
		}
	}
	copy(a.Auth[:f.auth()], b[headLen+n*f.address():])
	return a, nil
}

// checksum is that of the packet b between two addresses. Over a packet that carries
// its own checksum it is 0.
func (f format) checksum(b []byte, from, to netip.Addr) uint16 {
	var sum uint32
	if f.summed() {
		sum = pseudoHeader(from, to, len(b))
	}
	return fold(sum + add(b))
}

// Checksum is the Internet checksum (RFC 1071) of b.
func Checksum(b []byte) uint16 { return fold(add(b)) }

// pseudoHeader sums what RFC 9568, section 5.2.8, puts before the packet.
func pseudoHeader(from, to netip.Addr, length int) uint32 {
	a, b := from.AsSlice(), to.AsSlice()
	return add(a) + add(b) + vrrpProtocol + uint32(length)
}

func add(b []byte) (sum uint32) {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// Auth is a password as the packet carries it: cut to eight bytes, filled with zeros.
func Auth(password string) (auth [authLen]byte) {
	copy(auth[:], password)
	return auth
}
