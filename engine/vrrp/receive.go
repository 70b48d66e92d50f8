package vrrp

import (
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
	Unsigned     Refusal = code.PacketUnsigned
	BadTrailer   Refusal = code.PacketTrailer
	Stale        Refusal = code.PacketStale // its sender's clock is too far from ours, or it is old
	UnknownKey   Refusal = code.PacketUnknownKey
	HMACFailed   Refusal = code.PacketHMACFailed
	AuthInvalid  Refusal = code.PacketAuthType // a type that does not exist
	AuthMismatch Refusal = code.PacketAuthMismatch
	AuthFailed   Refusal = code.PacketAuthFailed
	Replayed     Refusal = code.PacketReplayed // its sequence is not new
	BadInterval  Refusal = code.PacketInterval
	BadType      Refusal = code.PacketType
	BadChecksum  Refusal = code.PacketChecksum
	PlainSum     Refusal = code.PacketPlainChecksum // right by RFC 9568, but for one who expects the other form
	NotMulticast Refusal = code.PacketUnicast
	NotUnicast   Refusal = code.PacketMulticast
	NotPeer      Refusal = code.PacketNotPeer
	BadPeerTTL   Refusal = code.PacketPeerTTL

	OtherPair   Refusal = code.PacketOtherPair   // none of its addresses is ours
	NoAddresses Refusal = code.PacketNoAddresses // it has none: whose it is it does not say

	// What follows are complaints only: the packet is taken all the same.
	OddAddresses Refusal = code.PacketAddresses
	OwnAddress   Refusal = code.PacketOwnAddress // from our own address, with our priority
	ClockDrifts  Refusal = code.PacketClock      // its sender's clock nears the end of the window
)

// PacketsEnded is told when adverts of a kind that was refused come no more.
const PacketsEnded Refusal = code.PacketsEnded

// PacketsSilent is told instead where their sender may be master all the same.
const PacketsSilent Refusal = code.PacketsSilent

// Elsewhere says whether a packet with this fault does not show that its sender holds any of
// our addresses while it is master.
func (r Refusal) Elsewhere() bool { return r == OtherPair || r == NoAddresses }

// Drops says whether a packet with this fault does not count.
func (r Refusal) Drops() bool {
	return r != Accepted && r != OddAddresses && r != OwnAddress && r != ClockDrifts
}

// Mutes says whether a router of keepalived that refuses our adverts for the same reason
// stays master without a word: up to 2.4.3 at least, each advert that it refuses delays
// its next one by a whole interval, and ours come once an interval.
func (r Refusal) Mutes() bool {
	switch r {
	case BadVersion, AuthMismatch, AuthFailed, BadInterval, OtherPair, NoAddresses, Unsigned, BadTrailer, UnknownKey, HMACFailed, Stale:
		return true
	}
	return false
}

// AdvertParams is what an instance expects of the adverts it hears and puts into those
// it sends.
type AdvertParams struct {
	Version  uint8
	IPv6     bool
	VRID     uint8
	AuthType uint8
	Auth     [authLen]byte
	Interval time.Duration // version 2: whole seconds; version 3: hundredths, ours
	Addrs    []netip.Addr  // without the excluded ones
	Held     []netip.Addr  // all that a master holds: an advert with one of them is our peer's

	Unicast bool               // adverts go to peers, and come to us alone
	Peers   map[netip.Addr]TTL // those that may be heard; nil: whoever speaks
	// OldSum is that a version 3 advert to a peer has the checksum of keepalived up to
	// 1.3.6: as if it went to 224.0.0.18. NoOldSum is that none with it is taken.
	OldSum, NoOldSum bool
	// PlainSum is that version 3 on IPv4 has the checksum of RFC 9568, without a
	// pseudo header. One that has it is then taken, too.
	PlainSum bool
	// Signing is auth_hmac; nil: adverts are not signed, and what is behind them is padding.
	Signing *Signing
	// Unlisted is that a backup does not compare the addresses in the adverts of the
	// master that it hears.
	Unlisted bool
}

// TTL is the hop limits that the adverts of a peer may have.
type TTL struct{ Least, Most uint8 }

// Advert is the packet for a priority.
func (w AdvertParams) Advert(priority uint8) Advert {
	a := Advert{
		Version: w.Version, Type: typeAdvert, VRID: w.VRID, Priority: priority,
		AuthType: w.AuthType, Interval: w.Interval, Addrs: w.Addrs, OldSum: w.OldSum, PlainSum: w.PlainSum,
	}
	if w.AuthType == AuthPass { // the key of an authentication header is no part of it
		a.Auth = w.Auth
	}
	return a
}

// VRIDOf tells for which virtual router a packet is meant.
func VRIDOf(payload []byte) (uint8, bool) {
	if len(payload) < headLen {
		return 0, false
	}
	return payload[1], true
}

// VersionOf is the version that a packet says it is of.
func VersionOf(p Packet) uint8 {
	if len(p.Payload) == 0 {
		return 0
	}
	return p.Payload[0] >> 4
}

// Packet is a packet as it was heard: without its IP header, and what that said.
type Packet struct {
	Payload  []byte
	TTL      int
	From, To netip.Addr
	Master   bool // it comes from the master that a backup hears

	Headers  []byte // with an authentication header: that, and the IP header before it
	Sequence uint32 // the last one that the router sent or heard

	At   time.Time // when it was heard, by the wall clock
	Peer bool      // adverts go to its sender
	Mark Stamp     // of the last advert of its sender, 0 for none
}

