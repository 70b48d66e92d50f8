package vrrprole

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// speaker sends adverts of VRID 51 to the group from an address.
func speaker(t *testing.T, wire *kernel.Wire, from string) func(version, priority uint8) {
	t.Helper()
	v, err := newTwinLink(t, wire, from+"/24").OpenVRRP("eth0", vrrp.Group4)
	if err != nil {
		t.Fatal(err)
	}
	src := netip.MustParseAddr(from)
	return func(version, priority uint8) {
		w := vrrp.AdvertParams{Version: version, VRID: 51, Interval: time.Second, Addrs: []netip.Addr{netip.MustParsePrefix(vip).Addr()}}
		if err := v.Send(kernel.Header{Src: src, Dst: vrrp.Group4, TTL: 255}, w.Advert(priority).Append(nil, src, vrrp.Group4)); err != nil {
			t.Fatal(err)
		}
	}
}

// One that was master before us falls silent with our first advert.
func TestARefusedMasterBesideWhomWeBecomeMasterIsToldAfterItsLastAdvert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		say := speaker(t, wire, "192.0.2.2")
		for a.status().Instances[0].State != "MASTER" {
			say(3, 200)
			time.Sleep(time.Second)
		}
		time.Sleep(5 * time.Minute)
		if c := a.complaintsOf(); len(c) != 1 || c[0] != "packet-version 192.0.2.2" {
			t.Errorf("it complains of %q", c)
		}
		a.stop(control.Release)
	})
}

// keepalived 2.2.7 that refuses our adverts says one or two of its own and then, master
// all the same, nothing: each of ours puts its next one off.
func TestARefusedMasterThatOursMuteIsToldUntilItIsUnderstood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		time.Sleep(5 * time.Second)
		say := speaker(t, wire, "192.0.2.2")
		say(3, 90)
		time.Sleep(5 * time.Minute)
		if c := a.complaintsOf(); len(c) != 1 || c[0] != "packet-version 192.0.2.2" {
			t.Fatalf("it complains of %q", c)
		}
		say(2, 90)
		time.Sleep(time.Second)
		if c := a.complaintsOf(); len(c) > 0 {
			t.Errorf("the sender is understood, and it complains of %q", c)
		}
		if n := a.notices("packets-ended"); len(n) != 1 {
			t.Errorf("the end was told %d times", len(n))
		}
		a.stop(control.Release)
	})
}

func TestARefusedMasterThatOursMuteIsNotSaidToHaveEnded(t *testing.T) {
	for name, row := range map[string]struct {
		say         []uint8 // priorities
		after       time.Duration
		code, other string
	}{
		"muted":   {[]uint8{90}, 11 * time.Minute, "packets-silent", "packets-ended"},
		"speaks":  {[]uint8{90, 90, 90, 90, 90}, 10 * time.Second, "packets-ended", "packets-silent"},
		"resigns": {[]uint8{90, 0}, 10 * time.Second, "packets-ended", "packets-silent"},
	} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
			time.Sleep(5 * time.Second)
			say := speaker(t, wire, "192.0.2.2")
			for _, priority := range row.say {
				say(3, priority)
				time.Sleep(time.Second)
			}
			time.Sleep(row.after)
			if n, other := a.notices(row.code), a.notices(row.other); len(n) != 1 || len(other) > 0 || len(a.complaintsOf()) > 0 {
				t.Errorf("%s: %v %v, complaints %v", name, n, other, a.complaintsOf())
			}
			a.stop(control.Release)
		})
	}
}
