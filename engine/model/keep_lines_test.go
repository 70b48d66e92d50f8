package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// inWords are blocks for the statements of the next test, whose place is %s.
var inWords = map[string]string{
	"global":   "global_defs {\n%s\n}\n",
	"instance": "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n10.0.0.1/24\n}\n%s\n}\n",
	"address":  "vrrp_instance V {\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {\n%s\n}\n}\n",
	"route":    "static_routes {\n%s\n}\n",
	"rule":     "static_rules {\n%s\n}\n",
	"group":    "virtual_server_group G {\n%s\n}\n",
	"server":   "virtual_server 10.0.0.1 80 {\nprotocol TCP\nlvs_sched rr\n%s\nreal_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}\n",
	"check":    "virtual_server 10.0.0.1 80 {\nprotocol TCP\nreal_server 10.0.0.2 80 {\n%s\n}\n}\n",
	"root":     "%s\n",
}

// keptRows are statements with the code of what is found in them, "-" for nothing:
// what keepalived 2.2.7 complains of, or takes.
const keptRows = `
global|lvs_sync_daemon|no-value
global|lvs_sync_daemon eth0 id 5 maxlen 1000 port 99 ttl 25 group 224.0.0.5|-
global|lvs_sync_daemon eth0 V1|unknown-instance
global|lvs_sync_daemon eth0 id 300|out-of-range
global|lvs_sync_daemon eth0 maxlen 70000|out-of-range
global|lvs_sync_daemon eth0 group 10.0.0.1|not-multicast
global|lvs_sync_daemon eth0 foo bar|unknown-word
global|lvs_sync_daemon eth0 id|no-value
global|lvs_sync_daemon eth0 inst|missing-value
global|lvs_timeouts tcp 5 udp 6|-
global|lvs_timeouts tcp 99999999|out-of-range
global|lvs_timeouts foo 8|unknown-word
global|lvs_timeouts|missing-option
global|umask 0777|-
global|umask 18|-
global|umask IRUSR\|IWGRP|-
global|umask 0888|bad-number
global|umask 01000|out-of-range
global|umask foo|unknown-value
global|vrrp_cpu_affinity 0 1|-
global|bfd_cpu_affinity x|bad-number
global|notify_fifo /tmp/x nobody daemon|-
global|lvs_notify_fifo|no-value
global|include_check +read -match wildcard_match|-
global|include_check readable|unknown-word
global|vrrp_garp_extra_if all 7|-
global|vrrp_garp_extra_if 0|out-of-range
global|vrrp_garp_extra_if abc|bad-number
global|vrrp_rx_bufs_policy MTU|-
global|vrrp_rx_bufs_policy 500|-
global|vrrp_rx_bufs_policy foo|bad-number
global|vrrp_mcast_group6 ff02::18|-
global|vrrp_mcast_group6 fe80::1|not-multicast
instance|use_vmac|-
instance|use_vmac v1 00:11:22:33:44:55 netlink_notify_msg|-
instance|use_vmac averyveryverylongname16|name-too-long
instance|use_vmac v1 foo bar|unknown-word
instance|use_vmac 1:2:3:4:5|mac-multicast
instance|use_ipvlan ip1 10.2.0.1/24 bridge|-
instance|use_ipvlan foo bar|unknown-word
instance|use_ipvlan ip1 private vepa|second-kind
instance|garp_extra_if 0|-
instance|unicast_peer {\n10.0.0.9 min_ttl 9 max_ttl 30\n}|-
instance|unicast_peer {\n10.0.0.9 min_ttl 256\n}|out-of-range
instance|unicast_peer {\n10.0.0.9 max_ttl abc\n}|bad-number
instance|unicast_peer {\n10.0.0.9 foo 5\n}|unknown-word
instance|unicast_peer {\n10.0.0.9 min_ttl\n}|no-value
instance|unicast_peer {\n10.0.0.9 min_ttl 9 max_ttl 3\n}|never-heard
instance|unicast_peer {\nfoo\n}|bad-address
instance|track_interface {\neth1 weight 20 reverse\n}|-
instance|track_interface {\neth1 weight 300\n}|out-of-range
instance|track_interface {\neth1 foo\n}|one-a-line
instance|track_interface {\neth1 weight\n}|no-value
instance|track_file {\nfoo weight 30\n}|unknown-object
address|10.1.0.1/24 scope 0x10|-
address|10.1.0.1/24 scope foo|unknown-value
address|10.1.0.1/24 scope 300|unknown-value
address|10.1.0.1/24 brd foo|bad-broadcast
address|10.1.0.1/24 peer foo|bad-address
address|10.1.0.1/24 preferred_lft 30 home -nodad mngtmpaddr noprefixroute autojoin use_vmac|-
root|static_ipaddress {\n10.1.0.1/24 dev eth0 use_vmac\n}|unknown-word
address|10.1.0.1/24 preferred_lft foo|bad-number
address|10.1.0.1/24 nodad|unknown-word
address|10.1.0.1/24 dev|no-value
address|fe80::7/64 label x|ipv4-only
route|10.5.0.0/24 via 10.1.0.9 dev eth0 metric 5 mtu lock 1500 rtt 5ms rttvar lock 5s tos 0x10|-
route|10.5.0.0/24 dev eth0 prepend|-
route|10.5.0.0/24 dev eth0 add|-
route|10.5.0.0/24 nexthop via 10.1.0.9 dev eth0 weight 5 nexthop via 10.1.0.8 weight 2|route-untracked
route|10.5.0.0/24 dev eth0 protocol 5|route-of-other-protocol
route|default via foo|bad-address
route|10.5.0.0/24 via|missing-value
route|10.5.0.0/24 via 10.1.0.9 scope foo|unknown-value
route|10.5.0.0/24 via 10.1.0.9 metric 0x10|bad-number
route|10.5.0.0/24 via 10.1.0.9 tos 300|out-of-range
route|10.5.0.0/24 via 10.1.0.9 hoplimit 256|out-of-range
route|10.5.0.0/24 via 10.1.0.9 rtt 5x|bad-number
route|10.5.0.0/24 via 10.1.0.9 quickack 2|out-of-range
route|10.5.0.0/24 via 10.1.0.9 congctl lock|missing-value
route|10.5.0.0/24 via 10.1.0.9 pref high|ipv6-only
route|10.5.0.0/24 via 10.1.0.9 ttl-propagate maybe|unknown-value
route|10.5.0.0/24 via 10.1.0.9 features foo|unknown-value
route|10.5.0.0/24 nexthop via 10.1.0.9 weight 0|out-of-range
route|10.5.0.0/24 via 10.1.0.9 proto 18|unknown-word
route|10.5.0.0/24 via 10.1.0.9 src foo|bad-address
route|10.5.0.0/24 via inet6 fe80::1 dev eth0|mixed-families
route|10.5.0.0/24 encap foo bar|unknown-value
route|10.5.0.0/24 as to 10.1.0.9|mpls-only
route|10.5.0.0/24 dev eth0 track_group G|unknown-object
route|dev eth0|no-destination
rule|from 10.1.0.0/24 to 10.2.0.0/24 lookup main priority 5|-
rule|from 10.1.0.0/24 table 5 priority 6 tunnel-id 18446744073709551615 sup_pl 8 sup_group 1 inet|-
rule|not from all fwmark 0xff/0x1ff uidrange 0-9 sport 5-9 table 5|-
rule|from foo table 5|bad-address
rule|from 10.1.0.0/24 tos 300 table 5|out-of-range
rule|from 10.1.0.0/24 fwmark abc table 5|bad-number
rule|from 10.1.0.0/24 goto 5|goto-back
rule|from 10.1.0.0/24 priority 9 goto 5|goto-back
rule|from 10.1.0.0/24 protocol 300 table 5|out-of-range
rule|from 10.1.0.0/24 uidrange 5 table 5|bad-span
rule|from 10.1.0.0/24 dport 80 table 5|bad-span
rule|from 10.1.0.0/24 type foo|unknown-value
rule|from 10.1.0.0/24 pref 5 table 5|unknown-word
rule|from 10.1.0.0/24 l3mdev table 5|second-action
rule|from 10.1.0.0/24|rule-without-action
rule|from 10.1.0.0/24 table 0|table-zero
rule|from 10.1.0.0/24 protocol 4 table 5 preference 5|route-of-other-protocol
rule|from 10.1.0.0/24 blackhole suppress_prefixlength 8 preference 5|table-only
rule|realms 3 goto 9 preference 5|table-only
rule|from 10.1.0.0/24 table|missing-value
group|10.0.0.1 80\n10.0.0.1-9 80\n10.0.0.1-10.0.0.9 80\n10.0.0.0/24 80\nfe80::1-f 80\nfwmark 5 inet6|-
group|10.0.0.9-1 80|bad-address-range
group|10.0.0.1-300 80|bad-address-range
group|10.0.0.1/24 80|host-bits
group|10.0.0.1 99999|bad-port
group|foo 80|bad-address
group|fwmark abc|bad-number
group|fwmark 5 foo|unknown-word
group|fwmark|missing-value
server|lvs_method TUN type gue port 99 csum|-
server|lvs_method TUN type foo|unknown-value
server|lvs_method TUN type gue|tunnel-port
server|lvs_method TUN type gue port 0|out-of-range
server|lvs_method TUN type gre csum remcsum|tunnel-checksum
server|lvs_method TUN foo|unknown-word
server|lvs_method TUN type|no-value
check|BFD_CHECK {\n}|missing-word
check|SMTP_CHECK {\nhost {\nconnect_ip 10.0.0.3\nconnect_timeout 3\nretry 2\ndelay_before_retry 2\nwarmup 1\ndelay_loop 5\nalpha\nlog_all_failures\n}\n}|-
check|BFD_CHECK {\nname nosuch\n}|unknown-object
root|virtual_server fwmark abc {\nreal_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}|out-of-range
root|virtual_server fwmark 5 {\nprotocol TCP\nreal_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}|protocol-ignored
root|virtual_server group G {\nlvs_sched foo\nreal_server 10.0.0.2 80 {\nTCP_CHECK {\n}\n}\n}|unknown-value
root|linkbeat_interfaces {\neth0 FOO\n}|unknown-word
root|interface_up_down_delays {\neth0 5.5 2\n}|-
root|interface_up_down_delays {\neth0 256\n}|out-of-range
root|track_file F {\nfile /x\ninit_file 5 overwrite\n}|-
root|track_file F {\nfile /x\ninit_file abc\n}|unknown-word
root|bfd_instance B {\nmultiplier 3\n}|missing-word
`

