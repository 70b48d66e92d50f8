package vrrprole

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

func TestFloodDoesNotKeepTheLoopFromItsClock(t *testing.T) {
	l := &loop{role: &role{inbox: make(chan input, 4)}}
	heard := 0
	var again loopQuestion
	again = func(l *loop) {
		if heard++; heard < 1000 {
			l.role.inbox <- again
		}
	}
	l.role.inbox <- again
	l.role.inbox <- again
	l.drain()
	if heard != 2 {
		t.Errorf("%d were heard before the clock was looked at", heard)
	}
}

func TestReaderKnowsTheRoutersOfItsLink(t *testing.T) {
	var ids vridsOf
	ids.set(map[uint8]bool{1: true, 64: true, 255: true})
	for id := range 256 {
		if want := id == 1 || id == 64 || id == 255; ids.has(uint8(id)) != want {
			t.Errorf("%d: %v", id, !want)
		}
	}
	ids.set(nil)
	if ids.has(64) {
		t.Error("64 is still heard")
	}
}

// handOn is a writer that has not begun to work.
func handOn(t *testing.T, twin *kernel.Twin) *writer {
	return newWriter(twin, t.TempDir(), func(in input) { t.Errorf("told: %v", in) })
}

// finish lets the writer do all that is queued.
func (h *writer) finish(t *testing.T) {
	h.ctx = t.Context()
	h.carryOut(h.take())
}

func TestAnnouncementsOfOneRouterDoNotPileUp(t *testing.T) {
	twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
	h := handOn(t, twin)
	key, addrs := routerKey{vrid: 51}, []plan.Address{{Link: "eth0", Prefix: netip.MustParsePrefix(vip)}}
	h.hold(key, plan.State{Addresses: addrs})
	for range 100 {
		h.announce(key, addrs, 5)
	}
	if n := len(h.todo); n != 2 {
		t.Errorf("%d tasks are queued", n)
	}
	h.finish(t)
	if n := len(twin.Announced()); n != 5 {
		t.Errorf("%d announcements", n)
	}
	h.announce(key, addrs, 5)
	h.finish(t)
	if n := len(twin.Announced()); n != 10 {
		t.Errorf("%d announcements, with a second block", n)
	}
}

func TestReleaseDropsTheAnnouncementsBeforeIt(t *testing.T) {
	twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
	h := handOn(t, twin)
	key, addrs := routerKey{vrid: 51}, []plan.Address{{Link: "eth0", Prefix: netip.MustParsePrefix(vip)}}
	h.hold(key, plan.State{Addresses: addrs})
	h.announce(key, addrs, 5)
	h.release(key)
	h.hold(key, plan.State{Addresses: addrs})
	h.announce(key, addrs, 2)
	h.finish(t)
	if n := len(twin.Announced()); n != 2 {
		t.Errorf("%d announcements", n)
	}
}

func TestAddressPutBackAfterARestartIsAnnounced(t *testing.T) {
	twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
	there := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(vip)}
	gone := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.101/32")}
	if err := twin.AddAddress(there); err != nil {
		t.Fatal(err)
	}
	h := handOn(t, twin)
	both := []plan.Address{there, gone}
	h.holdAgain(routerKey{vrid: 51}, plan.State{Addresses: both}, both, 5)
	h.finish(t)
	list := twin.Announced()
	for _, a := range list {
		if a.Addr != gone.Prefix.Addr() {
			t.Errorf("%s was announced", a.Addr)
		}
	}
	if len(list) != 5 {
		t.Errorf("%d announcements", len(list))
	}
}

func TestAddressesWithoutRoomInTheAdvertAreHeldAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := instance("VI_1", 51, 100, vip)
		for i := range 299 {
			in.Addrs = append(in.Addrs, model.Address{Prefix: netip.MustParsePrefix(fmt.Sprintf("198.51.%d.%d/32", 100+i/250, 1+i%250))})
		}
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(in))
		time.Sleep(5 * time.Second)
		adv, err := vrrp.ParseAdvert(wire.Seen()[0].Payload, false)
		if err != nil || len(adv.Addrs) != 255 || !a.holds("198.51.101.49/32") {
			t.Errorf("%d addresses in the advert, %v", len(adv.Addrs), err)
		}
		if n := a.notices("addresses-not-advertised"); len(n) != 1 || n[0]["count"] != "45" {
			t.Errorf("told: %v", n)
		}
		a.stop(control.Release)
	})
}

// notices gives the facts of the notices of a code.
func (s *seat) notices(code string) (list []map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if e.Kind == journal.Notice && e.Facts["code"] == code {
			list = append(list, e.Facts)
		}
	}
	return list
}

func TestLastAddressOfALinkIsLeftAtTheStart(t *testing.T) {
	for _, c := range []struct {
		name, own string
		stays     bool
	}{{"it is the only one", vip, true}, {"there is another", "192.0.2.1/24", false}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				twin := newTwinLink(t, kernel.NewWire(), c.own)
				if c.own != vip {
					if err := twin.AddAddress(plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(vip)}); err != nil {
						t.Fatal(err)
					}
				}
				a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
				time.Sleep(time.Second) // before anybody can be master
				if a.holds(vip) != c.stays {
					t.Errorf("the address is there: %v", !c.stays)
				}
				if n := a.notices("address-not-ours"); (len(n) == 1) != c.stays {
					t.Errorf("told: %v", n)
				}
				a.stop(control.Release)
				if c.stays && !a.holds(vip) {
					t.Error("it went with the stop")
				}
			})
		})
	}
}

func TestOldLinksEndDoesNotTakeTheNewOneOfItsName(t *testing.T) {
	l := &links{byName: map[string]kernel.Link{"eth0": {Name: "eth0", Index: 9}}}
	l.link(kernel.LinkEvent{Link: kernel.Link{Name: "eth0", Index: 4}, Gone: true})
	if l.byName["eth0"].Index != 9 {
		t.Error("the new link is gone")
	}
	l.link(kernel.LinkEvent{Link: kernel.Link{Name: "eth0", Index: 9}, Gone: true})
	if _, there := l.byName["eth0"]; there {
		t.Error("the link that ended is still there")
	}
}
