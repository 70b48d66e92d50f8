package vrrprole

import (
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

// routeWords are a line for every word of a route, and what the kernel is asked for.
var routeWords = map[string][2]string{
	"unicast": {"unicast 198.51.100.0/24 dev eth0", "ip route prepend 198.51.100.0/24 dev eth0"}, "local": {"local 198.51.100.1 dev eth0", "prepend local 198.51.100.1"},
	"broadcast": {"broadcast 198.51.100.1 dev eth0", "prepend broadcast 198.51.100.1"}, "multicast": {"multicast 239.1.0.0/16 dev eth0", "prepend multicast 239.1.0.0/16"},
	"throw": {"throw 198.51.100.0/24", "prepend throw 198.51.100.0/24"}, "unreachable": {"unreachable 198.51.100.0/24", "prepend unreachable"},
	"prohibit": {"prohibit 198.51.100.0/24", "prepend prohibit"}, "blackhole": {"blackhole 198.51.100.0/24", "prepend blackhole"}, "nat": {"nat 198.51.100.0/24", "prepend nat"},
	"to": {"dev eth0 to 198.51.100.0/24", "prepend 198.51.100.0/24 dev eth0"}, "inet": {"default via inet 192.0.2.9", "default via 192.0.2.9"}, "inet6": {"default via inet6 fe80::9 dev eth0", "ip -6 route prepend default via fe80::9"},
	"via": {"default via 192.0.2.9", "via 192.0.2.9"}, "or": {"default via 192.0.2.9 or 192.0.2.8", "nexthop via 192.0.2.9 nexthop via 192.0.2.8"},
	"nexthop": {"default nexthop via 192.0.2.9 nexthop via 192.0.2.8", "nexthop via 192.0.2.9 nexthop via 192.0.2.8"}, "weight": {"default nexthop via 192.0.2.9 weight 3 nexthop dev eth0", "nexthop via 192.0.2.9 weight 3 nexthop dev eth0"},
	"dev": {"default dev eth0", "default dev eth0"}, "src": {"default dev eth0 src 192.0.2.1", "src 192.0.2.1"}, "table": {"default dev eth0 table vpn", "table 77"},
	"protocol": {"default dev eth0 protocol static no_track", "proto 4"}, "scope": {"default dev eth0 scope link", "scope link"}, "metric": {"default dev eth0 metric 5", "metric 5"},
	"tos": {"default dev eth0 tos 0x10", "tos 0x10"}, "mtu": {"default dev eth0 mtu lock 1400", "mtu lock 1400"}, "hoplimit": {"default dev eth0 hoplimit 9", "hoplimit 9"}, "advmss": {"default dev eth0 advmss 1300", "advmss 1300"},
	"rtt": {"default dev eth0 rtt 300ms", "rtt 300ms"}, "rttvar": {"default dev eth0 rttvar 300ms", "rttvar 300ms"}, "reordering": {"default dev eth0 reordering 5", "reordering 5"}, "window": {"default dev eth0 window 5", "window 5"},
	"cwnd": {"default dev eth0 cwnd 5", "cwnd 5"}, "ssthresh": {"default dev eth0 ssthresh 5", "ssthresh 5"}, "realms": {"default dev eth0 realms 3/4", "realms 3/4"}, "rto_min": {"default dev eth0 rto_min 300ms", "rto_min 300ms"},
	"initcwnd": {"default dev eth0 initcwnd 5", "initcwnd 5"}, "initrwnd": {"default dev eth0 initrwnd 5", "initrwnd 5"}, "quickack": {"default dev eth0 quickack 1", "quickack 1"}, "congctl": {"default dev eth0 congctl reno", "congctl reno"},
	"pref": {"2001:db8:9::/48 dev eth0 pref low", "pref low"}, "fastopen_no_cookie": {"default dev eth0 fastopen_no_cookie 1", "fastopen_no_cookie 1"}, "ttl-propagate": {"default dev eth0 ttl-propagate enabled", "ttl-propagate enabled"},
	"expires": {"2001:db8:9::/48 dev eth0 expires 60", "expires 60"}, "features": {"default dev eth0 features ecn", "features ecn"}, "onlink": {"default via 192.0.2.9 dev eth0 onlink", "onlink"},
	"add": {"add default dev eth0", "ip route add default"}, "prepend": {"prepend default dev eth0", "ip route prepend default"}, "append": {"append default dev eth0", "ip route append default"},
	"no_track": {"default dev eth0 no_track", "default dev eth0"}, "track_group": {"default dev eth0", "default dev eth0"},
}

// ruleWords is routeWords for rules.
var ruleWords = map[string][2]string{
	"not": {"not from 192.0.2.0/24 table 7", "not from 192.0.2.0/24"}, "from": {"from 192.0.2.0/24 table 7", "from 192.0.2.0/24"}, "to": {"to 192.0.2.0/24 table 7", "to 192.0.2.0/24"}, "iif": {"iif eth0 table 7", "iif eth0"},
	"oif": {"oif eth0 table 7", "oif eth0"}, "tos": {"tos 16 table 7", "tos 0x10"}, "fwmark": {"fwmark 7/0xf table 7", "fwmark 0x7/0xf"}, "preference": {"preference 9 table 7", "priority 9"}, "table": {"table vpn", "lookup 77"},
	"nop": {"nop", "nop"}, "goto": {"preference 8 goto 9", "goto 9"}, "blackhole": {"blackhole", "blackhole"}, "unreachable": {"unreachable", "unreachable"}, "prohibit": {"prohibit", "prohibit"}, "type": {"type blackhole", "blackhole"},
	"realms": {"realms 3/4 table 7", "realms 3/4"}, "protocol": {"protocol 4 table 7 no_track", "protocol 4"}, "suppress_prefixlength": {"table 7 suppress_prefixlength 8", "suppress_prefixlength 8"},
	"suppress_ifgroup": {"table 7 suppress_ifgroup 3", "suppress_ifgroup 3"}, "tunnel-id": {"tunnel-id 9 table 7", "tun_id 9"}, "tun_id": {"tun_id 9 table 7", "tun_id 9"}, "l3mdev": {"l3mdev", "l3mdev"},
	"uidrange": {"uidrange 0-9 table 7", "uidrange 0-9"}, "ipproto": {"ipproto tcp table 7", "ipproto 6"}, "ip_proto": {"ip_proto tcp table 7", "ipproto 6"}, "sport": {"sport 5-9 table 7", "sport 5-9"}, "dport": {"dport 5-9 table 7", "dport 5-9"},
	"inet": {"inet table 7", "ip rule add from all"}, "inet6": {"inet6 table 7", "ip -6 rule add from all"}, "no_track": {"table 7 no_track", "lookup 7"}, "track_group": {"iif eth0 table 7", "iif eth0"},
}

// parsed is a text on a host that knows a table called vpn.
func parsed(t *testing.T, text string) model.Config {
	t.Helper()
	c, findings := model.Parse("x", []byte(text), model.Facts{Number: func(kind, name string) (uint32, bool) { return 77, kind == "table" && name == "vpn" }})
	if model.Failed(findings) {
		t.Fatalf("%v\n%s", findings, text)
	}
	return model.Resolve(c)
}

// routed is an instance with routes and rules.
func routed(routes, rules string) string {
	return fmt.Sprintf("vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\nadvert_int 1\nvirtual_ipaddress {\n192.0.2.100/32\n}\nvirtual_routes {\n%s\n}\nvirtual_rules {\n%s\n}\n}\n", routes, rules)
}

func TestEveryWordOfARouteReachesTheKernel(t *testing.T) {
	for _, d := range model.Directives() {
		words := map[string]map[string][2]string{"virtual_routes": routeWords, "static_routes": routeWords, "virtual_rules": ruleWords, "static_rules": ruleWords}[d.Block]
		if words == nil || d.Support != model.Acted {
			continue
		}
		row, known := words[d.Word]
		if !known {
			t.Errorf("%s %s: no line to try", d.Block, d.Word)
			continue
		}
		text := d.Block + " {\n" + row[0] + "\n}\n"
		if strings.HasPrefix(d.Block, "virtual") {
			text = map[string]string{"virtual_routes": routed(row[0], ""), "virtual_rules": routed("", row[0])}[d.Block]
		}
		cfg := parsed(t, text)
		s := Static(cfg)
		for _, in := range cfg.Instances {
			s = together(s, newRouter(in, cfg.Global, nil).things())
		}
		s.Addresses = nil
		lines := plan.Diff(plan.State{}, s).Lines()
		if len(lines) != 1 || !strings.Contains(lines[0], row[1]) {
			t.Errorf("%s %s: %q, want %q in it", d.Block, row[0], lines, row[1])
		}
	}
}

func TestAMasterHoldsRoutesAndRulesInKeepalivedsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, parsed(t, routed("203.0.113.0/24 via 192.0.2.9 dev eth0 src 192.0.2.100\nblackhole 198.51.100.0/24", "from 192.0.2.100 table 7 preference 9")))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if in := a.status().Instances[0]; len(in.Routes) != 2 || in.Routes[1] != "blackhole 198.51.100.0/24 proto keepalived scope global" || len(in.Rules) != 1 {
			t.Errorf("the status has %q, %q", in.Routes, in.Rules)
		}
		a.stop(control.Release)
		want := []string{
			"ip address add 192.0.2.100/32 dev eth0 scope global",
			"ip route prepend blackhole 198.51.100.0/24 proto keepalived scope global",
			"ip route prepend 203.0.113.0/24 via 192.0.2.9 dev eth0 src 192.0.2.100 proto keepalived scope global",
			"ip rule add from 192.0.2.100/32 priority 9 protocol keepalived lookup 7",
			"ip rule del from 192.0.2.100/32 priority 9 protocol keepalived lookup 7",
			"ip route del blackhole 198.51.100.0/24 proto keepalived scope global",
			"ip route del 203.0.113.0/24 via 192.0.2.9 dev eth0 src 192.0.2.100 proto keepalived scope global",
			"ip address del 192.0.2.100/32 dev eth0",
		}
		if got := twin.Applied().Lines(); !slices.Equal(got, want) {
			t.Errorf("the kernel did\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestAMasterWhoseRouteOrRuleSomebodyRemovesResignsAndPutsItBack(t *testing.T) {
	route, rule := "203.0.113.0/24 dev eth0", "from 192.0.2.100 table 7 preference 9"
	for _, free := range []bool{false, true} {
		for _, verb := range []plan.Verb{plan.DeleteRoute, plan.DeleteRule} {
			synctest.Test(t, func(t *testing.T) {
				twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
				words := ""
				if free {
					words = " no_track"
				}
				cfg := parsed(t, routed(route+words, rule+words))
				a := sit(t, twin, cfg)
				time.Sleep(5 * time.Second)
				a.is("VI_1", "MASTER")
				r := newRouter(cfg.Instances[0], cfg.Global, nil)
				if err := twin.Do(plan.Op{Verb: verb, Route: r.routes[0], Rule: r.rules[0]}); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
				if free {
					a.is("VI_1", "MASTER")
				} else {
					a.is("VI_1", "BACKUP")
				}
				time.Sleep(5 * time.Second)
				a.is("VI_1", "MASTER")
				if there := len(twin.AllRoutes()) + len(twin.AllRules()); there != 2 && !free || there != 1 && free {
					t.Errorf("no_track %v, %s: %d are there", free, verb, there)
				}
				a.stop(control.Release)
			})
		}
	}
}

const staticText = `global_defs {
    default_interface eth0
}
track_group G {
    group {
        VI_1
    }
}
static_ipaddress {
    203.0.113.7/24
    203.0.113.8/24 dev eth1 track_group G
}
static_routes {
    198.51.100.0/24 dev eth0
}
static_rules {
    from 203.0.113.7 table 7 preference 9
}
`

func TestStaticThingsAreThereFromTheStartPutBackAndRemovedAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500})
		cfg := parsed(t, staticText+routed("", ""))
		a := sit(t, twin, cfg)
		time.Sleep(time.Millisecond)
		s := Static(cfg)
		for range 2 {
			addrs, err := twin.Addresses()
			if err != nil || !slices.Contains(addrs, s.Addresses[0]) || !slices.Contains(addrs, s.Addresses[1]) || len(twin.AllRoutes()) != 1 || len(twin.AllRules()) != 1 {
				t.Fatalf("%v, %v, %v, %v", addrs, err, twin.AllRoutes(), twin.AllRules())
			}
			if err := twin.DeleteAddress(s.Addresses[0]); err != nil {
				t.Fatal(err)
			}
			for _, o := range []plan.Op{{Verb: plan.DeleteRoute, Route: s.Routes[0]}, {Verb: plan.DeleteRule, Rule: s.Rules[0]}} {
				if err := twin.Do(o); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		twin.SetLink(kernel.Link{Name: "eth1", Up: true, MTU: 1500}) // the interface of a static address whose track group has the instance
		time.Sleep(time.Millisecond)
		a.is("VI_1", "FAULT")
		a.stop(control.Release)
		addrs, err := twin.Addresses()
		if err != nil || len(addrs) != 1 || len(twin.AllRoutes())+len(twin.AllRules()) > 0 {
			t.Errorf("left are %v, %v, %v, %v", addrs, err, twin.AllRoutes(), twin.AllRules())
		}
	})
}

func TestAStaticAddressThatWasThereBeforeStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, parsed(t, "static_ipaddress {\n192.0.2.1/24 dev eth0\n}\n"))
		time.Sleep(time.Millisecond)
		a.stop(control.Release)
		if done := twin.Applied(); len(done) > 0 {
			t.Errorf("the kernel did %q", done.Lines())
		}
	})
}

// A crash leaves the manifest and no record that is fresh: what it names is removed by
// the next start, routes and rules first.
func TestAfterACrashTheNextStartRemovesRoutesAndRulesThatNobodyWants(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500})
		opt := Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return nil }, Wake: NewTimer,
		}
		a := sitIn(t, dir, parsed(t, routed("203.0.113.0/24 dev eth0\n203.0.114.0/24 dev eth0 no_track protocol 4", "from 192.0.2.100 table 7 preference 9")+staticText), opt)
		a.twin = twin
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if len(twin.AllRoutes()) != 3 || len(twin.AllRules()) != 2 {
			t.Fatal(twin.AllRoutes(), twin.AllRules())
		}
		a.stop(control.Handoff) // all stays as a crash would leave it
		b := sitIn(t, dir, parsed(t, ""), opt)
		time.Sleep(time.Millisecond)
		addrs, err := twin.Addresses()
		if err != nil || len(addrs) != 1 || len(twin.AllRoutes())+len(twin.AllRules()) > 0 {
			t.Errorf("left are %v, %v, %v, %v", addrs, err, twin.AllRoutes(), twin.AllRules())
		}
		b.stop(control.Release)
	})
}

