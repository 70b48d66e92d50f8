package vrrp

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// The packets are those that keepalived 2.2.7 was seen to send.
func TestTheBytesOfEachVersionAndFamily(t *testing.T) {
	four, six := []netip.Addr{ip("10.0.0.100")}, []netip.Addr{ip("fd00::100")}
	for name, row := range map[string]struct {
		w        AdvertParams
		from, to string
		want     string
	}{
		"2, IPv4, to a peer":       {AdvertParams{Version: 2, Addrs: four, Unicast: true}, "10.0.0.1", "10.0.0.2", "2133640100" + "01" + "7066" + "0a000064" + "0000000000000000"},
		"3, IPv4, to a peer":       {AdvertParams{Version: 3, Addrs: four, Unicast: true}, "10.0.0.1", "10.0.0.2", "313364010064" + "4b84" + "0a000064"},
		"3, IPv4, to the group":    {AdvertParams{Version: 3, Addrs: four}, "10.0.0.1", "224.0.0.18", "313364010064" + "7573" + "0a000064"},
		"3, IPv4, as before 1.3.7": {AdvertParams{Version: 3, Addrs: four, Unicast: true, OldSum: true}, "10.5.5.1", "10.0.0.2", "313364010064" + "706e" + "0a000064"},
		"2, IPv6, to a peer":       {AdvertParams{Version: 2, IPv6: true, Addrs: six, Unicast: true}, "fd00::1", "fd00::2", "213364010001" + "823c" + "fd000000000000000000000000000100"},
		"3, IPv6, to a peer":       {AdvertParams{Version: 3, IPv6: true, Addrs: six, Unicast: true}, "fd00::1", "fd00::2", "313364010064" + "71d9" + "fd000000000000000000000000000100"},
	} {
		w := row.w
		w.VRID, w.Interval, w.Held = 51, time.Second, w.Addrs
		b := w.Advert(100).Append(nil, ip(row.from), ip(row.to))
		if got := hex.EncodeToString(b); got != row.want {
			t.Errorf("%s:\n%s\n%s", name, got, row.want)
		}
		a, why := w.Receive(Packet{Payload: b, TTL: 255, From: ip(row.from), To: ip(row.to)})
		if why != Accepted || a.Priority != 100 || a.Interval != time.Second || a.OldSum != w.OldSum {
			t.Errorf("%s: taken as %+v, %q", name, a, why)
		}
		b[len(b)-1] ^= 1
		if _, why := w.Receive(Packet{Payload: b, TTL: 255, From: ip(row.from), To: ip(row.to)}); why != BadChecksum && why != AuthFailed {
			t.Errorf("%s: damaged it is %q", name, why)
		}
	}
}

// A sum with the group in it is taken of a peer, unless none is to be; a sum without a
// pseudo header where v3_checksum_as_v2 says so.
func TestWhichSumsOfVersion3AreTaken(t *testing.T) {
	w := AdvertParams{Version: 3, VRID: 51, Interval: time.Second, Addrs: []netip.Addr{lowAd}, Held: []netip.Addr{lowAd}, Unicast: true}
	old := w
	old.OldSum = true
	b := old.Advert(100).Append(nil, own, highAd)
	if a, why := w.Receive(Packet{Payload: b, TTL: 255, From: own, To: highAd}); why != Accepted || !a.OldSum {
		t.Errorf("the old sum: %+v, %q", a, why)
	}
	w.NoOldSum = true
	if _, why := w.Receive(Packet{Payload: b, TTL: 255, From: own, To: highAd}); why != BadChecksum {
		t.Errorf("the old sum where it is not to be: %q", why)
	}
	plain := Advert{Version: 3, Type: 1, VRID: 51, Priority: 100, Interval: time.Second, Addrs: w.Addrs}.Append(nil, own, highAd)
	plain[6], plain[7] = 0, 0
	sum := Checksum(plain)
	plain[6], plain[7] = byte(sum>>8), byte(sum)
	if _, why := w.Receive(Packet{Payload: plain, TTL: 255, From: own, To: highAd}); why != PlainSum {
		t.Errorf("a sum without a pseudo header: %q", why)
	}
	w.PlainSum = true
	if a, why := w.Receive(Packet{Payload: plain, TTL: 255, From: own, To: highAd}); why != Accepted || !a.PlainSum {
		t.Errorf("a sum without a pseudo header where both are taken: %+v, %q", a, why)
	}
	if sent := w.Advert(100).Append(nil, own, highAd); !slices.Equal(sent, plain) {
		t.Errorf("sent is %x, want %x", sent, plain)
	}
	usual := w.Advert(100)
	usual.PlainSum = false
	if a, why := w.Receive(Packet{Payload: usual.Append(nil, own, highAd), TTL: 255, From: own, To: highAd}); why != Accepted || a.PlainSum {
		t.Errorf("the usual sum where both are taken: %+v, %q", a, why)
	}
}

