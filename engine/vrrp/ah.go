package vrrp

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"encoding/binary"
	"net/netip"
)

// The layout of an authentication header (RFC 2402, section 2) with HMAC-MD5-96 (RFC
// 2403), as keepalived has it before a packet of version 2 on IPv4.
const (
	SealLen    = 24 // of the header
	sealDigest = 12 // where the digest stands in it, and how long it is
	sealWords  = SealLen/4 - 2
	ahProtocol = 51
)

// Sent is what the IP header of a packet says that is sent, as far as an
// authentication header covers it.
type Sent struct {
	TTL      uint8
	ID       uint16
	From, To netip.Addr
}

// Seal gives the authentication header for an advert. As with keepalived its index is
// the sender's address, and the digest covers the IP header but for type of service,
// fragmentation and checksum; to a peer, but for the hop limit, too.
func (w AdvertParams) Seal(h Sent, sequence uint32, advert []byte) (seal [SealLen]byte) {
	from, to := h.From.As4(), h.To.As4()
	ip := make([]byte, 20, 20+SealLen)
	ip[0], ip[8], ip[9] = 0x45, h.TTL, ahProtocol
	binary.BigEndian.PutUint16(ip[2:], uint16(20+SealLen+len(advert)))
	binary.BigEndian.PutUint16(ip[4:], h.ID)
	copy(ip[12:], from[:])
	copy(ip[16:], to[:])
	seal[0], seal[1] = vrrpProtocol, sealWords
	copy(seal[4:], from[:])
	binary.BigEndian.PutUint32(seal[8:], sequence)
	copy(seal[sealDigest:], w.digest(append(ip, seal[:]...), advert))
	return seal
}

// digest is that of a packet: the IP header with the authentication header, and the
// advert.
func (w AdvertParams) digest(headers, advert []byte) []byte {
	b := bytes.Clone(headers)
	b[1] = 0                              // type of service
	b[6], b[7], b[10], b[11] = 0, 0, 0, 0 // fragmentation, checksum
	if w.Unicast {
		b[8] = 0 // hop limit
	}
	clear(b[len(b)-sealDigest:])
	mac := hmac.New(md5.New, w.Auth[:])
	mac.Write(b)
	mac.Write(advert)
	return mac.Sum(nil)[:sealDigest]
}

// sealed looks at the authentication header of a packet, and notes its sequence in a
// where it is right.
func (w AdvertParams) sealed(a *Advert, p Packet) Refusal {
	if len(p.Headers) < 20+SealLen {
		return BadLength
	}
	seal := p.Headers[len(p.Headers)-SealLen:]
	from := p.From.As4()
	switch sequence := binary.BigEndian.Uint32(seal[8:]); {
	case !hmac.Equal(seal[sealDigest:], w.digest(p.Headers, p.Payload)), !bytes.Equal(seal[4:8], from[:]):
		return AuthFailed
	case sequence <= p.Sequence:
		return Replayed
	default:
		a.Sequence = sequence
	}
	return Accepted
}
