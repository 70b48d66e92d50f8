package model

import (
	"slices"
	"testing"
)

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
