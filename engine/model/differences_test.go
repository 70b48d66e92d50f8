package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestChangesAreToldInTheWordsOfTheConfiguration(t *testing.T) {
	const before = `vrrp_script chk {
    script "/bin/true"
}
vrrp_instance A {
    interface eth0
    virtual_router_id 7
    priority 100
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance B {
    interface eth0
    virtual_router_id 8
    virtual_ipaddress {
        192.0.2.2
    }
}
`
	old := resolved(t, before)
	next := resolved(t, `vrrp_script chk {
    script "/bin/false"
}
vrrp_instance A {
    interface eth0
    virtual_router_id 7
    priority 98
    track_script {
        chk
    }
    virtual_ipaddress {
        192.0.2.1
    }
}
vrrp_instance C {
    interface eth0
    virtual_router_id 9
    virtual_ipaddress {
        192.0.2.3
    }
}
`)
	want := []string{"vrrp_script chk: script \"/bin/true\" -> \"/bin/false\"", "A: priority 100 -> 98", "A: track_script + chk", "+ vrrp_instance C", "- vrrp_instance B"}
	if got := Changes(old, next, VRRP); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Changes(old, resolved(t, "# a line more\n"+before), VRRP); len(got) != 0 {
		t.Errorf("a comment is told as %q", got)
	}
}

