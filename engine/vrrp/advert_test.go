package vrrp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var multicast = netip.MustParseAddr("224.0.0.18")

func wire() AdvertParams {
	return AdvertParams{Version: 2, VRID: 51, AuthType: AuthPass, Auth: Auth("64e06f86"), Interval: time.Second,
		Addrs: []netip.Addr{netip.MustParseAddr("172.16.1.100")}, Held: []netip.Addr{netip.MustParseAddr("172.16.1.100")}}
}

// The bytes were summed by hand after RFC 1071.
func TestAdvertOnTheWire(t *testing.T) {
	want := "21336401" + "0101" + "c254" + "ac100164" + hex.EncodeToString([]byte("64e06f86"))
	got := wire().Advert(100).Append(nil, own, multicast)
	if hex.EncodeToString(got) != want {
		t.Errorf("got  %x\nwant %s", got, want)
	}
	if len(got) != 8+4+8 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestAdvertWithoutPasswordCarriesEightZeros(t *testing.T) {
	w := wire()
	w.AuthType, w.Auth = AuthNone, Auth("")
	got := w.Advert(100).Append(nil, own, multicast)
	if !bytes.Equal(got[12:], make([]byte, 8)) || len(got) != 20 {
		t.Errorf("%x", got)
	}
}

func TestAdvertIsAppendedAndReadBack(t *testing.T) {
	b := wire().Advert(77).Append([]byte("before"), own, multicast)
	a, err := ParseAdvert(b[len("before"):], false)
	if err != nil || a.Priority != 77 || a.VRID != 51 || len(a.Addrs) != 1 || a.Addrs[0] != wire().Addrs[0] || a.Interval != time.Second {
		t.Errorf("%+v %v", a, err)
	}
}

func TestPasswordIsCutToEightBytes(t *testing.T) {
	if Auth("123456789") != Auth("12345678") || Auth("abc") != [8]byte{'a', 'b', 'c'} {
		t.Error("not cut or not filled")
	}
}

func TestReceiveChecks(t *testing.T) {
	for _, c := range []struct {
		want Refusal
		ttl  int
		dst  netip.Addr
		edit func(a *Advert)
	}{
		{Accepted, 255, multicast, func(*Advert) {}},
		{BadTTL, 254, multicast, func(*Advert) {}},
		{BadVersion, 255, multicast, func(a *Advert) { a.Version = 3 }},
		{AuthInvalid, 255, multicast, func(a *Advert) { a.AuthType = 3 }},
		{AuthMismatch, 255, multicast, func(a *Advert) { a.AuthType = AuthNone }},
		{AuthMismatch, 255, multicast, func(a *Advert) { a.AuthType = AuthAH }},
		{AuthFailed, 255, multicast, func(a *Advert) { a.Auth[7]++ }},
		{BadInterval, 255, multicast, func(a *Advert) { a.Interval = 2 * time.Second }},
		{BadType, 255, multicast, func(a *Advert) { a.Type = 2 }},
		{NotMulticast, 255, own, func(*Advert) {}},
		{NoAddresses, 255, multicast, func(a *Advert) { a.Addrs = nil }},
		{OtherPair, 255, multicast, func(a *Advert) { a.Addrs = []netip.Addr{own} }},
		{OddAddresses, 255, multicast, func(a *Advert) { a.Addrs = append(a.Addrs[:1:1], own) }},
		{OddAddresses, 255, multicast, func(a *Advert) { a.Addrs = append(a.Addrs[:1:1], a.Addrs[0], own) }},
	} {
		a := wire().Advert(100)
		c.edit(&a)
		if _, why := wire().Receive(Packet{Payload: a.Append(nil, own, multicast), TTL: c.ttl, From: own, To: c.dst}); why != c.want {
			t.Errorf("refused with %q, want %q", why, c.want)
		}
	}
}

func TestReceiveChecksGoInKeepalivedsOrder(t *testing.T) {
	a := wire().Advert(100)
	a.Version, a.AuthType, a.Interval, a.Type = 3, 9, 9*time.Second, 5
	ttl, to := 1, own
	for _, step := range []struct {
		want Refusal
		mend func() // what was wrong
	}{
		{NotMulticast, func() { to = multicast }},
		{BadTTL, func() { ttl = 255 }},
		{BadVersion, func() { a.Version = 2 }},
		{AuthInvalid, func() { a.AuthType = AuthNone }},
		{AuthMismatch, func() { a.AuthType = AuthPass; a.Auth[0]++ }},
		{AuthFailed, func() { a.Auth[0]-- }},
		{BadInterval, func() { a.Interval = time.Second }},
		{BadType, func() { a.Type = 1 }},
		{Accepted, func() {}},
	} {
		if _, why := wire().Receive(Packet{Payload: a.Append(nil, own, multicast), TTL: ttl, From: own, To: to}); why != step.want {
			t.Errorf("refused with %q, want %q", why, step.want)
		}
		step.mend()
	}
}

// keepalived's version 3 packet with one address is shorter than any of version 2.
func TestAPacketOfVersion3IsToldAsThat(t *testing.T) {
	v3 := []byte{0x31, 51, 150, 1, 0, 100, 0, 0, 192, 0, 2, 100}
	for ttl, want := range map[int]Refusal{255: BadVersion, 64: BadTTL} {
		if _, why := wire().Receive(Packet{Payload: v3, TTL: ttl, From: own, To: multicast}); why != want {
			t.Errorf("TTL %d: refused with %q, want %q", ttl, why, want)
		}
	}
	if d := IntervalOf(Packet{Payload: v3, TTL: 255, From: own, To: multicast}); d != time.Second {
		t.Errorf("it advertises every %v", d)
	}
}

func TestAnAdvertWithAnAddressThatWeHoldUnadvertisedIsOurPeers(t *testing.T) {
	w := wire()
	w.Held = append(w.Held, own)
	a := w.Advert(100)
	a.Addrs = []netip.Addr{own}
	if _, why := w.Receive(Packet{Payload: a.Append(nil, own, multicast), TTL: 255, From: own, To: multicast}); why != OddAddresses {
		t.Errorf("refused with %q", why)
	}
}

func TestTheIntervalOfADamagedPacketIsNotTrusted(t *testing.T) {
	b := wire().Advert(100).Append(nil, own, multicast)
	if d := IntervalOf(Packet{Payload: b, TTL: 255, From: own, To: multicast}); d != time.Second {
		t.Errorf("every %v", d)
	}
	b[5] = 200
	if d := IntervalOf(Packet{Payload: b, TTL: 255, From: own, To: multicast}); d != 0 {
		t.Errorf("damaged: every %v", d)
	}
}

func TestShortPacketsAreRefused(t *testing.T) {
	whole := wire().Advert(100).Append(nil, own, multicast)
	for n := range len(whole) {
		_, why := wire().Receive(Packet{Payload: whole[:n], TTL: 255, From: own, To: multicast})
		if why != BadLength && (n < 16 || why != AuthFailed) {
			t.Errorf("%d bytes: %q", n, why)
		}
	}
	none := AdvertParams{Version: 2, VRID: 51, Interval: time.Second, Addrs: wire().Addrs}
	if _, why := none.Receive(Packet{Payload: none.Advert(1).Append(nil, own, multicast)[:17], TTL: 255, From: own, To: multicast}); why != BadLength {
		t.Errorf("without its addresses: %q", why)
	}
}

func TestPaddingIsTolerated(t *testing.T) {
	padded := append(wire().Advert(100).Append(nil, own, multicast), strings.Repeat("x", 6)...)
	if _, why := wire().Receive(Packet{Payload: padded, TTL: 255, From: own, To: multicast}); why != Accepted {
		t.Errorf("refused with %q", why)
	}
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	none := AdvertParams{Version: 2, VRID: 51, Interval: time.Second, Addrs: wire().Addrs}
	whole := none.Advert(100).Append(nil, own, multicast)
	for i := range len(whole) * 8 {
		b := bytes.Clone(whole)
		b[i/8] ^= 1 << (i % 8)
		if _, why := none.Receive(Packet{Payload: b, TTL: 255, From: own, To: multicast}); why == Accepted || why == OddAddresses {
			t.Errorf("bit %d: %q", i, why)
		}
	}
}

func FuzzReceive(f *testing.F) {
	f.Add(wire().Advert(100).Append(nil, own, multicast), 255)
	f.Add([]byte{0x21, 51, 100, 255, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 255)
	f.Fuzz(func(t *testing.T, payload []byte, ttl int) {
		a, why := wire().Receive(Packet{Payload: payload, TTL: ttl, From: own, To: multicast})
		if why == Accepted && !bytes.Equal(a.Append(nil, own, multicast), payload[:(format{Version2, false}).size(len(a.Addrs))]) {
			t.Errorf("%x was taken but is written as %x", payload, a.Append(nil, own, multicast))
		}
	})
}

func TestAdvertHoldsWhatItsCounterAndItsPacketHold(t *testing.T) {
	for mtu, want := range map[int]int{0: 255, 1500: 255, 576: 135, 1056: 255, 1055: 254, 20: 0} {
		if got := wire().MaxAddresses(mtu); got != want {
			t.Errorf("MTU %d: %d addresses", mtu, got)
		}
	}
}
