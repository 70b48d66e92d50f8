package interop

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/test/lab"
)

// here is the configuration whose reports are compared: a master, a backup, one in
// FAULT, some that hear adverts which do not count, one moved by scripts, and a group.
const here = `global_defs {
    router_id compared
    script_user root
    enable_script_security
    smtp_server 192.0.2.33
    smtp_connect_timeout 20
    notification_email_from lb@example.com
    notification_email { ops@example.com }
    smtp_alert_vrrp true
    vrrp_garp_master_delay 4
    vrrp_garp_lower_prio_repeat 2
}
vrrp_script good { script "/usr/bin/true"
    interval 1
    rise 2
    fall 3
    timeout 4
    weight 5 }
vrrp_script bad { script "/usr/bin/false"
    interval 1
    weight -3 }
vrrp_script slow { script "/usr/bin/sleep 30"
    interval 60
    timeout 60
    weight 9 }
static_ipaddress {
    203.0.113.77/24 dev eth0
    203.0.113.78/24 dev eth0 label eth0:7 track_group TG
}
static_routes {
    198.51.130.0/24 dev eth0
    blackhole 198.51.132.0/24 table 100
}
static_rules {
    from 203.0.113.77 table 100 preference 160
}
track_group TG {
    group { VI_OPEN 
    }
}
vrrp_sync_group G1 {
    group { VI_G1 
    VI_G2 }
    track_interface { eth0 }
    notify_master /usr/bin/true
    smtp_alert false
}
vrrp_instance VI_MASTER {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 150
    authentication { auth_type PASS
    auth_pass 64e06f86 }
    virtual_ipaddress {
        192.0.2.100/24 brd + label eth0:1
        192.0.2.101 scope link
        192.0.2.102/32 no_track
    }
    virtual_ipaddress_excluded {
        192.0.2.103/32
        192.0.2.104/28 brd 192.0.2.111 dev far
    }
    track_interface { lo weight 3 
    eth0 }
    dont_track_primary
    promote_secondaries
    garp_extra_if all 30
    notify_master /usr/bin/true
    notify "/usr/bin/true one two"
}
vrrp_instance VI_BACKUP {
    interface eth0
    virtual_router_id 52
    priority 90
    nopreempt
    advert_int 1
    mcast_src_ip 192.0.2.31
    virtual_ipaddress { 192.0.2.110 }
    smtp_alert off
    notify_stop /usr/bin/true
}
vrrp_instance VI_FAULT {
    interface dead
    virtual_router_id 53
    garp_master_refresh 60
    garp_master_refresh_repeat 2
    preempt_delay 7
    down_timer_adverts 4
    virtual_ipaddress { 192.0.2.120 }
    notify_fault /usr/bin/true
    notify_backup /usr/bin/true
    notify_master_rx_lower_pri /usr/bin/true
}
vrrp_instance VI_SCRIPT {
    interface eth0
    virtual_router_id 54
    track_script { good 
    bad weight -7 
    slow }
    virtual_ipaddress { 192.0.2.130 }
}
vrrp_instance VI_SECRET {
    interface eth0
    virtual_router_id 55
    authentication { auth_type PASS
    auth_pass right }
    virtual_ipaddress { 192.0.2.140 }
}
vrrp_instance VI_OPEN {
    interface eth0
    virtual_router_id 56
    virtual_ipaddress { 192.0.2.150 }
    virtual_routes {
        198.51.103.1 gw 192.0.2.10 oif eth0 priority 9
        198.51.102.0/24 via 192.0.2.10 table 100 mtu lock 1400 advmss 1300 no_track
        198.51.108.0/24 nexthop via 192.0.2.10 dev eth0 weight 3 nexthop via 192.0.2.11 dev eth0 weight 5
        2001:db8:8::/48 via fe80::9 dev eth0 pref high metric 7
        default via 192.0.2.10 dev eth0 table 102 tos 0x10 scope link add
        198.51.110.0/24 dev eth0 src 192.0.2.31 realms 3/4 rtt 300ms rttvar 2s rto_min lock 1500ms hoplimit 9 window 900 ssthresh 7 cwnd 8 reordering 4 initcwnd 20 initrwnd 21
        198.51.111.0/24 dev eth0 realms 4 append rtt lock 9s quickack 1 features ecn congctl reno fastopen_no_cookie 1
        prohibit 198.51.112.0/24 no_track protocol static
    }
    virtual_rules {
        from 192.0.2.0/24 table 100 preference 100
        fwmark 7/0xf iif eth0 table 100 preference 110
        not from 2001:db8::/32 to 2001:db8:7::7 tos 16 blackhole order 102
        ipproto tcp sport 5-9 dport 80-81 uidrange 0-9 tunnel-id 9 oif eth0 table 100 preference 130 no_track
        table main suppress_prefixlength 8 suppress_ifgroup 3 realms 3/4 preference 140
        from 192.0.2.11 goto 200 preference 123
        nop preference 124
        l3mdev preference 125
        fwmark 9 prohibit preference 126
        inet6 inet6 table 7 preference 127
    }
}
vrrp_instance VI_SLOW {
    interface eth0
    virtual_router_id 57
    advert_int 2
    virtual_ipaddress { 192.0.2.160 }
}
vrrp_instance VI_G1 {
    interface eth0
    virtual_router_id 58
    virtual_ipaddress { 192.0.2.170 }
}
vrrp_instance VI_G2 {
    interface eth0
    virtual_router_id 59
    priority 120
    virtual_ipaddress { 192.0.2.180 }
}
`

