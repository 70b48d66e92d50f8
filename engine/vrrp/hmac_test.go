package vrrp

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// signingKey is the key of the packets that were captured: 00 01 02 … 1f.
var signingKey = func() (key []byte) {
	for i := range 32 {
		key = append(key, byte(i))
	}
	return key
}()

// captured are adverts that keepalived 2.4.3 sent, from 198.51.100.1 or fe80::4023:83ff:fe80:41db.
var captured = map[string]struct {
	bytes    string
	version  uint8
	from, to string
	address  string
}{
	"version 2":            {"213364010001508dc6336409000000000000000001070000" + "6b0a31d3a0470000" + "9033e2c0f98bc70a47e6ffdf6d139adb", 2, "198.51.100.1", "224.0.0.18", "198.51.100.9"},
	"version 3":            {"3133640100643566c633640901070000" + "6b0a31dba5a80000" + "46f3a545d915b0909a668382377de10e", 3, "198.51.100.1", "224.0.0.18", "198.51.100.9"},
	"version 3, to a peer": {"313364010064eb42c633640901070000" + "6b0a31e3b1c40000" + "08fbb9beaec1c99349bc80c6c0590281", 3, "198.51.100.1", "198.51.100.2", "198.51.100.9"},
	"version 3, over IPv6": {"3133640100640616fe80000000000000000000000000000901070000" + "6b0a31ebbd9c0000" + "ec877c525216821643744e577617c28a", 3, "fe80::4023:83ff:fe80:41db", "ff02::12", "fe80::9"},
}

// signing is a router like those whose adverts were captured.
func signing(version uint8, from, to, address string) (AdvertParams, Packet) {
	w := AdvertParams{Version: version, IPv6: ip(from).Is6(), VRID: 51, Interval: time.Second, Addrs: []netip.Addr{ip(address)},
		Signing: &Signing{Keys: map[uint8][]byte{7: signingKey}, Active: 7, Window: 5 * time.Second}}
	w.Held, w.Unicast = w.Addrs, !ip(to).IsMulticast()
	return w, Packet{TTL: 255, From: ip(from), To: ip(to), Peer: true}
}

func TestSignedAdvertsAreThoseOfKeepalived(t *testing.T) {
	for name, c := range captured {
		want, err := hex.DecodeString(c.bytes)
		if err != nil {
			t.Fatal(err)
		}
		w, p := signing(c.version, c.from, c.to, c.address)
		stamp := Stamp(0)
		for _, b := range want[len(want)-TrailerLen+trailerStamp:][:8] {
			stamp = stamp<<8 | Stamp(b)
		}
		if got := w.AppendSigned(nil, w.Advert(100), p.From, p.To, stamp); hex.EncodeToString(got) != c.bytes {
			t.Errorf("%s: sent\n%x, want\n%x", name, got, want)
		}
		p.Payload, p.At = want, time.Unix(int64(stamp>>32)+5, 0)
		a, why := w.Receive(p)
		if why != Accepted || a.Priority != 100 || a.Stamp != stamp || a.Age != 5*time.Second {
			t.Errorf("%s: %+v, %q", name, a, why)
		}
		w.Signing = nil
		if _, why := w.Receive(p); why != Accepted {
			t.Errorf("%s: a router that signs nothing says %q", name, why)
		}
	}
}

