package vrrprole

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// Both become master: that is what the complaint is for.
func TestAnAdvertOfAnotherVersionIsToldWithItsSenderAndBothVersions(t *testing.T) {
	for name, addrs := range map[string][2]string{"group": {"", ""}, "peers": {peers("192.0.2.2"), peers("192.0.2.1")}} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, "version 2", addrs[0])))
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, "version 3", addrs[1])))
			time.Sleep(10 * time.Second)
			for i, s := range []*seat{a, b} {
				s.is("VI_1", "MASTER")
				from, version, own := []string{"192.0.2.2", "192.0.2.1"}[i], []string{"3", "2"}[i], []string{"2", "3"}[i]
				c := s.status().Instances[0].Complaints
				if len(c) != 1 || c[0].Code != "packet-version" || c[0].From != from || c[0].Args["version"] != version || c[0].Args["own_version"] != own {
					t.Errorf("%s: the status says %+v", name, c)
				}
				if n := s.notices("packet-version"); len(n) == 0 || n[0]["from"] != from || n[0]["version"] != version || n[0]["own_version"] != own {
					t.Errorf("%s: the journal says %v", name, n)
				}
				s.stop(control.Release)
			}
		})
	}
}

// One router of a pair speaks to the group and the other to peers: each hears the other
// and says so.
func TestARouterOfPeersAndOneOfTheGroupTellOfEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, peers("192.0.2.1"))))
		time.Sleep(10 * time.Second)
		for i, s := range []*seat{a, b} {
			s.is("VI_1", "MASTER")
			want := []string{"packet-unicast 192.0.2.2", "packet-multicast 192.0.2.1"}[i]
			if c := s.complaintsOf(); !slices.Equal(c, []string{want}) {
				t.Errorf("it complains of %q, want %q", c, want)
			}
		}
		a.stop(control.Release)
		time.Sleep(10 * time.Second)
		b.is("VI_1", "MASTER")
		if c := b.complaintsOf(); len(c) > 0 {
			t.Errorf("nobody speaks to the group any more, and it complains of %q", c)
		}
		b.stop(control.Release)
	})
}

func TestAPairOfTheGroupBesideAPairOfPeersWithItsVRIDIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, strings.Replace(pairText(100), vip, "192.0.2.200/32", 1)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, peers("192.0.2.3"))))
		time.Sleep(10 * time.Second)
		for _, s := range []*seat{a, b} {
			s.is("VI_1", "MASTER")
			if c := s.complaintsOf(); len(c) > 0 {
				t.Errorf("it complains of %q", c)
			}
			s.stop(control.Release)
		}
	})
}

// One text may have both, on one interface and of one number.
func TestTheGroupsRouterOfTheSameHostHearsWhatGoesToTheGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		text := pairText(100) + strings.Replace(strings.Replace(pairText(100, peers("192.0.2.9")), "VI_1", "VI_2", 1), vip, "192.0.2.200/32", 1)
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, text))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(150)))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "BACKUP")
		a.is("VI_2", "MASTER")
		for _, in := range a.status().Instances {
			if len(in.Complaints) > 0 {
				t.Errorf("%s complains of %+v", in.Name, in.Complaints)
			}
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// A router with peers needs no group: where none can be joined it serves all the same.
func TestARouterOfPeersServesWhereNoGroupCanBeJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configFrom(t, pairText(100, peers("192.0.2.2"))), func(o *Options) {
			o.OpenWire = func(link string, group netip.Addr) (Wire, error) {
				if group == vrrp.Group4 {
					return nil, errUnreachable
				}
				return twin.OpenVRRP(link, group)
			}
		})
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if in := a.status().Instances[0]; len(in.Held) > 0 {
			t.Errorf("held: %+v", in.Held)
		}
		a.stop(control.Release)
	})
}
