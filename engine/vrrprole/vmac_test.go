package vrrprole

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/vrrp"
)

// vmacText is an instance on eth0; words go into it.
func vmacText(name string, vrid int, address string, words ...string) string {
	return fmt.Sprintf("vrrp_instance %s {\ninterface eth0\nvirtual_router_id %d\npriority 100\nvirtual_ipaddress {\n%s\n}\n%s\n}\n", name, vrid, address, strings.Join(words, "\n"))
}

// The names are those that keepalived 2.2.7 was seen to choose for the same texts.
func TestMacvlansAreNamedAsByKeepalived(t *testing.T) {
	on := func(text, link string) string { return strings.Replace(text, "eth0", link, 1) }
	for name, row := range map[string]struct{ text, there, want string }{
		"one":  {vmacText("A", 51, "192.0.2.100/24", "use_vmac"), "", "vrrp.51@eth0 00:00:5e:00:01:33"},
		"IPv6": {vmacText("A", 51, "fe80::100/64", "use_vmac"), "", "vrrp.51@eth0 00:00:5e:00:02:33"},
		"both families, and another interface": {vmacText("A", 51, "192.0.2.100/24", "use_vmac") + vmacText("B", 51, "fe80::100/64", "use_vmac") +
			on(vmacText("C", 51, "198.51.100.100/24", "use_vmac"), "eth1") + on(vmacText("D", 51, "fe80::101/64", "use_vmac"), "eth1"), "",
			"vrrp.51@eth0 00:00:5e:00:01:33, vrrp6.51@eth0 00:00:5e:00:02:33, vrrp1.51@eth1 00:00:5e:00:01:33, vrrp2.51@eth1 00:00:5e:00:02:33"},
		"a name and a MAC address": {vmacText("A", 52, "192.0.2.100/24", "use_vmac name mine 02:00:00:00:00:07"), "", "mine@eth0 02:00:00:00:00:07"},
		"five octets":              {vmacText("A", 52, "192.0.2.100/24", "use_vmac 2:0:0:0:9"), "", "vrrp.52@eth0 02:00:00:00:09:34"},
		"the name is another's":    {vmacText("A", 51, "192.0.2.100/24", "use_vmac"), "vrrp.51", "vrrp1.51@eth0 00:00:5e:00:01:33"},
		"a later instance has the name": {vmacText("A", 51, "192.0.2.100/24", "use_vmac") + vmacText("B", 52, "192.0.2.101/24", "use_vmac vrrp.51"), "",
			"vrrp1.51@eth0 00:00:5e:00:01:33, vrrp.51@eth0 00:00:5e:00:01:34"},
		"a name that two instances ask for": {vmacText("A", 51, "192.0.2.100/24", "use_vmac mine") + vmacText("B", 52, "192.0.2.101/24", "use_vmac mine"), "",
			"mine@eth0 00:00:5e:00:01:33, vrrp.52@eth0 00:00:5e:00:01:34"},
		"prefixes": {"global_defs {\nvmac_prefix vm\nvmac_addr_prefix va\n}\n" + vmacText("A", 51, "192.0.2.100/24\n198.51.100.1/24 dev eth1 use_vmac\n198.51.100.2/24 dev eth1", "use_vmac"), "",
			"vm.51@eth0 00:00:5e:00:01:33, va.51@eth1 00:00:5e:00:01:33"},
		"use_vmac_addr": {vmacText("A", 51, "192.0.2.100/24\n198.51.100.2/24 dev eth1", "use_vmac", "use_vmac_addr"), "",
			"vrrp.51@eth0 00:00:5e:00:01:33, vrrp1.51@eth1 00:00:5e:00:01:33"},
		"no use_vmac": {vmacText("A", 51, "192.0.2.100/24 dev eth1 use_vmac"), "", ""},
	} {
		var there []kernel.Link
		if row.there != "" {
			there = []kernel.Link{{Name: row.there}}
		}
		_, wish := place(configFrom(t, row.text), nil, there)
		var got []string
		for _, l := range wish.links {
			got = append(got, l.Name+"@"+l.Parent+" "+l.MAC.String())
		}
		if strings.Join(got, ", ") != row.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func (s *seat) link(name string) (kernel.Link, bool) {
	s.t.Helper()
	links, err := s.twin.Links()
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(links, func(l kernel.Link) bool { return l.Name == name })
	if i < 0 {
		return kernel.Link{}, false
	}
	return links[i], true
}

func (s *seat) setting(link, name string) int {
	s.t.Helper()
	v, err := s.twin.Setting(link, name)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func TestAPairWithVirtualMACsHoldsItsAddressesOnLinksOfItsOwn(t *testing.T) {
	for words, via := range map[string]string{"use_vmac": "vrrp.51", "use_vmac\nvmac_xmit_base": "eth0"} {
		synctest.Test(t, func(t *testing.T) {
			wire := kernel.NewWire()
			a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configFrom(t, pairText(100, words)))
			b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configFrom(t, pairText(90, words)))
			time.Sleep(10 * time.Second)
			a.is("VI_1", "MASTER")
			b.is("VI_1", "BACKUP")
			if l, _ := a.link("vrrp.51"); !slices.Contains(l.Addrs, netip.MustParsePrefix(vip)) {
				t.Errorf("the address is not on %+v", l)
			}
			if p := wire.Seen()[0]; p.Link != via || p.Src.String() != "192.0.2.1" {
				t.Errorf("adverts leave by %s from %s", p.Link, p.Src)
			}
			if n := a.twin.Announced(); len(n) == 0 || n[0].Link != "vrrp.51" {
				t.Errorf("announced: %v", n)
			}
			if _, there := b.link("vrrp.51"); !there || b.setting("eth0", plan.ARPIgnore) != 1 || b.setting("eth0", plan.ARPFilter) != 1 {
				t.Error("the backup is not prepared")
			}
			if got := a.changes("VI_1"); !slices.Equal(got, []string{"INIT BACKUP start", "BACKUP MASTER advert-timeout"}) {
				t.Errorf("a's journal: %q", got)
			}
			a.stop(control.Release)
			if _, there := a.link("vrrp.51"); there || a.setting("eth0", plan.ARPIgnore) != 0 || a.setting("eth0", plan.ARPFilter) != 0 {
				t.Error("after the stop something is left")
			}
			time.Sleep(vrrp.Skew(90) + time.Millisecond)
			b.is("VI_1", "MASTER")
			b.stop(control.Release)
		})
	}
}

// vmacSeat starts a role in dir on a twin.
func vmacSeat(t *testing.T, dir string, twin *kernel.Twin, text string) *seat {
	s := sitIn(t, dir, configFrom(t, text), Options{
		OpenNet:  func() (Net, error) { return twin, nil },
		OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
		Lacks:    func() []string { return nil }, Wake: NewTimer,
	})
	s.twin = twin
	return s
}

func TestASuccessorTakesOverTheMacvlanAndPutsBackWhatWasSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, twin := t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		text := vmacText("A", 51, vip, "use_vmac")
		a := vmacSeat(t, dir, twin, text)
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		before, _ := a.link("vrrp.51")
		a.stop(control.Handoff)
		b := vmacSeat(t, dir, twin, text)
		time.Sleep(100 * time.Millisecond)
		b.is("A", "MASTER")
		if after, _ := b.link("vrrp.51"); after.Index != before.Index || !b.holds(vip) {
			t.Error("the link was made anew")
		}
		b.stop(control.Release)
		if _, there := b.link("vrrp.51"); there || b.setting("eth0", plan.ARPIgnore) != 0 {
			t.Error("the second one leaves what the first one made")
		}
		// One whose text has no use any more for what a dead one left.
		a = vmacSeat(t, dir, twin, text)
		time.Sleep(5 * time.Second)
		a.stop(control.Handoff)
		c := vmacSeat(t, dir, twin, vmacText("A", 51, vip))
		time.Sleep(5 * time.Second)
		c.is("A", "MASTER")
		if _, there := c.link("vrrp.51"); there || c.setting("eth0", plan.ARPIgnore) != 0 {
			t.Error("what nobody wants stays")
		}
		c.stop(control.Release)
	})
}