type keptRow struct{ place, statement, code string }

func (r keptRow) text() string { return fmt.Sprintf(inWords[r.place], r.statement) }

func eachKeptRow(t *testing.T, test func(t *testing.T, r keptRow)) {
	for _, row := range strings.Split(strings.TrimSpace(keptRows), "\n") {
		f := strings.Split(strings.ReplaceAll(row, `\|`, "\x01"), "|")
		statement := strings.NewReplacer(`\n`, "\n", "\x01", "|").Replace(f[1])
		t.Run(f[0]+" "+f[1], func(t *testing.T) { test(t, keptRow{f[0], statement, f[2]}) })
	}
}

func TestTheInsideOfAKeptStatementIsRead(t *testing.T) {
	expected := []string{"kept-not-acted", "no-method", "no-scheduler", "no-address", "no-servers", "quorum-reduced"}
	eachKeptRow(t, func(t *testing.T, r keptRow) {
		_, findings := Parse("x", []byte(r.text()), Facts{})
		var codes []string
		for _, x := range findings {
			if x.Severity > Note && !slices.Contains(expected, x.Code) {
				codes = append(codes, x.Code)
			}
		}
		if r.code == "-" && len(codes) > 0 || r.code != "-" && !slices.Contains(codes, r.code) {
			t.Errorf("findings %v, want %s", codes, r.code)
		}
	})
}

