package vrrprole

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// The sentences that end with "holds no address" are said only where none stands, on any
// link: of an instance whose addresses are on two, after each of the causes.
func TestHoldsNoAddressIsNotSaidWhileOneStands(t *testing.T) {
	const other = "192.0.2.200/32"
	text := func(more ...string) model.Config {
		return configFrom(t, strings.Replace(pairText(100, more...), vip, vip+"\n"+other+" dev eth1", 1))
	}
	for want, cause := range map[string]func(a *seat){
		"no-interface":   func(a *seat) { a.twin.RemoveLink("eth0") },
		"strict-unicast": func(a *seat) { a.take(text("strict_mode", "unicast_peer {\n192.0.2.2\n}")) },
		"no-peers":       func(a *seat) { a.take(text("unicast_fault_no_peer")) },
	} {
		if !strings.Contains(assets.Text("en", "held."+want, map[string]string{"interface": "eth0"}), "holds no address") {
			t.Errorf("%s does not say so", want)
		}
		synctest.Test(t, func(t *testing.T) {
			twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
			twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.9/24")}})
			a := sit(t, twin, text())
			time.Sleep(5 * time.Second)
			if a.is("VI_1", "MASTER"); !a.holds(vip) || !a.holds(other) {
				t.Fatal("it is no master to begin with")
			}
			cause(a)
			time.Sleep(5 * time.Second)
			in := a.status().Instances[0]
			if !slices.ContainsFunc(in.Held, func(b control.Blocked) bool { return b.Code == want }) {
				t.Errorf("%s: held is %v", want, in.Held)
			}
			if a.holds(vip) || a.holds(other) {
				t.Errorf("%s: it says that it holds no address, and one stands", want)
			}
			a.stop(control.Release)
		})
	}
}

// A process that comes back without the right to send takes off what the killed one left.
func TestHoldsNoAddressIsTrueAfterAKillWithoutTheRightToSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, twin := t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		var lacks []string
		opt := Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return lacks }, Wake: NewTimer,
		}
		before := sitIn(t, dir, configFrom(t, pairText(100)), opt)
		before.twin = twin
		time.Sleep(5 * time.Second)
		before.stop(control.Handoff) // the address stays
		if !before.holds(vip) {
			t.Fatal("there is nothing to take off")
		}
		lacks = []string{"no-net-raw"}
		after := sitIn(t, dir, configFrom(t, pairText(100)), opt)
		after.twin = twin
		time.Sleep(5 * time.Second)
		after.is("VI_1", "FAULT")
		if after.holds(vip) {
			t.Error("it says that it holds no address, and one stands")
		}
		after.stop(control.Release)
	})
}

// A virtual router is known by what is on the wire: another name is no other router.
func TestARenamedInstanceStaysMasterWithoutAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90)))
		time.Sleep(10 * time.Second)
		from := len(wire.Seen())
		a.take(configFrom(t, strings.Replace(pairText(100), "VI_1", "web", 1)))
		time.Sleep(10 * time.Second)
		a.is("web", "MASTER")
		b.is("VI_1", "BACKUP")
		if !a.holds(vip) || b.holds(vip) || len(b.changes("VI_1")) != 1 {
			t.Errorf("the address moved: %q", b.changes("VI_1"))
		}
		last := time.Time{}
		for _, p := range wire.Seen()[from:] {
			if adv, err := vrrp.ParseAdvert(p.Payload, false); err != nil || adv.Priority != 100 || !last.IsZero() && p.At.Sub(last) > time.Second {
				t.Errorf("an advert of priority %d after %v: %v", adv.Priority, p.At.Sub(last), err)
			}
			last = p.At
		}
		if list := a.status().Instances; len(list) != 1 || list[0].Name != "web" {
			t.Errorf("the status names %+v", list)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}