func TestALinkOfTheNameThatIsAnothersKeepsTheInstanceInFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.SetLink(kernel.Link{Name: "mine", Up: true, Running: true})
		a := vmacSeat(t, t.TempDir(), twin, vmacText("A", 51, vip, "use_vmac mine"))
		time.Sleep(5 * time.Second)
		a.is("A", "FAULT")
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "link-taken" || h[0].Args["interface"] != "mine" {
			t.Errorf("held: %v", h)
		}
		twin.RemoveLink("mine")
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		a.stop(control.Release)
	})
}

func TestAMacvlanIsMadeAnewWithItsParentAndFollowsItsMTU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		twin := newTwinLink(t, wire, "192.0.2.1/24")
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500})
		a := vmacSeat(t, t.TempDir(), twin, vmacText("A", 51, vip, "use_vmac"))
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 9000})
		time.Sleep(time.Millisecond)
		if l, _ := a.link("vrrp.51"); l.MTU != 9000 {
			t.Error("the MTU is", l.MTU)
		}
		twin.RemoveLink("eth0")
		time.Sleep(time.Second)
		a.is("A", "FAULT")
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true, MTU: 1500, Addrs: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24")}})
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		if l, _ := a.link("vrrp.51"); !slices.Contains(l.Addrs, netip.MustParsePrefix(vip)) || a.setting("eth0", plan.ARPIgnore) != 1 {
			t.Errorf("%+v", l)
		}
		a.stop(control.Release)
		if a.setting("eth0", plan.ARPIgnore) != 0 {
			t.Error("a setting stays")
		}
	})
}

