package vrrprole

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// withPassword is an instance of VRID 51 with a password.
func withPassword(password string, priority uint8, vips ...string) model.Config {
	in := instance("VI_1", 51, priority, vips[0])
	for _, v := range vips[1:] {
		in.Addrs = append(in.Addrs, model.Address{Prefix: netip.MustParsePrefix(v)})
	}
	in.AuthType, in.Password = model.Some("PASS"), model.Some(model.Secret(password))
	return configOf(in)
}

// complaintsOf gives what a seat's only instance complains of: "code from".
func (s *seat) complaintsOf() (list []string) {
	for _, c := range s.status().Instances[0].Complaints {
		list = append(list, c.Code+" "+c.From)
	}
	return list
}

func TestTwoPairsWithOneVRIDBothServeAndSaySo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		other := "192.0.2.200/32"
		var nodes []*seat
		for i, c := range []struct {
			priority uint8
			vip      string
		}{{150, vip}, {100, vip}, {140, other}, {90, other}} {
			nodes = append(nodes, sit(t, newTwinLink(t, wire, fmt.Sprintf("192.0.2.%d/24", i+1)), withPassword("1111", c.priority, c.vip)))
		}
		time.Sleep(10 * time.Second)
		for i, state := range []string{"MASTER", "BACKUP", "MASTER", "BACKUP"} {
			nodes[i].is("VI_1", state)
		}
		if h := nodes[3].status().Instances[0].Holder; h != "192.0.2.3" {
			t.Errorf("the second pair's address is held by %s", h)
		}
		if c := nodes[2].complaintsOf(); !slices.Contains(c, "packet-other-pair 192.0.2.1") || len(c) != 1 {
			t.Errorf("it complains of %v", c)
		}
		if n := nodes[2].status().Instances[0].Stats.AddressErrors; n < 5 {
			t.Errorf("%d counted", n)
		}
		// The other pair's resignation is none of ours.
		nodes[0].stop(control.Release)
		nodes[1].stop(control.Release)
		time.Sleep(10 * time.Second)
		nodes[2].is("VI_1", "MASTER")
		nodes[3].is("VI_1", "BACKUP")
		if c := nodes[2].complaintsOf(); len(c) > 0 {
			t.Errorf("it still complains of %v", c)
		}
		if n := nodes[2].notices("packets-ended"); len(n) != 1 {
			t.Errorf("the end was told %d times", len(n))
		}
		nodes[2].stop(control.Release)
		nodes[3].stop(control.Release)
	})
}

func TestAnAddressThatTheMasterDoesNotAdvertiseIsNotSaidToBeHeldByIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire, more := kernel.NewWire(), "192.0.2.101/32"
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), withPassword("1111", 150, vip))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), withPassword("1111", 100, vip, more))
		time.Sleep(10 * time.Second)
		in := b.status().Instances[0]
		if in.State != "BACKUP" || in.Holder != "192.0.2.1" || !slices.Equal(in.Unheld, []string{more}) {
			t.Errorf("%s, held by %s but for %v", in.State, in.Holder, in.Unheld)
		}
		if c := in.Complaints; len(c) != 1 || c[0].Code != "packet-addresses" || c[0].Dropped {
			t.Errorf("it complains of %v", c)
		}
		if _, err := a.role.Apply(t.Context(), withPassword("1111", 150, vip, more)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1500 * time.Millisecond)
		if in := b.status().Instances[0]; len(in.Unheld) > 0 {
			t.Errorf("after the mend %v counts as not held", in.Unheld)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestARouterThatRefusesAdvertsSaysSoUntilTheFaultEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), withPassword("one", 150, vip))
		time.Sleep(5 * time.Second)
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), withPassword("two", 100, vip))
		time.Sleep(20 * time.Second)
		in := b.status().Instances[0]
		if in.State != "MASTER" || in.Reason != string(vrrp.AdvertsRefused) {
			t.Errorf("%s because of %s", in.State, in.Reason)
		}
		if len(in.Complaints) != 1 {
			t.Fatalf("it complains of %v", in.Complaints)
		}
		c := in.Complaints[0]
		if c.Code != "packet-auth-failed" || c.From != "192.0.2.1" || c.Count < 19 || time.Since(c.Last) > time.Second || !c.Dropped {
			t.Errorf("it complains of %+v", c)
		}
		if _, err := b.role.Apply(t.Context(), withPassword("one", 100, vip)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(vrrp.Instance{Advert: time.Second}.Down(vrrp.PriorityLowest) + time.Second)
		b.is("VI_1", "BACKUP")
		if c := b.complaintsOf(); len(c) > 0 {
			t.Errorf("after the mend it complains of %v", c)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// It advertises less often than we look for adverts.
func TestASlowPeerWithAnotherIntervalIsComplainedOfWithoutPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		slow := instance("VI_1", 51, 150, vip)
		slow.Advert = model.Some(model.Seconds(20 * time.Second))
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(slow))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(90 * time.Second) // until the slow one is master
		for range 30 {
			time.Sleep(time.Second)
			if c := b.complaintsOf(); !slices.Equal(c, []string{"packet-interval 192.0.2.1"}) {
				t.Fatalf("it complains of %v", c)
			}
		}
		if n := len(b.notices("packets-ended")); n > 0 {
			t.Errorf("the end was told %d times", n)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestForgedSendersMakeNoEndOfComplaints(t *testing.T) {
	c := complaints{note: func(journal.Entry) {}, told: map[fault]bool{}}
	now := time.Now()
	for i := range 1000 {
		c.add(complaint{fault: fault{routerKey{vrid: 51}, vrrp.BadTTL}, from: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}),
			last: now.Add(time.Duration(i) * time.Millisecond), ends: now.Add(time.Hour)})
	}
	if n := len(c.status(routerKey{vrid: 51})); n != maxComplaints {
		t.Errorf("%d are kept", n)
	}
	if last := c.list[len(c.list)-1].from; last != netip.MustParseAddr("10.0.3.231") {
		t.Errorf("the newest is %v", last)
	}
}
