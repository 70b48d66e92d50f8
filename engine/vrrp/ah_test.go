package vrrp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// signed is a router of version 2 whose adverts have an authentication header.
func signed(key string, unicast bool) AdvertParams {
	w := AdvertParams{Version: 2, VRID: 51, AuthType: AuthAH, Auth: Auth(key), Interval: time.Second, Unicast: unicast}
	w.Addrs = []netip.Addr{ip("10.0.0.100")}
	w.Held = w.Addrs
	return w
}

// packetOf is what a router of w sends, as it comes in.
func packetOf(w AdvertParams, h Sent, sequence uint32, priority uint8) Packet {
	advert := w.Advert(priority).Append(nil, h.From, h.To)
	seal := w.Seal(h, sequence, advert)
	from, to := h.From.As4(), h.To.As4()
	header := []byte{0x45, 0xc0, 0, byte(20 + SealLen + len(advert)), byte(h.ID >> 8), byte(h.ID), 0, 0, h.TTL, ahProtocol, 0xd0, 0xb3}
	header = append(append(header, from[:]...), to[:]...)
	return Packet{Payload: advert, TTL: int(h.TTL), From: h.From, To: h.To, Headers: append(header, seal[:]...)}
}

// The packet is one that keepalived 2.2.7 was seen to send, to the group.
func TestAnAuthenticationHeaderIsThatOfKeepalived(t *testing.T) {
	const seen = "45c00040" + "00040000" + "ff33d0b3" + "0a000001" + "e0000012" +
		"70040000" + "0a000001" + "00000005" + "0e760835" + "62630213" + "3e9e1a8d" +
		"2133640102016e66" + "0a000064" + "0000000000000000"
	w := signed("abcd1234", false)
	h := Sent{TTL: 255, ID: 4, From: ip("10.0.0.1"), To: Group4}
	p := packetOf(w, h, 5, 100)
	if got := hex.EncodeToString(append(bytes.Clone(p.Headers), p.Payload...)); got != seen {
		t.Errorf("\n%s\n%s", got, seen)
	}
	a, why := w.Receive(p)
	if why != Accepted || a.Sequence != 5 || a.Priority != 100 {
		t.Errorf("%+v, %q", a, why)
	}
}

func TestWhichAuthenticationHeadersAreTaken(t *testing.T) {
	h := Sent{TTL: 255, ID: 4, From: ip("10.0.0.1"), To: ip("10.0.0.2")}
	for name, row := range map[string]struct {
		want    Refusal
		unicast bool
		edit    func(*Packet)
	}{
		"as it is":                  {Accepted, false, func(*Packet) {}},
		"another type of service":   {Accepted, false, func(p *Packet) { p.Headers[1] = 0 }},
		"another IP checksum":       {Accepted, false, func(p *Packet) { p.Headers[10] ^= 1 }},
		"another identification":    {AuthFailed, false, func(p *Packet) { p.Headers[5] ^= 1 }},
		"another hop limit":         {AuthFailed, false, func(p *Packet) { p.Headers[8] = 254 }},
		"a peer, another hop limit": {Accepted, true, func(p *Packet) { p.Headers[8], p.TTL = 3, 3 }},
		"a changed priority":        {AuthFailed, true, func(p *Packet) { p.Payload[2] = 200 }},
		"another sequence":          {AuthFailed, true, func(p *Packet) { p.Headers[31] ^= 1 }},
		"the same sequence again":   {Replayed, true, func(p *Packet) { p.Sequence = 7 }},
		"an old sequence":           {Replayed, true, func(p *Packet) { p.Sequence = 8 }},
		"cut short":                 {BadLength, true, func(p *Packet) { p.Headers = p.Headers[:43] }},
	} {
		w := signed("secret", row.unicast)
		to := h
		if !row.unicast {
			to.To = Group4
		}
		p := packetOf(w, to, 7, 100)
		row.edit(&p)
		if a, why := w.Receive(p); why != row.want || (why == Accepted) != (a.Sequence == 7) {
			t.Errorf("%s: %q, sequence %d; want %q", name, why, a.Sequence, row.want)
		}
	}
	other := signed("other", false)
	if _, why := other.Receive(packetOf(signed("secret", false), Sent{TTL: 255, ID: 1, From: ip("10.0.0.1"), To: Group4}, 1, 100)); why != AuthFailed {
		t.Errorf("another key: %q", why)
	}
}

// A sequence is one to go on from only where the digest is right, also where the rest
// of the packet is refused.
func TestASequenceIsHeardFromSignedPacketsOnly(t *testing.T) {
	w := signed("secret", false)
	slow := w
	slow.Interval = 9 * time.Second
	p := packetOf(slow, Sent{TTL: 255, ID: 1, From: ip("10.0.0.1"), To: Group4}, 9, 100)
	if a, why := w.Receive(p); why != BadInterval || a.Sequence != 9 {
		t.Errorf("%q, sequence %d", why, a.Sequence)
	}
	p.Headers[40] ^= 1
	if a, why := w.Receive(p); why != AuthFailed || a.Sequence != 0 {
		t.Errorf("%q, sequence %d", why, a.Sequence)
	}
}

func FuzzAuthenticationHeader(f *testing.F) {
	w := signed("secret", false)
	good := packetOf(w, Sent{TTL: 255, ID: 4, From: own, To: multicast}, 5, 100)
	f.Add(good.Headers, good.Payload, uint32(4))
	f.Add([]byte(strings.Repeat("x", 19)), []byte{}, uint32(0))
	f.Fuzz(func(t *testing.T, headers, payload []byte, last uint32) {
		a, why := w.Receive(Packet{Payload: payload, TTL: 255, From: own, To: multicast, Headers: headers, Sequence: last})
		if why == Accepted && (!bytes.Equal(payload, good.Payload) || a.Sequence <= last) {
			t.Errorf("taken without the key: %x %x", headers, payload)
		}
	})
}
