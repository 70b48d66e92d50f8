package vrrprole

import (
	"context"
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

func TestBestOfTwoBecomesMasterAndHoldsTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 90, vip)))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if !a.holds(vip) || b.holds(vip) {
			t.Errorf("the address is on a: %v, on b: %v", a.holds(vip), b.holds(vip))
		}
		if h := b.status().Instances[0].Holder; h != "192.0.2.1" {
			t.Errorf("b takes %s for the master", h)
		}
		a.stop(control.Release)
		time.Sleep(vrrp.Skew(90) + time.Millisecond)
		b.is("VI_1", "MASTER")
		if a.holds(vip) || !b.holds(vip) {
			t.Errorf("after the stop the address is on a: %v, on b: %v", a.holds(vip), b.holds(vip))
		}
		want := []string{"INIT BACKUP start", "BACKUP MASTER advert-timeout", "MASTER STOP stopped"}
		if got := a.changes("VI_1"); !slices.Equal(got, want) {
			t.Errorf("a's journal: %q", got)
		}
		want = []string{"INIT BACKUP start", "BACKUP MASTER priority-zero"}
		if got := b.changes("VI_1"); !slices.Equal(got, want) {
			t.Errorf("b's journal: %q", got)
		}
		b.stop(control.Release)
	})
}

func TestMasterAnnouncesEachAddressFiveTimesAndAgainAfterTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := instance("VI_1", 51, 100, vip)
		in.Addrs = append(in.Addrs, model.Address{Prefix: netip.MustParsePrefix("192.0.2.101/32")})
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(in))
		time.Sleep(5 * time.Second)
		if n := len(twin.Announced()); n != 10 {
			t.Errorf("%d announcements in the first block", n)
		}
		if l := twin.Announced(); l[0].Addr == l[1].Addr {
			t.Error("a round goes over all addresses before the next begins")
		}
		time.Sleep(5 * time.Second)
		if n := len(twin.Announced()); n != 20 {
			t.Errorf("%d announcements after garp_master_delay", n)
		}
		a.stop(control.Release)
	})
}

func TestLinkDownIsAFaultThatEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		twin.SetLink(kernel.Link{Name: "eth0", Up: true})
		time.Sleep(time.Millisecond)
		a.is("VI_1", "FAULT")
		if a.holds(vip) {
			t.Error("the address stayed")
		}
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "link-down" {
			t.Errorf("held: %v", h)
		}
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true})
		time.Sleep(time.Millisecond)
		a.is("VI_1", "BACKUP")
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
	})
}

func TestAnInstanceOnAPortOfABridgeSaysThatItHearsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, Port: "bridge"})
		time.Sleep(time.Millisecond)
		a.is("VI_1", "MASTER")
		h := a.status().Instances[0].Held
		if len(h) != 1 || h[0].Code != "interface-is-port" || h[0].Args["kind"] != "bridge" || h[0].Args["interface"] != "eth0" {
			t.Errorf("held: %v", h)
		}
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true})
		time.Sleep(time.Millisecond)
		if h := a.status().Instances[0].Held; len(h) > 0 {
			t.Errorf("still held: %v", h)
		}
		a.stop(control.Release)
	})
}

func TestInstanceWaitsForItsInterfaceToAppear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := kernel.NewTwin()
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(20 * time.Second)
		a.is("VI_1", "FAULT")
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "no-interface" {
			t.Errorf("held: %v", h)
		}
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true,
			Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}})
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if len(a.status().Instances[0].Held) != 0 {
			t.Error("still held back")
		}
		a.stop(control.Release)
	})
}