func TestWhatADifferenceSays(t *testing.T) {
	instance := func(words string) string {
		return "vrrp_instance A {\n interface eth0\n virtual_router_id 7\n" + words + "\n}\n"
	}
	server := func(words string) string {
		return "virtual_server 192.0.2.1 80 {\n protocol TCP\n real_server 192.0.2.2 80 {\n" + words + "\n}\n}\n"
	}
	for _, c := range []struct{ old, next, want string }{
		{instance(""), instance("priority 100"), ""},
		{instance("priority 100"), instance("priority 0"), ""}, // refused: 100 stays
		{instance("mcast_src_ip 192.0.2.9"), instance(""), "A: - mcast_src_ip 192.0.2.9"},
		{instance("authentication {\n auth_type PASS\n auth_pass a\n}"), instance("authentication {\n auth_type PASS\n auth_pass b\n}"), "A: ~ auth_pass"},
		{instance("virtual_ipaddress {\n192.0.2.1\n192.0.2.3\n}"), instance("virtual_ipaddress {\n192.0.2.3\n192.0.2.1\n}"), "A: ~ virtual_ipaddress"},
		{instance("virtual_ipaddress {\n192.0.2.1\n}"), instance("virtual_ipaddress {\n192.0.2.1 label eth0:1\n192.0.2.3\n}"),
			"A: virtual_ipaddress 192.0.2.1/32 dev eth0 -> 192.0.2.1/32 dev eth0 label eth0:1; A: virtual_ipaddress + 192.0.2.3/32 dev eth0"},
		{instance("track_interface {\neth1\neth2\n}"), instance("track_interface {\neth1 weight 5\n}"),
			"A: track_interface eth1 -> eth1 weight 5; A: track_interface - eth2"},
		{instance("notify_master /bin/a"), instance("notify_master /bin/a nobody"), `A: notify_master "/bin/a" -> "/bin/a" "nobody"`},
		{"global_defs {\nscript_user nobody\n}\n" + instance("notify /bin/a"), "global_defs {\nscript_user daemon\n}\n" + instance("notify /bin/a"),
			`global_defs: script_user nobody -> daemon; A: notify "/bin/a" "nobody" -> "/bin/a" "daemon"`},
		{"vrrp_script chk {\nscript /bin/a\nuser nobody\n}\n", "vrrp_script chk {\nscript /bin/a\nuser daemon\n}\n", "vrrp_script chk: user nobody -> daemon"},
		{server("UDP_CHECK {\nrequire_reply\n}"), server("UDP_CHECK {\n}"), "tcp:192.0.2.1:80/192.0.2.2:80: UDP_CHECK 192.0.2.2:80: - require_reply"},
		{server("HTTP_GET {\nurl {\npath /a\n}\nurl {\npath /b\n}\n}"), server("HTTP_GET {\nurl {\npath /b\n}\nurl {\npath /a\n}\n}"),
			"tcp:192.0.2.1:80/192.0.2.2:80: HTTP_GET http://192.0.2.2:80/b: ~ url"},
		{instance("unicast_peer {\n192.0.2.8\n}"), instance("unicast_peer {\n192.0.2.9\n}"), "A: unicast_peer + 192.0.2.9; A: unicast_peer - 192.0.2.8"},
		{instance("use_vmac"), instance(""), "A: - use_vmac"},
		{instance("vrf a"), instance("vrf b"), `A: vrf a -> b`},
		{instance("auth_hmac {\nactive_key 1\nkey 1 0123456789abcdef0123456789abcdef\nmode enforce\n}"), instance("auth_hmac {\nactive_key 1\nkey 1 0123456789abcdef0123456789abcdee\nmode permissive\n}"),
			"A: auth_hmac: ~ key; A: auth_hmac: mode enforce -> permissive"},
		{"garp_group {\ninterface eth0\ngarp_interval 1\n}\n", "garp_group {\ninterface eth1\ngarp_interval 1\n}\n", "garp_group: interfaces + eth1; garp_group: interfaces - eth0"},
		{"vrrp_track_process p {\nprocess x\nweight 1\n}\n", "vrrp_track_process p {\nprocess x\nweight 2\n}\nvrrp_track_process q {\nprocess y\n}\n",
			"vrrp_track_process p: weight 1 -> 2; + vrrp_track_process q"},
		{"static_routes {\n198.51.100.0/24 via 192.0.2.1\n}\n", "", "static_routes - 198.51.100.0/24 via 192.0.2.1"},
		{server("weight 1"), server("weight 2"), "tcp:192.0.2.1:80/192.0.2.2:80: weight 1 -> 2"},
		{server("TCP_CHECK {\n}"), server(""), "tcp:192.0.2.1:80/192.0.2.2:80: - TCP_CHECK 192.0.2.2:80"},
		{server("TCP_CHECK {\n}"), server("SMTP_CHECK {\n}"),
			"tcp:192.0.2.1:80/192.0.2.2:80: + SMTP_CHECK 192.0.2.2:80; tcp:192.0.2.1:80/192.0.2.2:80: - TCP_CHECK 192.0.2.2:80"},
		{server("TCP_CHECK {\n}\nTCP_CHECK {\nconnect_port 81\n}"), server("TCP_CHECK {\nconnect_port 81\nfwmark 7\n}\nTCP_CHECK {\n}"),
			"tcp:192.0.2.1:80/192.0.2.2:80: TCP_CHECK 192.0.2.2:81: + fwmark 7"},
		{server("") + "virtual_server fwmark 1 {\nlvs_sched rr\nreal_server 192.0.2.2 80 {\nweight 1\n}\n}\n", server("") + "virtual_server fwmark 1 {\nlvs_sched rr\nreal_server 192.0.2.2 80 {\nweight 2\n}\n}\n",
			"fwmark:1/192.0.2.2:80: weight 1 -> 2"},
		{server(""), "", "- virtual_server tcp:192.0.2.1:80"},
		{server(""), "virtual_server 192.0.2.1 80 {\n protocol TCP\n delay_loop 7\n sh-port\n real_server 192.0.2.2 80 {\n}\n}\n",
			"tcp:192.0.2.1:80: + sh-port; tcp:192.0.2.1:80: delay_loop 60 -> 7"},
		{"global_defs {\nvrrp_mcast_group4 224.0.0.20\n}\n" + instance(""), "global_defs {\nrouter_id x\n}\n" + instance(""),
			"global_defs: router_id node1 -> x; global_defs: vrrp_mcast_group4 224.0.0.20 -> 224.0.0.18"},
		{"global_defs {\nchecker_no_swap\nvrrp_no_swap\n}\n", "global_defs {\nlvs_timeouts tcp 5\n}\n",
			"global_defs: - vrrp_no_swap; global_defs: + lvs_timeouts tcp 5; global_defs: - checker_no_swap"},
	} {
		old, next := resolved(t, c.old), resolved(t, c.next)
		if got := strings.Join(append(Changes(old, next, VRRP), Changes(old, next, LVS)...), "; "); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func BenchmarkDifferencesOfAHundredThousandServers(b *testing.B) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "virtual_server 10.0.%d.%d 80 {\n protocol TCP\n", i/250, i%250)
		for j := range 100 {
			fmt.Fprintf(&text, "real_server 10.1.%d.%d 80 {\nTCP_CHECK {\nconnect_timeout 3\n}\n}\n", j, i%250)
		}
		text.WriteString("}\n")
	}
	read := func(text string) Config {
		c, _ := Parse("x", []byte(text), Facts{})
		return Resolve(c)
	}
	old, next := read(text.String()), read(strings.Replace(text.String(), "timeout 3", "timeout 4", 1))
	for b.Loop() {
		if got := Changes(old, next, LVS); len(got) != 1 {
			b.Fatal(got)
		}
	}
}
