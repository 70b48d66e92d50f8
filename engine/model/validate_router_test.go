package model

import (
	"slices"
	"testing"
)

// Asked of keepalived 2.2.7, whose dump tells the version.
func TestWhichStatementOfTheVersionCounts(t *testing.T) {
	six := "virtual_ipaddress {\nfd00::1\n}\n"
	for text, want := range map[string]int{
		"": 2, "version 3": 3, "version 2\nversion 3": 2, "version 3\nversion 2": 3,
		six: 3, "version 2\n" + six: 2, six + "version 2": 3, "unicast_src_ip fd00::9\nversion 2\n" + six: 3,
		"unicast_peer {\nfd00::9\n}\nversion 2\n" + six: 3,
	} {
		for global, all := range map[string]int{"": 0, "vrrp_version 2": 2, "vrrp_version 3": 3} {
			c, _ := Parse("x", []byte("global_defs {\n"+global+"\n}\nvrrp_instance V {\ninterface e0\nvirtual_router_id 1\n"+text+"\n}\n"), Facts{})
			expect := want
			if all > 0 && text == "" {
				expect = all
			}
			if got := Resolve(c).Instances[0].Version.Val; got != expect {
				t.Errorf("%q, %q: version %d, want %d", global, text, got, expect)
			}
		}
	}
}

func TestRouterIsItsLinkFamilyNumberAndDestination(t *testing.T) {
	const peers = "unicast_peer {\n 192.0.2.9\n 192.0.2.8\n }"
	plain := instance("A", 7)
	for name, row := range map[string]struct {
		text string
		one  bool // virtual router
	}{
		"the same":                    {plain + instance("B", 7), true},
		"other number":                {plain + instance("B", 8), false},
		"other group":                 {plain + instance("B", 7, "mcast_dst_ip 224.0.0.50"), false},
		"the group that is global":    {"global_defs {\n vrrp_mcast_group4 224.0.0.50\n}\n" + plain + instance("B", 7, "mcast_dst_ip 224.0.0.50"), true},
		"global further down":         {plain + instance("B", 7, "mcast_dst_ip 224.0.0.50") + "global_defs {\n vrrp_mcast_group4 224.0.0.50\n}\n", true},
		"the group that is usual":     {plain + instance("B", 7, "mcast_dst_ip 224.0.0.18"), true},
		"a group and a peer":          {plain + instance("B", 7, peers), false},
		"a peer in common":            {instance("A", 7, peers) + instance("B", 7, "unicast_peer {\n 192.0.2.8\n }"), true},
		"other peers":                 {instance("A", 7, peers) + instance("B", 7, "unicast_peer {\n 192.0.2.7\n }"), false},
		"a peer from other addresses": {instance("A", 7, peers, "unicast_src_ip 192.0.2.2") + instance("B", 7, peers, "unicast_src_ip 192.0.2.3"), false},
		"the third of three":          {plain + instance("B", 7, peers) + instance("C", 7), true},
		"other families":              {plain + "vrrp_instance B {\n interface eth0\n virtual_router_id 7\n virtual_ipaddress {\n fe80::7\n }\n}\n", false},
	} {
		_, findings := Parse("x", []byte(row.text), Facts{})
		if got := slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == "duplicate-vrid" }); got != row.one {
			t.Errorf("%s: duplicate-vrid is %v: %v", name, got, findings)
		}
	}
}