func TestAddressTakenOffByAStrangerMakesTheMasterResign(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 90, vip)))
		time.Sleep(10 * time.Second)
		addrs, _ := a.twin.Addresses()
		for _, addr := range addrs {
			if addr.Prefix.String() == vip {
				if err := a.twin.DeleteAddress(addr); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(time.Millisecond)
		a.is("VI_1", "BACKUP")
		time.Sleep(vrrp.Skew(100)) // the best comes back before another has waited long enough
		a.is("VI_1", "MASTER")
		if !a.holds(vip) || b.holds(vip) {
			t.Error("the address did not come back")
		}
		time.Sleep(10 * time.Second)
		if got := b.changes("VI_1"); len(got) != 1 {
			t.Errorf("the backup moved: %q", got)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestOwnReleaseIsNotTakenForAStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		in := instance("VI_1", 51, 100, "192.0.2.200/32")
		p, err := a.role.Apply(context.Background(), configOf(in))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"ip address add 192.0.2.200/32 dev eth0 scope global", "ip address del 192.0.2.100/32 dev eth0"}
		if !slices.Equal(p.Lines, want) {
			t.Errorf("operations: %q", p.Lines)
		}
		time.Sleep(time.Second)
		a.is("VI_1", "MASTER")
		if a.holds(vip) || !a.holds("192.0.2.200/32") {
			t.Error("the address was not exchanged")
		}
		a.stop(control.Release)
	})
}

func TestApplyThatChangesAPriorityDelaysNoAdvert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5*time.Second + 300*time.Millisecond)
		p, err := a.role.Apply(context.Background(), configOf(instance("VI_1", 51, 120, vip)))
		if err != nil || len(p.Operations) > 0 || !slices.Contains(p.Changes, "VI_1: priority 100 -> 120") {
			t.Errorf("%v %v %v", p.Operations, p.Changes, err)
		}
		time.Sleep(3 * time.Second)
		var last time.Time
		for _, pk := range wire.Seen() {
			if gap := pk.At.Sub(last); !last.IsZero() && gap > time.Second {
				t.Errorf("a gap of %v", gap)
			}
			last = pk.At
		}
		if seen := wire.Seen(); seen[len(seen)-1].Payload[2] != 120 {
			t.Error("the new priority is not on the wire")
		}
		a.stop(control.Release)
	})
}

func TestRemovedInstanceResignsAndTheOtherStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		one, two := instance("VI_1", 51, 100, vip), instance("VI_2", 52, 100, "192.0.2.101/32")
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(one, two))
		time.Sleep(5 * time.Second)
		if _, err := a.role.Apply(context.Background(), configOf(two)); err != nil {
			t.Fatal(err)
		}
		if a.holds(vip) || !a.holds("192.0.2.101/32") {
			t.Error("the wrong addresses are left")
		}
		resigned := slices.ContainsFunc(wire.Seen(), func(p kernel.Packet) bool { return p.Payload[1] == 51 && p.Payload[2] == 0 })
		if !resigned {
			t.Error("VI_1 did not resign")
		}
		a.is("VI_2", "MASTER")
		if n := len(a.changes("VI_2")); n != 2 {
			t.Errorf("VI_2 was disturbed: %q", a.changes("VI_2"))
		}
		a.stop(control.Release)
	})
}

func TestSyncGroupMovesAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		in := []model.Instance{instance("VI_1", 51, 100, vip), instance("VI_2", 52, 100, "198.51.100.100/32")}
		in[1].Interface = "eth1"
		cfg := configOf(in...)
		cfg.Groups = []model.Group{{Name: "VG", Members: []string{"VI_1", "VI_2"}}}
		twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, Addrs: []netip.Prefix{netip.MustParsePrefix("198.51.100.1/24")}})
		a := sit(t, twin, cfg)
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.is("VI_2", "MASTER")
		twin.SetLink(kernel.Link{Name: "eth1"})
		time.Sleep(time.Millisecond)
		a.is("VI_1", "FAULT")
		a.is("VI_2", "FAULT")
		if g := a.status().Groups; len(g) != 1 || g[0].State != "FAULT" {
			t.Errorf("groups: %v", g)
		}
		want := []string{"INIT BACKUP start", "BACKUP MASTER advert-timeout", "MASTER FAULT link-down"}
		if got := a.changes("VG"); !slices.Equal(got, want) {
			t.Errorf("the group's journal: %q", got)
		}
		a.stop(control.Release)
	})
}

func TestHandoffLeavesTheAddressAndSaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		a.stop(control.Handoff)
		if !a.holds(vip) {
			t.Error("the address went")
		}
		if seen := wire.Seen(); seen[len(seen)-1].Payload[2] == 0 {
			t.Error("it resigned")
		}
		if got := a.changes("VI_1"); len(got) != 2 {
			t.Errorf("journal: %q", got)
		}
	})
}

