package interop

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/test/lab"
)

// routeTexts are what instances have beside an address; the kernel is asked what each
// program made of it. lost says that keepalived leaves lines out.
var routeTexts = []string{
	"virtual_routes {\n198.51.100.0/24 via 192.0.2.10 dev eth0\n198.51.101.0/24 dev eth0 src 192.0.2.31 metric 7 scope link\n}",
	"virtual_routes {\n198.51.102.0/24 via 192.0.2.10 dev eth0 table 100 mtu lock 1400 advmss 1300\n198.51.103.1 gw 192.0.2.10 oif eth0 priority 9\n}",
	"virtual_routes {\nblackhole 198.51.104.0/24\nunreachable 198.51.105.0/24\nprohibit 198.51.106.0/24\nthrow 198.51.107.0/24 table 100\n}",
	"virtual_routes {\n198.51.108.0/24 nexthop via 192.0.2.10 dev eth0 weight 3 nexthop via 192.0.2.11 dev eth0 weight 5\n}",
	"virtual_routes {\n198.51.109.0/24 via 192.0.2.10 or 192.0.2.11\n}",
	"virtual_routes {\n2001:db8:7::/48 dev eth0\n2001:db8:8::/48 via fe80::9 dev eth0 pref high metric 7\nunreachable 2001:db8:9::/48\n}",
	"virtual_routes {\n198.51.110.0/24 dev eth0 rtt 5ms rttvar 2s rto_min lock 20ms hoplimit 9 window 900 ssthresh 7 cwnd 8 reordering 4 initcwnd 20 initrwnd 21 quickack 1 features ecn congctl reno\n}",
	"virtual_routes {\n198.51.111.0/24 dev eth0 tos 0x10\n198.51.111.0/24 dev eth0 realms 3/4 metric 5 fastopen_no_cookie 1\n}",
	"virtual_routes {\n198.51.112.0/24 via 203.0.113.9 dev eth0 onlink\n198.51.112.0/24 via 192.0.2.10 dev eth0 append\n198.51.112.0/24 dev eth0 table 101 add\n}",
	"virtual_routes {\n198.51.113.0/24 dev eth0 protocol static no_track\n198.51.114.0/24 dev eth0 protocol static\n}",
	"virtual_routes {\n198.51.115.0/24 dev eth0 bogus\n198.51.116.0/24 via 2001:db8::9\n198.51.117.0/24 dev eth0 table nosuch\n198.51.118.0/24 dev eth0 features bogus\n198.51.119.0/24 dev eth0 hoplimit 256\n198.51.120.0/24 dev eth0\n}",
	"virtual_routes {\ndefault via 192.0.2.10 dev eth0 table 102\nto default dev eth0 table local\nbroadcast 198.51.121.1 dev eth0 table 103\nmulticast 239.7.0.0/16 dev eth0\nlocal 198.51.122.1 dev eth0\n}",
	"virtual_rules {\nfrom 192.0.2.0/24 table 100 preference 100\nnot to 198.51.100.0/24 lookup 101 priority 101\nfrom 2001:db8::/32 to 2001:db8:7::/48 table 100 order 102\n}",
	"virtual_rules {\nfwmark 7/0xf iif eth0 table 100 preference 110\nfwmark 0x8 oif eth0 table 100 preference 111\ntos 16 to 198.51.100.7 blackhole preference 112\n}",
	"virtual_rules {\nfrom 192.0.2.7 unreachable preference 120\nfrom 192.0.2.8 prohibit preference 121\nfrom 192.0.2.9 type blackhole preference 122\nfrom 192.0.2.11 goto 200 preference 123\nnop preference 124\n}",
	"virtual_rules {\nfrom all ipproto tcp sport 5-9 dport 80-81 table 100 preference 130\nuidrange 0-9 table 100 preference 131\nfrom all ipproto 17 table 100 preference 132\n}",
	"virtual_rules {\ntable main suppress_prefixlength 8 preference 140\ntable main suppress_ifgroup 3 preference 141\nrealms 3/4 table 100 preference 142\n}",
	"virtual_rules {\nfrom 203.0.113.0/24 table 100\nto 203.0.113.0/24 table 100\n}",
	"virtual_rules {\nfrom 203.0.113.0/24 table 0 preference 150\nfrom 203.0.113.0/24 preference 151\nfrom 203.0.113.7 goto 5 preference 152\nfrom 203.0.113.8 table 5 bogus preference 153\nfrom 203.0.113.9 ipproto bogus table 5 preference 154\nfrom 203.0.113.10 protocol 300 table 5 preference 155\nfrom 203.0.113.11 table 5 protocol 4 no_track preference 156\n}",
}

