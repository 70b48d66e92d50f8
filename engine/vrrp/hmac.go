package vrrp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// The layout of what auth_hmac puts behind an advert, as keepalived 2.4.2 and later
// have it: type, key and two zeros, a Stamp, and the first half of an HMAC-SHA256.
const (
	TrailerLen     = 28
	trailerStamp   = 4  // where the Stamp stands
	trailerDigest  = 12 // where the digest stands
	trailerType    = 1
	signedHead     = 20 // made for the digest: family, version, VRID, zero, sender
	longestAddress = 16
)

// SigningMode says who signs, and whose adverts count.
type SigningMode uint8

// The modes. On the way to Enforce unsigned adverts are taken, too.
const (
	Enforce SigningMode = iota
	Permissive
	ReceiveOnly // its own are not signed either
)

// Signing is how the adverts of a router are signed: auth_hmac.
type Signing struct {
	Keys   map[uint8][]byte
	Active uint8 // the number of the key that signs
	Mode   SigningMode
	Window time.Duration // whole seconds that a sender's clock may be off; 0: its stamps only have to grow
}

// Signs says whether adverts have a trailer. A nil Signing signs none.
func (s *Signing) Signs() bool { return s != nil && s.Mode != ReceiveOnly }

// Stamp is the instant in a trailer: 32 bits of seconds since 1970, 16 of parts of
// one, and 16 that tell apart what is sent within such a part. 0 is none.
type Stamp uint64

// StampOf is the first Stamp of an instant.
func StampOf(t time.Time) Stamp {
	return Stamp(uint32(t.Unix()))<<32 | Stamp(uint64(t.Nanosecond())<<16/uint64(time.Second))<<16
}

// age is how long before now the Stamp was made, by the clocks of both.
func (s Stamp) age(now time.Time) time.Duration {
	return time.Duration(int32(uint32(now.Unix())-uint32(s>>32))) * time.Second
}

// after compares as serial numbers are (RFC 1982): seconds begin anew in 2106.
func (s Stamp) after(other Stamp) bool { return int64(s-other) > 0 }

// within says whether a Stamp is as old, or as young, as the window allows.
func (s *Signing) within(stamp Stamp, now time.Time) bool {
	age := stamp.age(now)
	return s.Window == 0 || -s.Window <= age && age <= s.Window
}

// Next is the Stamp for an advert after one with last. It grows also where the clock was
// set back; with a window only as far as those who hear it can still take it.
func (s *Signing) Next(last Stamp, now time.Time) Stamp {
	clock := StampOf(now)
	if last == 0 || clock.after(last) || s.Window > 0 && -last.age(now) > s.Window {
		return clock
	}
	return last + 1
}

// AppendSigned is Append with a trailer, where the router signs. The digest covers
// neither the destination nor the checksum: it is the same for all peers.
func (w AdvertParams) AppendSigned(b []byte, a Advert, from, to netip.Addr, stamp Stamp) []byte {
	if !w.Signing.Signs() {
		return a.Append(b, from, to)
	}
	at := len(b)
	b = a.message(b, from)
	end := len(b)
	b = append(b, trailerType, w.Signing.Active, 0, 0)
	b = binary.BigEndian.AppendUint64(b, uint64(stamp))
	b = append(b, w.Signing.digest(w.Signing.Active, b[at:], a.Version, a.VRID, from)...)
	if from.Is6() { // the kernel of keepalived reckons over all
		end = len(b)
	}
	a.writeSum(b[at:end], from, to)
	return b
}

// digest is that of an advert with the beginning of its trailer.
func (s *Signing) digest(key uint8, advert []byte, version, vrid uint8, from netip.Addr) []byte {
	var head [signedHead]byte
	head[0], head[1], head[2] = 4, version, vrid
	if from.Is6() {
		head[0] = 6
	}
	copy(head[signedHead-longestAddress:], from.AsSlice())
	var zeros [TrailerLen - trailerDigest]byte
	mac := hmac.New(sha256.New, s.Keys[key])
	mac.Write(head[:])
	mac.Write(advert[:checksumPlace])
	mac.Write(zeros[:2])
	mac.Write(advert[checksumPlace+2:])
	mac.Write(zeros[:])
	return mac.Sum(nil)[:len(zeros)]
}

// trailerOf is the trailer of a packet. As with keepalived its length tells that there is one.
func (f format) trailerOf(payload []byte) []byte {
	if size := f.size(int(payload[3])); len(payload) == size+TrailerLen {
		return payload[size:]
	}
	return nil
}

// verified looks at the trailer of a packet, and notes its Stamp in a where it is right.
func (w AdvertParams) verified(a *Advert, f format, p Packet) Refusal {
	s := w.Signing
	trailer := f.trailerOf(p.Payload)
	if trailer == nil {
		if s.Mode != Enforce {
			return Accepted
		}
		return Unsigned
	}
	stamp, key := Stamp(binary.BigEndian.Uint64(trailer[trailerStamp:])), trailer[1]
	signed := p.Payload[:len(p.Payload)-TrailerLen+trailerDigest]
	switch {
	case w.Unicast && !p.Peer:
		return NotPeer
	case trailer[0] != trailerType, trailer[2] != 0, trailer[3] != 0:
		return BadTrailer
	case !s.within(stamp, p.At): // before the digest, which costs more
		a.Age = stamp.age(p.At)
		return Stale
	case s.Keys[key] == nil:
		return UnknownKey
	case !hmac.Equal(trailer[trailerDigest:], s.digest(key, signed, f.version, p.Payload[1], p.From)):
		return HMACFailed
	case p.Mark != 0 && s.within(p.Mark, p.At) && !stamp.after(p.Mark):
		// A mark outside of the window only orders what the window refuses: it is
		// forgotten, so that a sender is heard again whose clock was set back.
		return Replayed
	}
	a.Stamp, a.Age = stamp, stamp.age(p.At)
	return Accepted
}

// Drifts says whether a sender's clock is nearer to the end of the window than to its
// middle, so that its adverts may soon be refused.
func (w AdvertParams) Drifts(a Advert) bool {
	return a.Stamp != 0 && w.Signing != nil && w.Signing.Window > 0 && a.Age.Abs() > (w.Signing.Window/2).Truncate(time.Second)
}

// KeyOf is the number of the key that a packet says it is signed with.
func KeyOf(p Packet) (key uint8, signed bool) {
	if len(p.Payload) < headLen {
		return 0, false
	}
	trailer := format{p.Payload[0] >> 4, p.From.Is6()}.trailerOf(p.Payload)
	if trailer == nil {
		return 0, false
	}
	return trailer[1], true
}

// GroupMarks is how many senders to a group are remembered: few of a router speak at a time.
const GroupMarks = 16

// Marks are the Stamps of the adverts taken last, by sender; the one heard last is first.
type Marks []mark

type mark struct {
	from  netip.Addr
	stamp Stamp
}

// Of is the mark of a sender, 0 for none.
func (m Marks) Of(from netip.Addr) Stamp {
	for _, one := range m {
		if one.from == from {
			return one.stamp
		}
	}
	return 0
}

// Note takes note that an advert of a sender was found right. Of more senders than there
// is room for those are forgotten that were not heard longest.
func (m *Marks) Note(from netip.Addr, stamp Stamp, room int) {
	list := *m
	at := slices.IndexFunc(list, func(one mark) bool { return one.from == from })
	if at < 0 {
		if len(list) < room {
			list = append(list, mark{})
		}
		at = len(list) - 1
	}
	copy(list[1:at+1], list[:at])
	list[0] = mark{from, stamp}
	*m = list
}
