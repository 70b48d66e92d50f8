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
