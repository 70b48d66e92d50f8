package model

import (
	"strings"
	"testing"
)

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
    debug 3
    debug 2
}
`), Facts{})
	in := c.Instances[0]
	if in.AuthType.Val != "PASS" || len(in.Kept) != 1 || in.Kept[0].Args[0] != "2" {
		t.Errorf("%+v", in)
	}
}

func TestAKeptWordIsHeldAgainstItsRangeAndStaysAsWritten(t *testing.T) {
	c, findings := Parse("x", []byte("global_defs {\n    json_version 3\n    vrrp_no_swap\n}\n"), Facts{})
	if len(c.Global.Kept) != 2 || c.Global.Kept[1].Args[0] != "3" {
		t.Errorf("kept %+v", c.Global.Kept)
	}
	for _, f := range findings {
		if f.Code == "out-of-range" && f.Severity == Warning && f.Args["Range"] == "1..2" {
			return
		}
	}
	t.Errorf("findings %+v", findings)
}

// There is one daemon for the connections; keepalived wants it among the global
// words today, and complains about the old one of an instance.
func TestTheOldWordForConnectionsIsWrittenInTodays(t *testing.T) {
	instance := func(name, word string) string {
		return "vrrp_instance " + name + " {\n    interface eth0\n" + word + "}\n"
	}
	old := "    lvs_sync_daemon_interface eth1\n"
	for text, want := range map[string]string{
		instance("V", old): "eth1 inst V id 0",
		instance(`"V 1"`, old) + instance("W", strings.ReplaceAll(old, "eth1", "eth2")):                                    `eth1 inst "V 1" id 0`,
		instance("V", old) + "global_defs {\n    lvs_sync_daemon eth2 V port 9000\n}\n":                                    "eth2 inst V port 9000",
		instance("V", "    lvs_sync_daemon_interface\n"):                                                                   "",
		instance("V", "") + instance("V", strings.ReplaceAll(old, "eth1", "eth2")) + "global_defs {\n    router_id x\n}\n": "",
	} {
		c, _ := Parse("x", []byte(text), Facts{})
		got := ""
		if c.Global.Sync.Written {
			got = c.Global.Sync.Val.String()
		}
		if got != want || len(c.Instances[0].Kept) > 0 {
			t.Errorf("%s\ngives %q, want %q, and in the instance %+v", text, got, want, c.Instances[0].Kept)
		}
		if back, _ := Parse("x", []byte(Print(c)), Facts{}); !Equal(c, back) {
			t.Errorf("%s\ncomes back as\n%s", text, Print(back))
		}
	}
}

func TestARouteIsKeptInTodaysWords(t *testing.T) {
	for old, now := range map[string]string{
		"default gw 192.0.2.1 dev eth0":                               "default via 192.0.2.1 dev eth0",
		"198.51.100.0/24 via 192.0.2.1 or 192.0.2.2 dev eth0":         "198.51.100.0/24 dev eth0 nexthop via 192.0.2.1 nexthop via 192.0.2.2",
		"198.51.100.0/24 gw 192.0.2.1 or inet 192.0.2.2":              "198.51.100.0/24 nexthop via 192.0.2.1 nexthop via inet 192.0.2.2",
		"198.51.100.0/24 nexthop via 192.0.2.1 nexthop via 192.0.2.2": "198.51.100.0/24 nexthop via 192.0.2.1 nexthop via 192.0.2.2",
	} {
		c, _ := Parse("x", []byte("static_routes {\n    "+old+"\n}\n"), Facts{})
		if got := Print(c); got != "static_routes {\n    "+now+"\n}\n" {
			t.Errorf("%s is printed\n%s", old, got)
		}
	}
}

// keepalived leaves out a route or a rule with a word that it does not know, and of
// an address the word; an export has no more of them.
func TestWordsThatNobodyKnowsAreNotKeptInLines(t *testing.T) {
	c, _ := Parse("x", []byte(`static_ipaddress {
    10.3.0.1/24 dev eth0 bogus
}
static_routes {
    10.4.0.0/24 via 10.3.0.9 dev eth0 bogus
    10.5.0.0/24 via 10.3.0.9 dev eth0
}
static_rules {
    from 10.3.0.0/24 table 5 bogus 7
}
vrrp_instance V {
    interface eth0
    virtual_router_id 1
    track_interface {
        eth1 bogus
        eth2 weight 5 bogus
    }
    track_process {
        P bogus
        Q weight 2 bogus
    }
}
`), Facts{})
	const want = `static_ipaddress {
    10.3.0.1/24 dev eth0
}

static_routes {
    10.5.0.0/24 via 10.3.0.9 dev eth0
}

vrrp_instance V {
    state BACKUP
    interface eth0
    virtual_router_id 1
    track_interface {
        eth2 weight 5
    }
    track_process {
        Q weight 2
    }
}
`
	if got := Print(c); got != want {
		t.Errorf("printed\n%s", got)
	}
}
