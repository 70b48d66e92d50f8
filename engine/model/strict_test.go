package model

import "testing"

func TestStrictModeTakesBackWhatTheRFCDoesNotKnow(t *testing.T) {
	const words = "state MASTER\npriority 100\nauthentication {\nauth_type PASS\nauth_pass 1111\n}\nhigher_prio_send_advert\ngarp_lower_prio_repeat 3\n"
	for name, c := range map[string]struct {
		global, instance string
		strict           bool
	}{
		"nowhere":              {"", "", false},
		"for all":              {"vrrp_strict", "", true},
		"for one":              {"", "strict_mode", true},
		"for one, in words":    {"", "strict_mode on", true},
		"for all but this one": {"vrrp_strict", "strict_mode off", false},
	} {
		cfg, findings := Parse("x", []byte("global_defs {\n"+c.global+"\n}\nvrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.7\n}\n"+words+c.instance+"\n}\n"), Facts{})
		if Failed(findings) {
			t.Fatal(findings)
		}
		in := Resolve(cfg).Instances[0]
		if got := !in.Master && !in.AuthType.Written && in.Password.Val == "" && !in.HigherPrioAdvert.Val && in.Garp.LowerPrioRepeat.Val == 0; got != c.strict {
			t.Errorf("%s: strict %v: %+v", name, got, in)
		}
		if got := in.Master && in.AuthType.Val == "PASS" && in.HigherPrioAdvert.Val && in.Garp.LowerPrioRepeat.Val == 3; got == c.strict {
			t.Errorf("%s: as written %v: %+v", name, got, in)
		}
	}
}

func TestStrictModeOfABackupHasNoPreemptDelayAndTheOwnerIsMaster(t *testing.T) {
	for text, master := range map[string]bool{"preempt_delay 5": false, "priority 255\nstate BACKUP": true} {
		cfg, _ := Parse("x", []byte("global_defs {\nvrrp_strict\nvrrp_garp_lower_prio_repeat 4\n}\nvrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.7\n}\n"+text+"\n}\n"), Facts{})
		if in := Resolve(cfg).Instances[0]; in.Master != master || in.PreemptDelay.Val != 0 || in.Garp.LowerPrioRepeat.Val != 0 {
			t.Errorf("%q: %+v", text, in)
		}
	}
}

func TestWhetherPacketsToTheAddressesAreDropped(t *testing.T) {
	for _, c := range []struct {
		global, instance string
		drops            bool
	}{
		{"", "", false},
		{"", "accept", false},
		{"", "no_accept", true},
		{"", "no_accept\naccept", false},
		{"", "accept\nno_accept", true},
		{"", "no_accept\npriority 255", false},
		{"", "no_accept\nstate MASTER", false},
		{"", "strict_mode", true},
		{"", "strict_mode no\nno_accept", true},
		{"", "strict_mode\naccept", true},
		{"", "strict_mode\naccept\nversion 3", false},
		{"", "strict_mode\npriority 255", false},
		{"vrrp_strict", "", true},
		{"vrrp_strict", "strict_mode off", false},
		{"vrrp_strict\nvrrp_version 3", "accept", false},
	} {
		text := "global_defs {\n" + c.global + "\n}\nvrrp_instance A {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n192.0.2.7\n}\n" + c.instance + "\n}\n"
		cfg, _ := Parse("x", []byte(text), Facts{})
		if got := Resolve(cfg).Instances[0].NoAccept; got != c.drops {
			t.Errorf("%q %q: dropped %v", c.global, c.instance, got)
		}
		again, _ := Parse("x", []byte(Print(cfg)), Facts{})
		if got := Resolve(again).Instances[0].NoAccept; got != c.drops {
			t.Errorf("%q %q, printed: dropped %v", c.global, c.instance, got)
		}
	}
}

// keepalived says of each of these that strict mode does not have it.
func TestEachWordThatStrictModeDoesNotHaveIsNamed(t *testing.T) {
	const six = "virtual_ipaddress {\nfe80::7\n}"
	for lines, word := range map[string]string{
		"state MASTER\npriority 100":                       "state",
		"state BACKUP\npriority 255":                       "state",
		"authentication {\nauth_type PASS\nauth_pass x\n}": "authentication",
		"preempt_delay 5":                                  "preempt_delay",
		"down_timer_adverts 5":                             "down_timer_adverts",
		"accept":                                           "accept",
		"accept\nversion 3":                                "",
		"accept\nstate MASTER":                             "",
		"garp_lower_prio_repeat 2":                         "garp_lower_prio_repeat",
		"garp_lower_prio_delay 2":                          "garp_lower_prio_delay",
		"garp_lower_prio_delay 0":                          "",
		"lower_prio_no_advert no":                          "lower_prio_no_advert",
		"lower_prio_no_advert":                             "",
		"higher_prio_send_advert":                          "higher_prio_send_advert",
		"use_vmac\nvmac_xmit_base":                         "vmac_xmit_base",
		"use_vmac 02:00:00:00:00:01":                       "use_vmac 02:00:00:00:00:01",
		"version 2\n" + six:                                "version",
	} {
		vip := "virtual_ipaddress {\n192.0.2.7\n}\n"
		if word == "version" {
			vip = ""
		}
		_, findings := Parse("x", []byte("vrrp_instance A {\ninterface eth0\nvirtual_router_id 1\n"+vip+lines+"\nstrict_mode\n}\n"), Facts{})
		got := ""
		for _, f := range findings {
			if f.Code == "strict-passes-over" {
				got += f.Args["Word"]
			}
		}
		if got != word {
			t.Errorf("%q: %q is named, want %q", lines, got, word)
		}
	}
}