// Receive looks at a packet as keepalived does, in its order (RFC 3768 and RFC 5798,
// section 7.1, with the authentication of RFC 2338), but for three things: a packet that
// came the way that ours do not go is told as that, where keepalived's sockets do not
// hear it; the shorter packet of another version is told as what it is; and an advert is
// judged by whether it carries any of our addresses. On OddAddresses the advert is to be
// taken all the same.
func (w AdvertParams) Receive(p Packet) (Advert, Refusal) {
	a, err := ParseAdvert(p.Payload, p.From.Is6())
	if len(p.Payload) < headLen {
		return a, BadLength
	}
	f := format{a.Version, p.From.Is6()}
	v2 := w.Version == Version2
	switch {
	case len(p.Payload) < f.size(0):
		return a, BadLength
	case !w.Unicast && !p.To.IsMulticast():
		return a, NotMulticast
	case w.Unicast && p.To.IsMulticast():
		return a, NotUnicast
	case !w.Unicast && p.TTL != 255:
		return a, BadTTL
	case a.Version != w.Version:
		return a, BadVersion
	}
	if w.Signing != nil {
		if why := w.verified(&a, f, p); why != Accepted {
			return a, why
		}
	}
	switch {
	case v2 && a.AuthType > AuthAH:
		return a, AuthInvalid
	case v2 && a.AuthType != w.AuthType:
		return a, AuthMismatch
	}
	if why := w.authentic(&a, p); why != Accepted {
		return a, why
	}
	switch {
	case v2 && a.Interval != w.Interval:
		return a, BadInterval
	case a.Type != typeAdvert:
		return a, BadType
	case err != nil:
		return a, BadLength
	}
	if why := w.sum(&a, f, p); why != Accepted {
		return a, why
	}
	if why := w.fromWhom(p); why != Accepted {
		return a, why
	}
	switch {
	case w.Unlisted && p.Master, w.sameAddresses(a.Addrs):
		return a, Accepted
	case len(a.Addrs) == 0: // RFC 9568, section 5.2.5, has it ignored
		return a, NoAddresses
	case !w.holdsOneOf(a.Addrs):
		return a, OtherPair
	}
	return a, OddAddresses
}

// Carries says whether a packet tells of any address that a master holds.
func (w AdvertParams) Carries(p Packet) bool {
	a, err := ParseAdvert(p.Payload, p.From.Is6())
	return err == nil && w.holdsOneOf(a.Addrs)
}

func (w AdvertParams) holdsOneOf(list []netip.Addr) bool {
	return slices.ContainsFunc(list, func(ip netip.Addr) bool { return slices.Contains(w.Held, ip) })
}

// authentic looks at the authentication of version 2.
func (w AdvertParams) authentic(a *Advert, p Packet) Refusal {
	switch {
	case w.Version != Version2:
	case w.AuthType == AuthPass && !slices.Equal(password(p.Payload), w.Auth[:]):
		return AuthFailed
	case w.AuthType == AuthAH:
		return w.sealed(a, p)
	}
	return Accepted
}

// sum looks at the checksum of a whole packet, and notes in a which form it has where
// that is not the usual one.
func (w AdvertParams) sum(a *Advert, f format, p Packet) Refusal {
	whole := f.summedOf(p.Payload, len(a.Addrs))
	if f.checksum(whole, p.From, p.To) == 0 {
		return Accepted
	}
	if f.version == Version2 || f.six {
		return BadChecksum
	}
	a.OldSum = w.Unicast && !w.NoOldSum && f.checksum(whole, p.From, Group4) == 0
	a.PlainSum = !a.OldSum && Checksum(whole) == 0
	switch {
	case a.OldSum, a.PlainSum && w.PlainSum:
		return Accepted
	case a.PlainSum:
		return PlainSum
	}
	return BadChecksum
}

// summedOf is what of a packet with n addresses the checksum covers: over IPv6 with the
// trailer of one that is signed, since there the kernel writes it.
func (f format) summedOf(payload []byte, n int) []byte {
	if f.six && f.trailerOf(payload) != nil {
		return payload
	}
	return payload[:f.size(n)]
}

// fromWhom says whether the packet came from one that counts.
func (w AdvertParams) fromWhom(p Packet) Refusal {
	if w.Peers == nil {
		return Accepted
	}
	limits, known := w.Peers[p.From]
	switch {
	case !known:
		return NotPeer
	case p.TTL < int(limits.Least) || p.TTL > int(limits.Most):
		return BadPeerTTL
	}
	return Accepted
}

// IntervalOf is how often the sender of a packet advertises, as the packet says; 0 if
// that cannot be trusted.
func IntervalOf(p Packet) time.Duration {
	a, err := ParseAdvert(p.Payload, p.From.Is6())
	f := format{a.Version, p.From.Is6()}
	if a.Version == Version2 && (err != nil || f.checksum(f.summedOf(p.Payload, len(a.Addrs)), p.From, p.To) != 0) {
		return 0
	}
	return a.Interval
}

// password gives the authentication bytes of version 2 on IPv4 where the packet says
// they are.
func password(payload []byte) []byte {
	f, n := format{Version2, false}, int(payload[3])
	if len(payload) < f.size(n) {
		return nil
	}
	return payload[headLen+n*f.address() : f.size(n)]
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