func TestAMistakeInAKeptStatementStaysInTextAndJSON(t *testing.T) {
	eachKeptRow(t, func(t *testing.T, r keptRow) {
		c, _ := Parse("x", []byte(r.text()), Facts{})
		printed := Print(c)
		if again, _ := Parse("x", []byte(printed), Facts{}); Print(again) != printed {
			t.Errorf("printed again\n%s", Print(again))
		}
		form, err := JSON(c)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := FromJSON(form, Facts{})
		if err != nil {
			t.Fatalf("%v\n%s", err, form)
		}
		if got := Print(back); got != printed {
			t.Errorf("from JSON\n%s\nof\n%s\n%s", got, printed, form)
		}
		if r.place == "address" || (r.place == "route" || r.place == "rule") && r.code != "-" || actedOn(strings.Fields(r.statement)[0]) ||
			r.code != "-" && (strings.HasPrefix(r.statement, "lvs_timeouts") || strings.HasPrefix(r.statement, "lvs_method")) {
			return // acted on: what is not valid has no effect, and says so
		}
		if !strings.Contains(r.statement, " ") && r.code != "-" {
			return // a word without its value is named, and not kept: keepalived may end at it
		}
		if r.code == "unknown-word" && strings.Contains(r.statement, "{") {
			return // what keepalived leaves out of a list for it, an export leaves out
		}
		for line := range strings.Lines(r.statement) {
			if line = strings.TrimSpace(line); !strings.Contains(printed, line) {
				t.Errorf("%q is missing in\n%s", line, printed)
			}
		}
	})
}

// actedOn says whether a word is acted on in one of its blocks.
func actedOn(word string) bool {
	return slices.ContainsFunc(Directives(), func(d Directive) bool { return d.Word == word && d.Support == Acted })
}