// staticTexts stand outside of instances.
const staticTexts = `static_ipaddress {
    203.0.113.77/24 dev eth0
}
static_routes {
    198.51.130.0/24 dev eth0
    198.51.131.0/24 via 203.0.113.9 dev eth0 metric 9
    blackhole 198.51.132.0/24 table 100
}
static_rules {
    from 203.0.113.77 table 100 preference 160
    to 203.0.113.77 table 100
}
`

// routeConfig has an instance for each text. All are the owner of their address, and
// become master at once.
func routeConfig() string {
	var b strings.Builder
	b.WriteString(staticTexts)
	for i, text := range routeTexts {
		fmt.Fprintf(&b, "vrrp_instance VI_%d {\nstate MASTER\ninterface eth0\nvirtual_router_id %d\npriority 255\nadvert_int 1\nvirtual_ipaddress {\n192.0.2.%d/32\n}\n%s\n}\n", i, i+1, 150+i, text)
	}
	return b.String()
}

// entries are the kernel's routes that a program has made, and all rules.
func entries(t *testing.T, n *lab.Node) (list []string) {
	t.Helper()
	read := func(kind string, keep func(map[string]any) bool, argv ...string) {
		var all []map[string]any
		if err := json.Unmarshal([]byte(n.Run(argv...)), &all); err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			delete(e, "flags") // of the next hop's state
			if text, err := json.Marshal(e); keep(e) && err == nil {
				list = append(list, kind+" "+string(text))
			}
		}
	}
	made := func(e map[string]any) bool { return e["protocol"] == "keepalived" || e["protocol"] == "static" }
	for _, family := range []string{"-4", "-6"} {
		read("route", made, "ip", "-j", family, "route", "show", "table", "all")
		read("rule", func(map[string]any) bool { return true }, "ip", "-j", family, "rule")
	}
	read("address", func(e map[string]any) bool { return strings.Contains(fmt.Sprint(e["addr_info"]), "203.0.113.77") }, "ip", "-j", "address", "show", "to", "203.0.113.77")
	slices.Sort(list)
	return list
}

// madeBy runs all texts with a program: what the kernel has when all instances are
// master, when a route and a static route were taken away and are back, and at the end.
func madeBy(t *testing.T, program lab.Program) (stages [3][]string) {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	n := l.Node("d1")
	d := n.Direct(program, routeConfig())
	const last = `"priority":156,`
	await := func(what string, done func([]string) bool) []string {
		t.Helper()
		var before []string // what is read piece by piece is whole where it is read twice
		for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
			list := entries(t, n)
			if done(list) && slices.Equal(list, before) {
				return list
			}
			before = list
		}
		l.Explain()
		t.Fatalf("%s: %s\n%s", program.Name, what, strings.Join(entries(t, n), "\n"))
		return nil
	}
	has := func(word string) func([]string) bool {
		return func(list []string) bool {
			return slices.ContainsFunc(list, func(e string) bool { return strings.Contains(e, word) })
		}
	}
	stages[0] = await("all are master", has(last))
	n.Run("ip", "route", "del", "198.51.120.0/24", "dev", "eth0")
	n.Run("ip", "route", "del", "198.51.130.0/24", "dev", "eth0")
	n.Run("ip", "rule", "del", "priority", "160")
	stages[1] = await("what was taken away is back", func(list []string) bool {
		return has("198.51.120.0/24")(list) && has("198.51.130.0/24")(list) && has(`"priority":160,`)(list)
	})
	d.Signal(syscall.SIGTERM)
	d.Wait(20 * time.Second)
	stages[2] = entries(t, n)
	return stages
}

// The kernel has the same routes and rules whoever of the two runs a text.
func TestRoutesAndRulesAreThoseOfKeepalived(t *testing.T) {
	t.Parallel()
	var theirs, ours [3][]string
	t.Run("lab", func(t *testing.T) {
		t.Run("keepalived", func(t *testing.T) { t.Parallel(); theirs = madeBy(t, keepalived()) })
		t.Run("holdfast", func(t *testing.T) { t.Parallel(); ours = madeBy(t, lab.Holdfast()) })
	})
	if n := len(theirs[0]); n < 50 {
		t.Errorf("keepalived makes only %d entries", n)
	}
	for i, stage := range []string{"at the start", "after a removal", "after the stop"} {
		for _, e := range theirs[i] {
			if !slices.Contains(ours[i], e) {
				t.Errorf("%s only keepalived has %s", stage, e)
			}
		}
		for _, e := range ours[i] {
			if !slices.Contains(theirs[i], e) {
				t.Errorf("%s only holdfast has %s", stage, e)
			}
		}
	}
}