func TestASuccessorGoesOnWithRoutesAndRulesWithoutTouchingThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500})
		opt := Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return nil }, Wake: NewTimer,
		}
		cfg := parsed(t, staticText+routed("203.0.113.0/24 dev eth0", "from 192.0.2.100 table 7 preference 9"))
		a := sitIn(t, dir, cfg, opt)
		time.Sleep(5 * time.Second)
		a.stop(control.Handoff)
		before := len(twin.Applied())
		b := sitIn(t, dir, cfg, opt)
		time.Sleep(time.Second)
		b.is("VI_1", "MASTER")
		if done := twin.Applied()[before:]; len(done) > 0 {
			t.Errorf("the successor did %q", done.Lines())
		}
		b.stop(control.Release)
	})
}

func TestAReloadTouchesOnlyTheRoutesThatChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sit(t, twin, parsed(t, routed("203.0.113.0/24 dev eth0\n203.0.114.0/24 dev eth0\n203.0.115.0/24 dev eth0", "table 7 preference 9\ntable 8 preference 10")))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		p, err := a.role.Apply(t.Context(), parsed(t, routed("203.0.113.0/24 dev eth0\n203.0.114.0/24 dev eth0 mtu 1400", "table 8 preference 10\ntable 9 preference 9")))
		want := []string{
			"ip route del 203.0.114.0/24 dev eth0 proto keepalived scope global", "ip route prepend 203.0.114.0/24 dev eth0 proto keepalived scope global mtu 1400",
			"ip rule add from all priority 9 protocol keepalived lookup 9", "ip rule del from all priority 9 protocol keepalived lookup 7",
			"ip route del 203.0.115.0/24 dev eth0 proto keepalived scope global",
		}
		if err != nil || !slices.Equal(p.Lines, want) {
			t.Errorf("did %q, %v", p.Lines, err)
		}
		a.stop(control.Release)
	})
}

func TestTheInterfacesOfRoutesAndRulesAreTrackedUnlessWrittenOtherwise(t *testing.T) {
	cfg := parsed(t, staticText+routed("203.0.113.0/24 dev eth3\n203.0.114.0/24 dev eth4 no_track", "iif eth5 oif eth6 table 7 preference 9\niif eth7 table 7 preference 9 no_track"))
	tracks := newRouter(cfg.Instances[0], cfg.Global, nil).core.Tracks
	for link, want := range map[string]bool{"eth1": true, "eth3": true, "eth4": false, "eth5": true, "eth6": true, "eth7": false} {
		if got := slices.ContainsFunc(tracks, func(t vrrp.Track) bool { return t.Name == link && t.Kind == vrrp.ByInterface }); got != want {
			t.Errorf("%s is tracked: %v", link, got)
		}
	}
}