func TestWhichSignedAdvertsAreTaken(t *testing.T) {
	c := captured["version 3, to a peer"]
	const at = 0x6b0a31e3
	trailer := func(p *Packet) []byte { return p.Payload[len(p.Payload)-TrailerLen:] }
	for name, row := range map[string]struct {
		want Refusal
		edit func(*AdvertParams, *Packet)
	}{
		"as it is":                             {Accepted, func(*AdvertParams, *Packet) {}},
		"without a trailer":                    {Unsigned, func(_ *AdvertParams, p *Packet) { p.Payload = p.Payload[:12] }},
		"without one, where that is allowed":   {Accepted, func(w *AdvertParams, p *Packet) { p.Payload, w.Signing.Mode = p.Payload[:12], Permissive }},
		"without one, for one that signs none": {Accepted, func(w *AdvertParams, p *Packet) { p.Payload, w.Signing.Mode = p.Payload[:12], ReceiveOnly }},
		"with a wrong one all the same":        {HMACFailed, func(w *AdvertParams, p *Packet) { trailer(p)[27] ^= 1; w.Signing.Mode = Permissive }},
		"with more behind it":                  {Unsigned, func(_ *AdvertParams, p *Packet) { p.Payload = append(p.Payload, 0) }},
		"with another kind of trailer":         {BadTrailer, func(_ *AdvertParams, p *Packet) { trailer(p)[0] = 2 }},
		"with something in the zeros":          {BadTrailer, func(_ *AdvertParams, p *Packet) { trailer(p)[3] = 1 }},
		"with another key":                     {UnknownKey, func(_ *AdvertParams, p *Packet) { trailer(p)[1] = 8 }},
		"with another secret":                  {HMACFailed, func(w *AdvertParams, _ *Packet) { w.Signing.Keys[7] = append([]byte{1}, signingKey[1:]...) }},
		"with another priority":                {HMACFailed, func(_ *AdvertParams, p *Packet) { p.Payload[2] = 200 }},
		"with another VRID":                    {HMACFailed, func(_ *AdvertParams, p *Packet) { p.Payload[1] = 52 }},
		"from another sender":                  {HMACFailed, func(_ *AdvertParams, p *Packet) { p.From = ip("198.51.100.3") }},
		"with a changed stamp":                 {HMACFailed, func(_ *AdvertParams, p *Packet) { trailer(p)[11]++ }},
		"with a changed checksum":              {BadChecksum, func(_ *AdvertParams, p *Packet) { p.Payload[6] ^= 1 }},
		"once more":                            {Replayed, func(_ *AdvertParams, p *Packet) { p.Mark = StampOf(p.At) | 0xb1c40000 }},
		"behind a later one":                   {Replayed, func(_ *AdvertParams, p *Packet) { p.Mark = StampOf(p.At.Add(time.Second)) }},
		"behind one from a clock since set":    {Accepted, func(_ *AdvertParams, p *Packet) { p.Mark = StampOf(p.At.Add(time.Hour)) }},
		"behind such a one, without a window":  {Replayed, func(w *AdvertParams, p *Packet) { p.Mark, w.Signing.Window = StampOf(p.At.Add(time.Hour)), 0 }},
		"at the end of the window":             {Accepted, func(_ *AdvertParams, p *Packet) { p.At = p.At.Add(5 * time.Second) }},
		"behind the window":                    {Stale, func(_ *AdvertParams, p *Packet) { p.At = p.At.Add(6 * time.Second) }},
		"before the window":                    {Stale, func(_ *AdvertParams, p *Packet) { p.At = p.At.Add(-6 * time.Second) }},
		"behind no window":                     {Accepted, func(w *AdvertParams, p *Packet) { w.Signing.Window, p.At = 0, p.At.Add(time.Hour) }},
		"from one that is no peer":             {NotPeer, func(_ *AdvertParams, p *Packet) { p.Peer = false }},
		"from one that is none, without": {Accepted, func(w *AdvertParams, p *Packet) {
			p.Peer, p.Payload, w.Signing.Mode = false, p.Payload[:12], Permissive
		}},
	} {
		w, p := signing(c.version, c.from, c.to, c.address)
		p.Payload, _ = hex.DecodeString(c.bytes)
		p.At = time.Unix(at, 0)
		row.edit(&w, &p)
		if a, why := w.Receive(p); why != row.want || why == Replayed && a.Stamp != 0 {
			t.Errorf("%s: %q, stamp %x; want %q", name, why, a.Stamp, row.want)
		}
	}
}