// peers are instances that speak to one: of each version and checked in different ways.
const peers = `vrrp_instance VI_PEERS {
    interface eth0
    virtual_router_id 60
    unicast_src_ip 192.0.2.31
    unicast_ttl 17
    unicast_peer { 192.0.2.32
    192.0.2.33 min_ttl 5 }
    virtual_ipaddress { 192.0.2.190 }
}
vrrp_instance VI_PEERS3 {
    interface eth0
    virtual_router_id 61
    version 3
    unicast_peer { 192.0.2.32 }
    virtual_ipaddress { 192.0.2.191 }
}
vrrp_instance VI_NO_PEER {
    interface eth0
    virtual_router_id 62
    unicast_fault_no_peer
    virtual_ipaddress { 192.0.2.192 }
}
`

// there is its peer: it takes VI_BACKUP, and says what does not count to three others.
const there = `vrrp_instance VI_BACKUP {
    state MASTER
    interface eth0
    virtual_router_id 52
    priority 200
    virtual_ipaddress { 192.0.2.110 }
}
vrrp_instance VI_SECRET {
    state MASTER
    interface eth0
    virtual_router_id 55
    priority 200
    authentication { auth_type PASS
    auth_pass wrong }
    virtual_ipaddress { 192.0.2.140 }
}
vrrp_instance VI_OPEN {
    state MASTER
    interface eth0
    virtual_router_id 56
    priority 200
    authentication { auth_type PASS
    auth_pass any }
    virtual_ipaddress { 192.0.2.150 }
}
vrrp_instance VI_SLOW {
    state MASTER
    interface eth0
    virtual_router_id 57
    priority 200
    virtual_ipaddress { 192.0.2.160 }
}
`

// compared is one lab whose first director is asked for reports.
type compared struct {
	data, stats, json fields
}

// observe runs a program on d1 beside keepalived and reads its reports when every
// instance is where it belongs.
func observe(t *testing.T, program lab.Program) compared {
	t.Helper()
	l := lab.New(t, lab.Options{Nodes: []string{"d1", "d2"}})
	wire := l.Capture()
	n := l.Node("d1")
	for _, link := range []string{"far", "dead"} {
		n.Run("ip", "link", "add", link, "type", "veth", "peer", "name", link+"-end")
		n.Run("ip", "link", "set", link, "up")
	}
	n.Run("ip", "link", "set", "far-end", "up")
	began := time.Now()
	l.Node("d2").Direct(keepalived(), there)
	for _, router := range []uint8{52, 55, 56, 57} {
		wire.Expect("the peer's adverts", began, 10*time.Second, func(f lab.Frame) bool { return f.Kind == lab.Advert && f.Router == router })
	}
	d := report(t, n, program, here+peers)
	d.Start()
	for _, router := range []uint8{51, 54, 55, 56, 57, 58, 59, 60, 61} {
		wire.Expect("adverts of d1", began, 20*time.Second, func(f lab.Frame) bool {
			return f.Kind == lab.Advert && f.Src == n.Addr && f.Router == router
		})
	}
	var got compared
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		got.data = fieldsOfData(t, d.fresh(dataSignal))
		// keepalived's own run of the slow script, and three good answers of the other.
		if got.data["script good Result"] == "4" && got.data["instance VI_BACKUP Master priority"] == "200" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not settle: %v", program.Name, got.data)
		}
	}
	got.stats, got.json = fieldsOfStats(t, d.fresh(statsSignal)), fieldsOfJSON(t, d.fresh(jsonSignal))
	for router, name := range map[uint8]string{51: "VI_MASTER", 57: "VI_SLOW"} {
		sentWithin(t, wire, n.Addr, router, func() int {
			count, err := strconv.Atoi(fieldsOfStats(t, d.fresh(statsSignal))["stats "+name+" Advertisements.Sent"])
			if err != nil {
				t.Fatal(err)
			}
			return count
		})
	}
	return got
}

// What an exporter reads of Holdfast is what it would read of keepalived 2.2.7.
func TestReportsSayWhatKeepalivedSays(t *testing.T) {
	t.Parallel()
	var theirs, ours compared
	t.Run("lab", func(t *testing.T) {
		t.Run("keepalived", func(t *testing.T) { t.Parallel(); theirs = observe(t, keepalived()) })
		t.Run("holdfast", func(t *testing.T) { t.Parallel(); ours = observe(t, lab.Holdfast()) })
	})
	list := readList(t)
	compare(t, list, theirs.data, ours.data)
	compare(t, list, theirs.stats, ours.stats)
	compare(t, list, theirs.json, ours.json)
	for _, must := range []string{"stats VI_SECRET Authentication Errors.Failure", "stats VI_OPEN Authentication Errors.Type Mismatch",
		"stats VI_BACKUP Advertisements.Received"} {
		if n := theirs.stats[must]; n == "" || n == "0" {
			t.Errorf("%s: keepalived counted nothing: the lab compares less than it should", must)
		}
	}
	if strings.Contains(strings.Join(values(ours.data), "\n")+strings.Join(values(ours.json), "\n"), "64e06f86") {
		t.Error("the password is in a report")
	}
}

func values(f fields) (all []string) {
	for _, v := range f {
		all = append(all, v)
	}
	return all
}