func TestOwnersAddressStaysWhenTheRoleStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		in := instance("VI_1", 51, 255, "192.0.2.1/24")
		in.Master = true
		in.Addrs = append(in.Addrs, model.Address{Prefix: netip.MustParsePrefix(vip)})
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(in))
		time.Sleep(time.Millisecond)
		a.is("VI_1", "MASTER")
		if p := wire.Seen()[0]; p.Src.String() != "192.0.2.1" || p.Payload[3] != 2 {
			t.Errorf("from %s with %d addresses", p.Src, p.Payload[3])
		}
		a.stop(control.Release)
		if !a.holds("192.0.2.1/24") || a.holds(vip) {
			t.Error("the wrong addresses are left")
		}
	})
}

func TestAdvertsWithAnotherPasswordAreCountedAndToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		with := func(password string, priority uint8) model.Config {
			in := instance("VI_1", 51, priority, vip)
			in.AuthType, in.Password = model.Some("PASS"), model.Some(model.Secret(password))
			return configOf(in)
		}
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), with("one", 100))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), with("two", 90))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER") // both are: that is what the complaint is for
		b.is("VI_1", "MASTER")
		if n := a.status().Instances[0].Stats.AuthFailures; n < 5 {
			t.Errorf("%d counted", n)
		}
		told := 0
		a.mu.Lock()
		for _, e := range a.entries {
			if e.Kind == journal.Notice && e.Facts["code"] == "packet-auth-failed" && e.Facts["from"] == "192.0.2.2" {
				told++
			}
		}
		a.mu.Unlock()
		if told != 1 {
			t.Errorf("told %d times", told)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// Both keep the address: nobody can be elected against oneself.
func TestAdvertsOfAHostWithOurOwnAddressAreToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		wire.Lose(func(p kernel.Packet) bool { return true }) // so that the other becomes master, too
		b := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		wire.Lose(nil)
		time.Sleep(5 * time.Second)
		for _, s := range []*seat{a, b} {
			s.is("VI_1", "MASTER")
			if n := s.notices("packet-own-address"); len(n) != 1 || n[0]["from"] != "192.0.2.1" {
				t.Errorf("told: %v", n)
			}
			s.stop(control.Release)
		}
	})
}

func TestMailIsAskedForOnlyWhereSmtpAlertIsInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quiet, loud := instance("VI_1", 51, 100, vip), instance("VI_2", 52, 100, "192.0.2.101/32")
		loud.SMTPAlert = model.Some(true)
		cfg := configOf(quiet, loud)
		cfg.Global.NoEmailFaults = true
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, cfg)
		time.Sleep(5 * time.Second)
		twin.SetLink(kernel.Link{Name: "eth0"})
		time.Sleep(time.Second)
		a.mu.Lock()
		for _, e := range a.entries {
			if e.Kind != journal.InstanceState {
				continue
			}
			if want := e.Object == "VI_2" && e.Facts["to"] != "FAULT"; e.Mail != want {
				t.Errorf("%s to %s: mail %v", e.Object, e.Facts["to"], e.Mail)
			}
		}
		a.mu.Unlock()
		a.stop(control.Release)
	})
}

func TestTwoHundredRoutersShareOneSocketAndMoveTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var in []model.Instance
		for i := range 200 {
			in = append(in, instance(fmt.Sprintf("VI_%d", i), uint8(i+1), 100, fmt.Sprintf("198.51.100.%d/32", i+1)))
		}
		opened := 0
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, configOf(in...), func(o *Options) {
			o.OpenWire = func(link string, group netip.Addr) (Wire, error) {
				opened++
				return twin.OpenVRRP(link, group)
			}
		})
		time.Sleep(10 * time.Second)
		for _, s := range a.status().Instances {
			if s.State != "MASTER" {
				t.Errorf("%s is %s", s.Name, s.State)
			}
		}
		if opened != 1 {
			t.Errorf("%d sockets", opened)
		}
		a.stop(control.Release)
	})
}