func TestAnApplyMakesAndRemovesMacvlansAsItsPreviewSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		plain, vmac := vmacText("A", 51, vip), vmacText("A", 51, vip, "use_vmac")
		other := vmacText("B", 52, "192.0.2.102/32", "use_vmac")
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := vmacSeat(t, t.TempDir(), twin, plain+other)
		time.Sleep(5 * time.Second)
		stays, _ := a.link("vrrp.52")
		apply := func(text string, want ...string) {
			t.Helper()
			cfg := configFrom(t, text)
			planned, err := a.role.Plan(context.Background(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			did, err := a.role.Apply(context.Background(), cfg)
			if err != nil || !slices.Equal(planned.Lines, did.Lines) || !slices.Equal(did.Lines, want) {
				t.Errorf("planned %q\ndid %q\nwant %q\n%v", planned.Lines, did.Lines, want, err)
			}
			time.Sleep(5 * time.Second)
			a.is("A", "MASTER")
			a.is("B", "MASTER")
			if now, _ := a.link("vrrp.52"); now.Index != stays.Index || len(now.Addrs) != 1 {
				t.Error("what did not change was touched")
			}
		}
		add := "ip link add link eth0 name vrrp.51 address 00:00:5e:00:01:33 type macvlan mode private"
		apply(vmac+other, add, "ip address del "+vip+" dev eth0")
		apply(vmac + other)
		apply(plain+other, "ip address del "+vip+" dev vrrp.51", "ip link del dev vrrp.51")
		cfg := configFrom(t, plain)
		if did, err := a.role.Apply(context.Background(), cfg); err != nil || !slices.Equal(did.Lines[1:], []string{"ip link del dev vrrp.52", "sysctl -w net.ipv4.conf.eth0.arp_announce=0",
			"sysctl -w net.ipv4.conf.eth0.arp_filter=0", "sysctl -w net.ipv4.conf.eth0.arp_ignore=0"}) {
			t.Errorf("%q: %v", did.Lines, err)
		}
		a.stop(control.Release)
	})
}

func TestWhatSomebodySetMeanwhileIsNotSetBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.Change(plan.Setting{Link: "eth0", Name: plan.ARPFilter, Value: 1})
		a := vmacSeat(t, t.TempDir(), twin, vmacText("A", 51, vip, "use_vmac"))
		time.Sleep(time.Second)
		twin.Change(plan.Setting{Link: "eth0", Name: plan.ARPIgnore, Value: 2})
		a.stop(control.Release)
		if a.setting("eth0", plan.ARPIgnore) != 2 || a.setting("eth0", plan.ARPFilter) != 1 {
			t.Error("set back")
		}
	})
}

func TestAVirtualRouterKeepsItsVirtualMACByName(t *testing.T) {
	_, wish := place(configFrom(t, vmacText("A", 51, vip, "use_vmac")), []plan.Link{{Name: "vrrp1.51", Parent: "eth0", MAC: plan.MAC{0, 0, 0x5e, 0, 1, 51}}},
		[]kernel.Link{{Name: "vrrp1.51"}})
	if len(wish.links) != 1 || wish.links[0].Name != "vrrp1.51" {
		t.Errorf("%+v", wish.links)
	}
	var none model.Config
	if _, wish := place(none, nil, nil); !wish.none() {
		t.Error("nothing wants a link")
	}
}
