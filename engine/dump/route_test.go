package dump

import (
	"testing"

	"holdfast/engine/model"
)

// What 2.2.7 writes of these lines.
func TestRoutesAndRulesAreWrittenAsKeepalivedWritesThem(t *testing.T) {
	routes := [][2]string{
		{"198.51.103.1 gw 192.0.2.10 oif eth0 priority 9", "prepend 198.51.103.1 via inet 192.0.2.10 dev eth0 proto 18 metric 9"},
		{"198.51.102.0/24 via 192.0.2.10 table 100 mtu lock 1400 advmss 1300 no_track", "prepend 198.51.102.0/24 via inet 192.0.2.10 table 100 mtu lock 1400 advmss 1300 no_track"},
		{"198.51.108.0/24 nexthop via 192.0.2.10 dev eth0 weight 3 nexthop via 192.0.2.11 dev eth0 weight 5 onlink", "prepend 198.51.108.0/24 proto 18 nexthop via inet 192.0.2.10 dev eth0 weight 3 nexthop via inet 192.0.2.11 dev eth0 weight 5 onlink no_track"},
		{"2001:db8:8::/48 via fe80::9 dev eth0 pref high metric 7", "prepend 2001:db8:8::/48 via inet6 fe80::9 dev eth0 proto 18 metric 7 pref high"},
		{"default via 192.0.2.10 dev eth0 table 102 tos 0x10 scope link add", "add 0.0.0.0/0 tos 16 via inet 192.0.2.10 dev eth0 table 102 proto 18 scope 253"},
		{"198.51.111.0/24 dev eth0 realms 4 append rtt lock 9s", "append 198.51.111.0/24 dev eth0 proto 18 realm 4 rtt lock 9s"},
		{"198.51.111.0/24 dev eth0 encap ip id 5 dst 192.0.2.9", "198.51.111.0/24 dev eth0 encap ip id 5 dst 192.0.2.9"}, // as it stands: it is not acted on
	}
	rules := [][2]string{
		{"fwmark 7/0xf iif eth0 table 100 preference 110", "from all priority 110 tos 0x0 fwmark 0x7/0xf iif eth0 protocol 18 lookup 100"},
		{"not from 2001:db8::/32 to 2001:db8:7::7 tos 16 blackhole order 102", "not from 2001:db8::/32 to 2001:db8:7::7 priority 102 tos 0x10 protocol 18 type blackhole"},
		{"table main suppress_prefixlength 8 suppress_ifgroup 3 realms 3/4 preference 140", "from all priority 140 tos 0x0 suppress_prefixlen 8 suppress_ifgroup 3 protocol 18 realms 3/4 lookup 254"},
		{"l3mdev preference 125", "from all priority 125 tos 0x0 l3mdev protocol 18 lookup 0"},
	}
	text := "static_routes {\n"
	for _, r := range routes {
		text += r[0] + "\n"
	}
	text += "}\nstatic_rules {\n"
	for _, r := range rules {
		text += r[0] + "\n"
	}
	c, _ := model.Parse("x", []byte(text+"}\n"), model.Facts{})
	if len(c.StaticRoutes) != len(routes) || len(c.StaticRules) != len(rules) {
		t.Fatalf("%+v", c)
	}
	for i, r := range routes {
		if got := route(c.StaticRoutes[i]); got != r[1] {
			t.Errorf("got  %s\nwant %s", got, r[1])
		}
	}
	for i, r := range rules {
		if got := rule(c.StaticRules[i]); got != r[1] {
			t.Errorf("got  %s\nwant %s", got, r[1])
		}
	}
}
