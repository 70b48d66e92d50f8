package vrrprole

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// What follows was reported of keepalived by its users, and has to go well here.
// The numbers are those of its issues.

// take gives a node another configuration.
func (s *seat) take(cfg model.Config) {
	s.t.Helper()
	if _, err := s.role.Apply(context.Background(), cfg); err != nil {
		s.t.Fatal(err)
	}
}

// notifies counts the lines that a notify script wrote.
func notifies(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	return strings.Count(string(text), "\n")
}

// Issues 836 and 1385: the interface loses all its addresses and gets its own
// back a second later.
func TestFlushedInterfaceGivesTheAddressAwayAndTakesItBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		own := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.1/24")}
		a := sit(t, newTwinLink(t, wire, own.Prefix.String()), configOf(instance("VI_1", 51, 100, vip)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 90, vip)))
		time.Sleep(10 * time.Second)
		list, err := a.twin.Addresses()
		if err != nil {
			t.Fatal(err)
		}
		for _, addr := range list {
			if err := a.twin.DeleteAddress(addr); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		a.is("VI_1", "FAULT")
		b.is("VI_1", "MASTER")
		if a.holds(vip) || !b.holds(vip) {
			t.Error("the address is not on b")
		}
		if err := a.twin.AddAddress(own); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if !a.holds(vip) || b.holds(vip) {
			t.Error("the address is not back on a")
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// Issue 1603: an address more, first on the backup, then on the master.
func TestAddressAddedToTheBackupFirstMakesNoSecondMaster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		with := func(priority uint8, more ...string) model.Config {
			in := instance("VI_1", 51, priority, vip)
			for _, p := range more {
				in.Addrs = append(in.Addrs, model.Address{Prefix: netip.MustParsePrefix(p)})
			}
			return configOf(in)
		}
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), with(100))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), with(90))
		time.Sleep(10 * time.Second)
		b.take(with(90, "192.0.2.101/32"))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if n := b.notices("packet-addresses"); len(n) != 1 {
			t.Errorf("told: %v", n)
		}
		a.take(with(100, "192.0.2.101/32"))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "BACKUP")
		if !a.holds("192.0.2.101/32") || b.holds("192.0.2.101/32") || len(b.changes("VI_1")) != 1 {
			t.Errorf("b's journal: %q", b.changes("VI_1"))
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

// Issue 80: preempt_delay is for a master with a lower priority, and there is none.
func TestPreemptDelayKeepsNoLoneRouterFromItsAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		with := func(priority uint8) model.Config {
			in := instance("VI_1", 51, priority, vip)
			in.PreemptDelay = model.Some(model.Seconds(10 * time.Second))
			return configOf(in)
		}
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), with(100))
		time.Sleep(4 * time.Second)
		a.is("VI_1", "MASTER")
		for _, priority := range []uint8{110, 90, 100} {
			a.take(with(priority))
			time.Sleep(3 * time.Second)
			a.is("VI_1", "MASTER")
		}
		var last time.Time
		for _, p := range wire.Seen() {
			if gap := p.At.Sub(last); !last.IsZero() && gap > time.Second {
				t.Errorf("an advert came %v after the one before", gap)
			}
			last = p.At
		}
		a.stop(control.Release)
	})
}

// Issue 1532: one link of a group falls, both do, the addresses of one go.
func TestGroupLeavesFaultHoweverItsLinksFell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		in := []model.Instance{instance("VI_1", 51, 100, vip), instance("VI_2", 52, 100, "198.51.100.100/32")}
		in[1].Interface = "eth1"
		cfg := configOf(in...)
		cfg.Groups = []model.Group{{Name: "VG", Members: []string{"VI_1", "VI_2"}}}
		link := func(name, addr string, running bool) {
			twin.SetLink(kernel.Link{Name: name, Up: true, Running: running, MTU: 1500, Addrs: []netip.Prefix{netip.MustParsePrefix(addr)}})
		}
		link("eth1", "198.51.100.1/24", true)
		a := sit(t, twin, cfg)
		are := func(state string) {
			t.Helper()
			time.Sleep(5 * time.Second)
			a.is("VI_1", state)
			a.is("VI_2", state)
		}
		are("MASTER")
		link("eth1", "198.51.100.1/24", false)
		are("FAULT")
		link("eth1", "198.51.100.1/24", true)
		are("MASTER")
		link("eth0", "192.0.2.1/24", false)
		link("eth1", "198.51.100.1/24", false)
		are("FAULT")
		link("eth0", "192.0.2.1/24", true)
		are("FAULT")
		link("eth1", "198.51.100.1/24", true)
		are("MASTER")
		own := plan.Address{Link: "eth1", Prefix: netip.MustParsePrefix("198.51.100.1/24")}
		if err := twin.DeleteAddress(own); err != nil {
			t.Fatal(err)
		}
		are("FAULT")
		if err := twin.AddAddress(own); err != nil {
			t.Fatal(err)
		}
		are("MASTER")
		a.stop(control.Release)
	})
}

