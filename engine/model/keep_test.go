package model

import "testing"

// What the table has no line for of its own: an argument of a word that is acted
// on, the options of an address, servers behind a mark.
func TestWhatIsNotActedOnComesBackAsWritten(t *testing.T) {
	const text = `virtual_server_group G {
    192.0.2.1-9 80
}

vrrp_instance V {
    state BACKUP
    interface eth0
    virtual_router_id 1
    authentication {
        auth_type AH
        auth_pass secret
    }
    virtual_ipaddress {
        192.0.2.7/24 dev eth0 peer 192.0.2.8 home
    }
    unicast_peer {
        192.0.2.2 min_ttl 254
    }
    use_vmac vrrp.1 netlink_notify_msg
}

virtual_server 192.0.2.1 80 {
    protocol TCP
    lvs_sched rr
    lvs_method TUN type gre
    real_server 192.0.2.3 80 {
        lvs_method TUN type gue port 5555
        PING_CHECK {
            retry 2
        }
    }
}

virtual_server fwmark 7 {
    real_server 192.0.2.3 80 {
        MISC_CHECK {
            misc_path "/bin/check \"a b\""
        }
    }
}
`
	c, findings := Parse("x", []byte(text), Facts{})
	if Failed(findings) {
		t.Fatal(findings)
	}
	if got := Print(c); got != text {
		t.Errorf("printed\n%s", got)
	}
}

func TestALaterStatementReplacesAKeptOne(t *testing.T) {
	c, _ := Parse("x", []byte(`vrrp_instance V {
    interface eth0
    virtual_router_id 1
    authentication {
        auth_type AH
        auth_type PASS
        auth_pass x
    }
    version 3
    version 2
}
`), Facts{})
	in := c.Instances[0]
	if in.AuthType.Val != "PASS" || len(in.Kept) != 1 || in.Kept[0].Args[0] != "2" {
		t.Errorf("%+v", in)
	}
}

func TestAKeptWordIsHeldAgainstItsRangeAndStaysAsWritten(t *testing.T) {
	c, findings := Parse("x", []byte("global_defs {\n    vrrp_down_timer_adverts 101\n    vrrp_strict\n}\n"), Facts{})
	if len(c.Global.Kept) != 2 || c.Global.Kept[0].Args[0] != "101" {
		t.Errorf("kept %+v", c.Global.Kept)
	}
	for _, f := range findings {
		if f.Code == "out-of-range" && f.Severity == Warning && f.Args["Range"] == "1..100" {
			return
		}
	}
	t.Errorf("findings %+v", findings)
}
