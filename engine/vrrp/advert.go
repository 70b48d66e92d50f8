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

// The layout of a version 2 packet without its IP header.
const (
	version2      = 2
	version3      = 3 // not spoken, but known when it is heard
	typeAdvert    = 1
	headLen       = 8
	authLen       = 8 // always there on IPv4, whatever the type
	checksumPlace = 6
)

// ipHeader is the length of the IP header that goes before a packet.
const ipHeader = 20

// MaxAddresses is how many addresses an advert on a link of this MTU can tell of: as
// many as its counter can say (RFC 3768, section 5.3.5) and one packet can
// carry. An MTU of 0 is not known and bounds nothing.
func MaxAddresses(mtu int) int {
	if mtu == 0 {
		return math.MaxUint8
	}
	return min(max(mtu-ipHeader-size(0), 0)/4, math.MaxUint8)
}

// Advert is an advertisement of VRRP version 2 (RFC 3768, section 5.1).
type Advert struct {
	Version, Type uint8
	VRID          uint8
	Priority      uint8
	AuthType      uint8
	Interval      time.Duration // whole seconds
	Addrs         []netip.Addr  // IPv4, in the order of the configuration, as many as MaxAddresses allows
	Auth          [authLen]byte
}

// ErrShort means that a packet ends before all that it announces.
var ErrShort = errors.New("advert is too short")

// Append writes the packet at the end of b, with its checksum.
func (a Advert) Append(b []byte) []byte {
	at := len(b)
	b = append(b, a.Version<<4|a.Type, a.VRID, a.Priority, uint8(len(a.Addrs)),
		a.AuthType, uint8(a.Interval/time.Second), 0, 0)
	for _, ip := range a.Addrs {
		four := ip.As4()
		b = append(b, four[:]...)
	}
	b = append(b, a.Auth[:]...)
	binary.BigEndian.PutUint16(b[at+checksumPlace:], Checksum(b[at:]))
	return b
}

// ParseAdvert reads a packet; bytes after its end are padding. It checks nothing
// but the length: see AdvertParams.Receive.
func ParseAdvert(b []byte) (Advert, error) {
	if len(b) < headLen+authLen {
		return Advert{}, ErrShort
	}
	a := Advert{
		Version: b[0] >> 4, Type: b[0] & 0xf, VRID: b[1], Priority: b[2],
		AuthType: b[4], Interval: time.Duration(b[5]) * time.Second,
	}
	n := int(b[3])
	if len(b) < size(n) {
		return a, ErrShort
	}
	a.Addrs = make([]netip.Addr, n)
	for i := range a.Addrs {
		a.Addrs[i] = netip.AddrFrom4([4]byte(b[headLen+4*i:]))
	}
	copy(a.Auth[:], b[headLen+4*n:])
	return a, nil
}

// size is the length of a packet with n addresses.
func size(n int) int { return headLen + 4*n + authLen }

// Checksum is the Internet checksum (RFC 1071) of b, over which version 2 needs
// no pseudo header. Over a packet that carries its own checksum it is 0.
func Checksum(b []byte) uint16 {
	var sum uint32
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(b[0])<<8 | uint32(b[1])
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
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