// Issue 1804: a reload that moves nobody notifies nobody.
func TestReloadThatMovesNobodyRunsNoNotifyScript(t *testing.T) {
	out := filepath.Join(t.TempDir(), "notified")
	l := newLab(t)
	a := l.nodes["a"]
	text := func(priority int, more string) string {
		return conf("BACKUP", priority, fmt.Sprintf("notify \"/bin/sh -c 'echo $3 >> %s' sh\"", out), more)
	}
	a.start(text(100, ""))
	a.becomes("MASTER", 15*time.Second)
	for end := time.Now().Add(15 * time.Second); notifies(out) < 2; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d notifications\n%s", notifies(out), a.log.String())
		}
	}
	client := control.Dial(filepath.Join(a.dir, "vrrp.sock"))
	for _, next := range []string{text(100, ""), text(110, ""), text(110, "virtual_ipaddress_excluded {\n192.0.2.101/32\n}")} {
		if _, err := client.Apply(t.Context(), control.ApplyRequest{Text: next}); err != nil {
			t.Fatal(err)
		}
	}
	a.signal(15) // what was to be told is told by now, and the stop behind it
	text3, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(text3)); !slices.Equal(got, []string{"BACKUP", "MASTER", "STOP"}) && !slices.Equal(got, []string{"BACKUP", "MASTER"}) {
		t.Errorf("notified: %q", got)
	}
}

// Issue 442: two routers in one network; the one whose address the kernel has as
// the primary one lets go.
func TestAddressStaysWhenThePrimaryOneOfItsNetworkGoes(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	one := func(name string, vrid int, addr string) string {
		return fmt.Sprintf("vrrp_instance %s {\nstate MASTER\ninterface eth0\nvirtual_router_id %d\npriority 255\nvirtual_ipaddress {\n%s\n}\n}\n", name, vrid, addr)
	}
	both := one("VI_1", 51, "198.51.100.1/24") + one("VI_2", 52, "198.51.100.2/24")
	a.start(both)
	there := func() string {
		out, err := exec.Command("ip", "-n", a.ns, "-br", "address", "show", "dev", "eth0").Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	wait := func(want string, is func(string) bool) {
		t.Helper()
		for end := time.Now().Add(15 * time.Second); !is(there()); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("want %s, have %s\n%s", want, there(), a.log.String())
			}
		}
	}
	wait("both addresses", func(s string) bool {
		return strings.Contains(s, "198.51.100.1/24") && strings.Contains(s, "198.51.100.2/24")
	})
	client := control.Dial(filepath.Join(a.dir, "vrrp.sock"))
	if _, err := client.Apply(t.Context(), control.ApplyRequest{Text: one("VI_2", 52, "198.51.100.2/24")}); err != nil {
		t.Fatal(err)
	}
	wait("the second address alone", func(s string) bool {
		return !strings.Contains(s, "198.51.100.1/24") && strings.Contains(s, "198.51.100.2/24")
	})
}

// Issue 2219: the interface has no address of its own.
func TestRouterWithoutAnAddressOfItsOwnWaitsAndSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := kernel.NewTwin()
		twin.Plug("eth0", kernel.NewWire())
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500})
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "FAULT")
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "no-address" {
			t.Errorf("held: %v", h)
		}
		if err := twin.AddAddress(plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.1/24")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
	})
}

// Issues 1112 and 2298: the MAC address of a master's interface changes.
func TestLaterAnnouncementsCarryAChangedMAC(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"]
	heard := l.announcements("a0")
	a.start(conf("BACKUP", 100, "garp_master_refresh 1"))
	a.becomes("MASTER", 15*time.Second)
	l.ip("-n", a.ns, "link", "set", "eth0", "address", "02:00:00:00:07:07")
	nextFrames(t, heard, 1, func(f heardFrame) bool { return f.from == "02:00:00:00:07:07" })
	if s := a.status(); s.State != "MASTER" {
		t.Errorf("it is %s", s.State)
	}
}
