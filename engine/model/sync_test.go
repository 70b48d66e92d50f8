package model

import (
	"testing"
)

func TestTheSynchronisationFollowsAnInstanceAndHasItsNumber(t *testing.T) {
	const instance = "vrrp_instance V {\n    interface eth0\n    virtual_router_id 51\n}\n"
	for argument, want := range map[string]string{
		"eth1": "", // without an instance keepalived's checker starts them
		"eth1\n}\nvirtual_server 192.0.2.1 80 {\nprotocol TCP": "eth1",
		"eth1 V":                            "eth1 inst V id 51",
		"eth1 inst V":                       "eth1 inst V id 51",
		"eth1 id 9 inst V":                  "eth1 inst V id 9",
		"eth1 V 7":                          "eth1 inst V id 7", // as older texts have it
		"eth1 V 300":                        "eth1 inst V id 51",
		"eth1 V id":                         "eth1 inst V id 51",
		"eth1 V id 0 port 0 ttl 5":          "eth1 inst V id 0 ttl 5",
		"eth1 V group 10.0.0.1":             "eth1 inst V id 51",
		"eth1 W":                            "",                  // keepalived starts none
		"eth1 V\nlvs_sync_daemon eth2 id 4": "eth1 inst V id 51", // the first one counts
	} {
		c, findings := Parse("x", []byte("global_defs {\nlvs_sync_daemon "+argument+"\n}\n"+instance), Facts{})
		if Failed(findings) {
			t.Errorf("%s: %+v", argument, findings)
		}
		got := ""
		if s := Resolve(c).Global.Sync; s.Written {
			s.Val.ID.Written = s.Val.ID.Written || s.Val.Instance != ""
			got = s.Val.String()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", argument, got, want)
		}
		if routers, _, _ := ParseRouters("x", Print(c), Print(c), Facts{}); Resolve(routers).Global.Sync != Resolve(c).Global.Sync {
			t.Errorf("%s: without its virtual servers the text has another one", argument)
		}
		if back, _ := Parse("x", []byte(Print(c)), Facts{}); !Equal(c, back) {
			t.Errorf("%s comes back as %s", argument, Print(back))
		}
	}
}