// RFC 9568, 6.1: skew and master-down interval are parts of the master's interval.
func TestABackupOfVersion3WaitsByTheMastersInterval(t *testing.T) {
	in := router()
	in.Version, in.Advert = Version3, 100*time.Millisecond
	s := backup(t, in)
	wantDue(t, s, t0.Add(300*time.Millisecond+100*time.Millisecond*156/256))
	s, _ = in.Step(s, Heard{Priority: 200, From: highAd, Interval: 400 * time.Millisecond}, at(0.1))
	wantDue(t, s, at(0.1).Add(1200*time.Millisecond+400*time.Millisecond*156/256))
	resigned, _ := in.Step(s, Heard{Priority: 0, From: highAd, Interval: 400 * time.Millisecond}, at(0.2))
	wantDue(t, resigned, at(0.2).Add(400*time.Millisecond*156/256))
	m, _ := in.Step(s, Tick{}, s.Due)
	wantRole(t, m, Master, AdvertTimeout)
	wantDue(t, m, s.Due.Add(100*time.Millisecond)) // as a master it goes by its own
	back, _ := in.Step(m, Heard{Priority: 200, From: highAd, Interval: 400 * time.Millisecond}, s.Due)
	wantRole(t, back, Backup, HigherPriority)
	wantDue(t, back, s.Due.Add(1200*time.Millisecond+400*time.Millisecond*156/256))
}

// A router that yields sends a last advert with higher_prio_send_advert: that and its short
// interval say nothing of the master to which it yields.
func TestALastAdvertOfAFastRouterDoesNotShortenTheWaitForASlowMaster(t *testing.T) {
	in := router()
	in.Version, in.Priority, in.Advert = Version3, 55, 100*time.Millisecond
	best := Heard{Priority: 255, From: highAd, Interval: time.Second}
	last := Heard{Priority: 87, From: lowAd, Interval: 100 * time.Millisecond}
	s, _ := in.Step(backup(t, in), best, at(1))
	s, _ = in.Step(s, last, at(1.001))
	wantDue(t, s, at(1).Add(in.DownOf(55, time.Second)))
	if s.Holder != highAd || s.HolderPriority != 255 {
		t.Errorf("the master it hears is %v of priority %d", s.Holder, s.HolderPriority)
	}
	tie := last
	tie.Priority = 255
	s, _ = in.Step(s, tie, at(1.002))
	wantDue(t, s, at(1).Add(in.DownOf(55, time.Second)))

	// Where the better one has fallen silent, that router has taken over.
	gone := at(1).Add(in.DownOf(55, time.Second) - in.Down(55))
	s, _ = in.Step(s, last, gone)
	wantDue(t, s, gone.Add(in.Down(55)))
	if s.Holder != lowAd || s.Interval != last.Interval {
		t.Errorf("the master it hears is %v of interval %v", s.Holder, s.Interval)
	}
	// The better one itself is believed, also when it becomes the faster one and less good.
	s, _ = in.Step(s, best, gone)
	s, _ = in.Step(s, Heard{Priority: 200, From: highAd, Interval: 100 * time.Millisecond}, gone)
	wantDue(t, s, gone.Add(in.Down(55)))
}

func TestABackupOfVersion2KeepsToItsOwnInterval(t *testing.T) {
	in := router()
	s, _ := in.Step(backup(t, in), Heard{Priority: 200, From: highAd, Interval: 9 * time.Second}, at(1))
	wantDue(t, s, at(1).Add(in.Down(100)))
}

func TestABackupOfVersion3ThatIsResumedKnowsTheMastersInterval(t *testing.T) {
	in := router()
	in.Version, in.Advert = Version3, 100*time.Millisecond
	m := SavedState{Role: Backup, Due: at(1.2), Interval: 400 * time.Millisecond, Holder: highAd, Held: 200, Priority: 100}
	s, ok := in.Wait(m, well, t0)
	if !ok || s.Interval != 400*time.Millisecond {
		t.Fatalf("%v %v", s.Interval, ok)
	}
	wantDue(t, s, at(1.2))
}
