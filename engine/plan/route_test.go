package plan

import (
	"strings"
	"testing"
)

// routeLines are routes in the words of keepalived, and the lines of ip(8) that add them.
var routeLines = []struct{ words, line string }{
	{"default via 192.0.2.1", "ip route prepend default via 192.0.2.1 proto keepalived scope global"},
	{"add 198.51.100.7 gw 192.0.2.1 oif eth0 priority 5", "ip route add 198.51.100.7 via 192.0.2.1 dev eth0 proto keepalived scope global metric 5"},
	{"src 192.0.2.9 to 198.51.100.0/24 dev eth0 table 100 scope 253 tos 16", "ip route prepend 198.51.100.0/24 dev eth0 src 192.0.2.9 table 100 proto keepalived scope link tos 0x10"},
	{"blackhole 198.51.100.0/24 protocol 4 append", "ip route append blackhole 198.51.100.0/24 proto 4 scope global"},
	{"any via inet6 fe80::1 dev eth0 pref high expires 60", "ip -6 route prepend default via fe80::1 dev eth0 proto keepalived expires 60 pref high"},
	{"unreachable default inet6", "ip -6 route prepend unreachable default proto keepalived"},
	{"2001:db8:1::/48 from 2001:db8::/32 via 2001:db8::1 metric 7", "ip -6 route prepend 2001:db8:1::/48 from 2001:db8::/32 via 2001:db8::1 proto keepalived metric 7"},
	{"198.51.100.0/24 via 192.0.2.1 dev eth0 onlink realms 3/4 mtu lock 1400 rtt 5ms rttvar 2s rto_min lock 20ms advmss 1300 hoplimit 9 quickack 1 features ecn congctl lock reno",
		"ip route prepend 198.51.100.0/24 via 192.0.2.1 dev eth0 proto keepalived scope global onlink realms 3/4 rtt 200ms rttvar 2000ms rto_min lock 200ms features ecn mtu lock 1400 advmss 1300 hoplimit 9 quickack 1 congctl lock reno"},
	{"198.51.100.0/24 window 5 ssthresh 6 cwnd 7 reordering 8 initcwnd 9 initrwnd 10 fastopen_no_cookie 1 ttl-propagate disabled dev eth0",
		"ip route prepend 198.51.100.0/24 dev eth0 proto keepalived scope global ttl-propagate disabled window 5 ssthresh 6 cwnd 7 reordering 8 initcwnd 9 initrwnd 10 fastopen_no_cookie 1"},
	{"198.51.100.0/24 nexthop via 192.0.2.1 dev eth0 weight 3 nexthop via inet 192.0.2.2 onlink realms 7", "ip route prepend 198.51.100.0/24 proto keepalived scope global nexthop via 192.0.2.1 dev eth0 weight 3 nexthop via 192.0.2.2 onlink realms 7"},
}

func TestARouteIsReadFromKeepalivedsWordsAndSaidInThoseOfIP(t *testing.T) {
	for _, c := range routeLines {
		r, err := ParseRoute(c.words)
		if err != nil {
			t.Errorf("%s: %v", c.words, err)
			continue
		}
		if got := (Op{Verb: AddRoute, Route: r}).String(); got != c.line {
			t.Errorf("%s\ngot  %s\nwant %s", c.words, got, c.line)
		}
		said := strings.NewReplacer("proto keepalived", "protocol 18", "scope global", "scope 0", "scope link", "scope 253").Replace(r.String())
		again, err := ParseRoute(r.family4() + said + placeWord(r))
		if err != nil || again.Normal() != r.Normal() {
			t.Errorf("%s\nread again %+v, %v\nwas        %+v", said, again.Normal(), err, r.Normal())
		}
	}
}

// family4 says the family of a route to everywhere, which ip(8) has as an option.
func (r Route) family4() string {
	if r.Six() {
		return "inet6 "
	}
	return "inet "
}

func placeWord(r Route) string {
	if r.Hops != "" {
		return "" // next hops stand last
	}
	return " " + r.addVerb()
}

func TestARuleIsReadFromKeepalivedsWordsAndSaidInThoseOfIP(t *testing.T) {
	for words, line := range map[string]string{
		"from 192.0.2.0/24 to 198.51.100.7 lookup 254 priority 5":                                  "ip rule add from 192.0.2.0/24 to 198.51.100.7/32 priority 5 protocol keepalived lookup 254",
		"not from all fwmark 0xff/0x1ff uidrange 0-9 sport 5-9 dport 80-81 table 5 order 0x10":     "ip rule add not from all priority 16 fwmark 0xff/0x1ff uidrange 0-9 sport 5-9 dport 80-81 protocol keepalived lookup 5",
		"fwmark 7 iif eth0 oif eth1 dsfield 16 ipproto 17 tunnel-id 9 type blackhole preference 3": "ip rule add from all priority 3 tos 0x10 fwmark 0x7 iif eth0 oif eth1 tun_id 9 ipproto 17 protocol keepalived blackhole",
		"inet6 l3mdev preference 1000 protocol 0":                                                  "ip -6 rule add from all priority 1000 l3mdev",
		"from 2001:db8::/32 goto 9 preference 3":                                                   "ip -6 rule add from 2001:db8::/32 priority 3 protocol keepalived goto 9",
		"realms 3/4 sup_pl 8 sup_group 1 table 5 preference 4":                                     "ip rule add from all priority 4 protocol keepalived realms 3/4 lookup 5 suppress_prefixlength 8 suppress_ifgroup 1",
		"prohibit preference 4": "ip rule add from all priority 4 protocol keepalived prohibit",
		"nop preference 4":      "ip rule add from all priority 4 protocol keepalived nop",
	} {
		r, err := ParseRule(words)
		if err != nil {
			t.Errorf("%s: %v", words, err)
			continue
		}
		if got := (Op{Verb: AddRule, Rule: r}).String(); got != line {
			t.Errorf("%s\ngot  %s\nwant %s", words, got, line)
		}
	}
}

func TestWordsThatAreNoRouteOrRuleAreErrors(t *testing.T) {
	for _, line := range []string{"", "dev eth0", "10.0.0.0/8 via", "10.0.0.0/8 via fe80::1", "10.0.0.0/8 metric x", "10.0.0.0/33", "10.0.0.0/8 encap ip id 5", "10.0.0.0/8 rtt 5x"} {
		if r, err := ParseRoute(line); err == nil {
			t.Errorf("%q: %+v", line, r)
		}
	}
	for _, line := range []string{"", "from all", "from x table 5", "table", "from all table 5 bogus", "fwmark x table 5", "sport x-y table 5"} {
		if r, err := ParseRule(line); err == nil {
			t.Errorf("%q: %+v", line, r)
		}
	}
}

func TestARouteThatUsesASwappedAddressIsPutBackBehindIt(t *testing.T) {
	route, err := ParseRoute("198.51.100.0/24 dev eth0 src 192.0.2.9")
	if err != nil {
		t.Fatal(err)
	}
	have := State{Addresses: []Address{address("eth0", "192.0.2.9/24", 0)}, Routes: []Route{route}}
	want := have
	want.Addresses = []Address{address("eth0", "192.0.2.9/24", 0)}
	want.Addresses[0].Label = "eth0:1"
	var verbs []string
	for _, o := range Diff(have, want) {
		verbs = append(verbs, string(o.Verb))
	}
	if got := strings.Join(verbs, " "); got != "delete-route delete-address add-address add-route" {
		t.Error(got)
	}
}