func TestStampsGrow(t *testing.T) {
	now := time.Unix(1700000000, 500_000_000)
	g := Signing{Window: 5 * time.Second}
	if got, want := StampOf(now), Stamp(1700000000<<32|0x8000<<16); got != want {
		t.Errorf("%x, want %x", got, want)
	}
	first := g.Next(0, now)
	second := g.Next(first, now)
	if second != first+1 || !second.after(first) {
		t.Errorf("%x after %x at the same instant", second, first)
	}
	if got := g.Next(second, now.Add(time.Second)); got != StampOf(now.Add(time.Second)) {
		t.Errorf("a second later it is %x", got)
	}
	if got := g.Next(first, now.Add(-5*time.Second)); got != first+1 {
		t.Errorf("after a clock was set back inside the window it is %x", got)
	}
	if got := g.Next(first, now.Add(-time.Minute)); got != StampOf(now.Add(-time.Minute)) {
		t.Errorf("after a clock was set back far it is %x, which nobody takes", got)
	}
	g.Window = 0
	if got := g.Next(first, now.Add(-time.Hour)); got != first+1 {
		t.Errorf("without a window it is %x, which does not grow", got)
	}
	if last := Stamp(0xfffffffffffffff0); !(Stamp(3)).after(last) {
		t.Error("in 2106 stamps begin anew, and are after the last ones")
	}
}

func TestMarksAreOfTheSendersHeardLast(t *testing.T) {
	var m Marks
	for i := range 20 {
		m.Note(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), Stamp(i+1), 4)
		m.Note(ip("192.0.2.99"), Stamp(100+i), 4)
	}
	if len(m) != 4 || m.Of(ip("192.0.2.99")) != 119 || m.Of(ip("192.0.2.19")) != 20 || m.Of(ip("192.0.2.16")) != 0 {
		t.Errorf("%v", m)
	}
}

func TestADriftingClockIsToldBeforeItsAdvertsAreRefused(t *testing.T) {
	w, _ := signing(3, "198.51.100.1", "224.0.0.18", "198.51.100.9")
	for seconds, want := range map[int]bool{0: false, 2: false, 3: true, -2: false, -3: true} {
		if got := w.Drifts(Advert{Stamp: 1, Age: time.Duration(seconds) * time.Second}); got != want {
			t.Errorf("%d s: %v", seconds, got)
		}
	}
	w.Signing.Window = 0
	if w.Drifts(Advert{Stamp: 1, Age: time.Hour}) {
		t.Error("without a window no clock drifts")
	}
}

func TestATrailerTakesRoomFromAddresses(t *testing.T) {
	w, _ := signing(3, "198.51.100.1", "224.0.0.18", "198.51.100.9")
	if got := w.MaxAddresses(20 + 8 + TrailerLen + 4*5 + 3); got != 5 {
		t.Errorf("%d addresses", got)
	}
	w.Signing.Mode = ReceiveOnly
	if got := w.MaxAddresses(20 + 8 + TrailerLen + 4*5 + 3); got != 12 {
		t.Errorf("%d addresses beside no trailer", got)
	}
}

func FuzzSignedAdvert(f *testing.F) {
	for _, c := range captured {
		b, _ := hex.DecodeString(c.bytes)
		f.Add(b, strings.Contains(c.from, ":"))
	}
	f.Fuzz(func(t *testing.T, payload []byte, six bool) {
		c := captured["version 3"]
		if six {
			c = captured["version 3, over IPv6"]
		}
		w, p := signing(c.version, c.from, c.to, c.address)
		p.Payload, p.At = payload, time.Unix(0x6b0a31db, 0)
		if _, why := w.Receive(p); why == Accepted && hex.EncodeToString(payload) != c.bytes {
			t.Errorf("taken without the key: %x", payload)
		}
	})
}
