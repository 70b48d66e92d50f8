package model

import (
	"strings"
	"testing"
)

func TestAPlusBeforeANumberIsPassedOver(t *testing.T) {
	cfg, findings := reads(t, `global_defs {
 vrrp_garp_master_delay +3
}
vrrp_instance A {
 interface lo
 virtual_router_id +9
 priority +99
 advert_int +2
 virtual_ipaddress {
  192.0.2.1
 }
}
virtual_server 192.0.2.1 +80 {
 delay_loop +3
 protocol TCP
 lb_algo rr
 lb_kind NAT
 real_server 192.0.2.2 +81 {
  TCP_CHECK {
   connect_timeout +4
   connect_port +82
  }
 }
}
virtual_server fwmark +7 {
 lb_algo rr
 lb_kind NAT
 real_server 192.0.2.2 81 {
  TCP_CHECK
 }
}
`)
	for _, f := range findings {
		if strings.Contains(f.Args["Value"], "+") {
			t.Error(f)
		}
	}
	in, vs := cfg.Instances[0], cfg.Virtuals[0]
	if in.Priority.Val != 99 || in.Advert.Val.Duration().Seconds() != 2 || vs.Port != 80 || vs.Servers[0].Port != 81 ||
		cfg.Virtuals[1].Of.Mark != 7 {
		t.Errorf("%+v %+v", in, vs)
	}
}

// A bad value behind a good one of the same word leaves keepalived 2.2.7 with the default
// of some words, and with the line above of the others.
func TestABadValueLeavesTheLineAboveOrTheDefault(t *testing.T) {
	for word, c := range map[string]struct{ good, bad, stays string }{
		"priority":          {"77", "0", ""},
		"preempt_delay":     {"9", "-1", "0"},
		"advert_int":        {"3", "x", "3"},
		"garp_master_delay": {"9", "-1", "9"},
		"version":           {"3", "4", "3"},
	} {
		cfg, findings := reads(t, "vrrp_instance A {\n interface lo\n virtual_router_id 9\n "+word+" "+c.good+"\n "+word+" "+c.bad+"\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n")
		told := false
		for _, f := range findings {
			if f.Code == "bad-number" || f.Code == "out-of-range" {
				told = true
				if f.Args["Default"] != c.stays || f.Args["Hint"] == c.bad {
					t.Error(word, f)
				}
			}
		}
		if text := Print(cfg); !told || strings.Contains(text, word+" "+c.good) != (c.stays == c.good) {
			t.Errorf("%s: %v\n%s", word, findings, text)
		}
	}
}

func TestANameOfTwoWordsIsAnError(t *testing.T) {
	for text, bad := range map[string]bool{
		"vrrp_instance A x {\n interface lo\n virtual_router_id 9\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n":     true,
		"$N=\"#1\"\nvrrp_instance A${N} {\n interface lo\n virtual_router_id 9\n}\n":                               true,
		"vrrp_instance \"A x\" {\n interface lo\n virtual_router_id 9\n virtual_ipaddress {\n  192.0.2.1\n }\n}\n": false,
		"vrrp_sync_group G x {\n group {\n  A\n }\n}\n":                                                            true,
		"virtual_server_group G x {\n 192.0.2.1 80\n}\n":                                                           true,
		"track_group G x {\n group {\n  A\n }\n}\n":                                                                true,
		"vrrp_script s x {\n script /bin/true\n}\n":                                                                false,
	} {
		_, findings := reads(t, text)
		got := false
		for _, f := range findings {
			got = got || f.Code == "name-of-words" && f.Severity == Error
		}
		if got != bad {
			t.Errorf("%v: %q %v", got, text, findings)
		}
	}
}

func TestARouteHasTheWordsOfNextHopsOnlyBehindThem(t *testing.T) {
	for route, taken := range map[string]bool{
		"198.51.100.0/24 dev lo weight 10":                                     false,
		"198.51.100.0/24 via 192.0.2.1 or 192.0.2.2 weight 4":                  false,
		"198.51.100.0/24 dev lo onlink":                                        true,
		"198.51.100.0/24 nexthop via 192.0.2.1 weight 3 nexthop via 192.0.2.2": true,
		"198.51.100.0/24 metric 5 nexthop via 192.0.2.1 dev lo onlink":         true,
		"198.51.100.0/24 nexthop via 192.0.2.1 weight 3 metric 5":              false,
		"198.51.100.0/24 nexthop via 192.0.2.1 no_track":                       false,
	} {
		cfg, findings := reads(t, "vrrp_instance A {\n interface lo\n virtual_router_id 9\n virtual_ipaddress {\n  192.0.2.1\n }\n virtual_routes {\n  "+route+"\n }\n}\n")
		if got := len(cfg.Instances[0].Routes) == 1; got != taken {
			t.Errorf("%s: %v %v", route, got, findings)
		}
	}
}
