package vrrp

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/code"
)

// Refusal says why a packet was not taken; "" is that it was. Its words are in
// assets under "reason.CODE".
type Refusal string

// The refusals, in the order in which a packet is looked at.
const (
	Accepted     Refusal = ""
	BadLength    Refusal = code.PacketLength
	BadTTL       Refusal = code.PacketTTL
	BadVersion   Refusal = code.PacketVersion
	AuthInvalid  Refusal = code.PacketAuthType // a type that does not exist
	AuthMismatch Refusal = code.PacketAuthMismatch
	AuthFailed   Refusal = code.PacketAuthFailed
	BadInterval  Refusal = code.PacketInterval
	BadType      Refusal = code.PacketType
	BadChecksum  Refusal = code.PacketChecksum
	NotMulticast Refusal = code.PacketUnicast

	OtherPair Refusal = code.PacketOtherPair // none of its addresses is ours

	// What follows are complaints only: the packet is taken all the same.
	OddAddresses Refusal = code.PacketAddresses
	OwnAddress   Refusal = code.PacketOwnAddress // from our own address, with our priority
)

// PacketsEnded is told when adverts of a kind that was refused come no more.
const PacketsEnded Refusal = code.PacketsEnded

// Drops says whether a packet with this fault does not count.
func (r Refusal) Drops() bool {
	return r != Accepted && r != OddAddresses && r != OwnAddress
}

// AdvertParams is what an instance expects of the adverts it hears and puts into those
// it sends.
type AdvertParams struct {
	VRID     uint8
	AuthType uint8
	Auth     [authLen]byte
	Interval time.Duration // whole seconds
	Addrs    []netip.Addr  // without the excluded ones
	Held     []netip.Addr  // all that a master holds: an advert with one of them is our peer's
}

// Advert is the packet for a priority.
func (w AdvertParams) Advert(priority uint8) Advert {
	return Advert{
		Version: version2, Type: typeAdvert, VRID: w.VRID, Priority: priority,
		AuthType: w.AuthType, Interval: w.Interval, Addrs: w.Addrs, Auth: w.Auth,
	}
}

// VRIDOf tells for which virtual router a packet is meant.
func VRIDOf(payload []byte) (uint8, bool) {
	if len(payload) < headLen {
		return 0, false
	}
	return payload[1], true
}

// Receive looks at a packet as keepalived does, in its order (RFC 3768, section
// 7.1, with the authentication of RFC 2338), but for two things: the shorter packet
// of another version is told as what it is, and an advert is judged by whether it
// carries any of our addresses. On OddAddresses the advert is to be taken all the same.
func (w AdvertParams) Receive(payload []byte, ttl int, dst netip.Addr) (Advert, Refusal) {
	a, err := ParseAdvert(payload)
	switch {
	case len(payload) < headLen:
		return a, BadLength
	case payload[0]>>4 == version2 && len(payload) < headLen+authLen:
		return a, BadLength
	case ttl != 255:
		return a, BadTTL
	case payload[0]>>4 != version2:
		return a, BadVersion
	case a.AuthType > AuthAH:
		return a, AuthInvalid
	case a.AuthType != w.AuthType:
		return a, AuthMismatch
	case w.AuthType == AuthPass && !slices.Equal(password(payload), w.Auth[:]):
		return a, AuthFailed
	case a.Interval != w.Interval:
		return a, BadInterval
	case a.Type != typeAdvert:
		return a, BadType
	case err != nil:
		return a, BadLength
	case Checksum(payload[:size(len(a.Addrs))]) != 0:
		return a, BadChecksum
	case !dst.IsMulticast():
		return a, NotMulticast
	case w.sameAddresses(a.Addrs):
		return a, Accepted
	case !slices.ContainsFunc(a.Addrs, func(ip netip.Addr) bool { return slices.Contains(w.Held, ip) }):
		return a, OtherPair
	}
	return a, OddAddresses
}

// IntervalOf is how often the sender of a packet advertises, as the packet says; 0 if
// that cannot be trusted.
func IntervalOf(payload []byte) time.Duration {
	a, err := ParseAdvert(payload)
	switch {
	case err == nil && a.Version == version2 && Checksum(payload[:size(len(a.Addrs))]) == 0:
		return a.Interval
	case len(payload) >= headLen && payload[0]>>4 == version3: // RFC 5798, section 5.2.7
		return time.Duration(binary.BigEndian.Uint16(payload[4:])&0xfff) * 10 * time.Millisecond
	}
	return 0
}

// password gives the authentication bytes where the packet says they are.
func password(payload []byte) []byte {
	n := int(payload[3])
	if len(payload) < size(n) {
		return nil
	}
	return payload[headLen+4*n : size(n)]
}

func (w AdvertParams) sameAddresses(heard []netip.Addr) bool {
	if len(heard) != len(w.Addrs) {
		return false
	}
	for _, a := range heard {
		if !slices.Contains(w.Addrs, a) {
			return false
		}
	}
	return true
}
