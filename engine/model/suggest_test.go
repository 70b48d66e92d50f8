package model

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// slips is the optimal string alignment distance, from its definition.
func slips(a, b string) int {
	switch {
	case a == "" || b == "":
		return len(a) + len(b)
	case a[0] == b[0]:
		return slips(a[1:], b[1:])
	}
	n := 1 + min(slips(a[1:], b), slips(a, b[1:]), slips(a[1:], b[1:]))
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
		n = min(n, 1+slips(a[2:], b[2:]))
	}
	return n
}

func TestDistanceIsThatOfItsDefinitionUpToTheMost(t *testing.T) {
	words := []string{""}
	for i := 0; len(words[i]) < 5; i++ {
		words = append(words, words[i]+"a", words[i]+"b")
	}
	for _, a := range words {
		for _, b := range words {
			for most := range 3 {
				if got, want := distance(a, b, most), slips(a, b); got != want && (want <= most || got <= most) {
					t.Fatalf("from %q to %q it is %d at most %d, want %d", a, b, got, most, want)
				}
			}
		}
	}
}

// TestManyOfOneKindAreReadInOnePass: each of these takes minutes where every line
// is held against every other.
func TestManyOfOneKindAreReadInOnePass(t *testing.T) {
	const n = 60_000 // there may not be many more addresses
	each := func(format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, row := range map[string]struct{ text, code string }{
		"addresses of an instance": {"vrrp_instance A {\n virtual_ipaddress {\n" + strings.Repeat("10.0.0.1\n", n) + "}\n}\n", "duplicate-address"},
		"lists of an instance":     {"vrrp_instance A {\n" + strings.Repeat("virtual_ipaddress {\n10.0.0.1\n}\n", n) + "}\n", "duplicate-address"},
		"members of a group":       {"vrrp_sync_group G {\n group {\n" + each("m%d\n") + "}\n}\n", "unknown-instance"},
		"tracks of no script": {each("vrrp_script chk%d {\n script /bin/true\n}\n") + "vrrp_instance A {\n track_script {\n" +
			each("chl%d\n") + "}\n}\n", "unknown-script"},
		"unknown words":    {each("virtual_serverx%d\n"), "unknown-word"},
		"methods":          {"virtual_server 10.0.0.1 80 {\n" + strings.Repeat("lb_kind NAT\nlb_kind TUN ipip\n", n) + "}\n", "repeated-word"},
		"kept words":       {strings.Repeat("use_pid_dir\n", n), "kept-not-acted"},
		"server groups":    {each("virtual_server_group g%d {\n192.0.2.1 80\n}\n") + "virtual_serverx\n", "unknown-word"},
		"kept in a block":  {"global_defs {\n" + each("lvs_sync_daemon eth0 V%d\nvrrp_version 3\nnftables x\n") + "}\n", "repeated-word"},
		"kept and methods": {"virtual_server 10.0.0.1 80 {\n" + strings.Repeat("lb_kind TUN ipip\nha_suspend\nip_family inet\n", n) + "}\n", "unknown-word"},
		"silenced codes": {strings.Repeat("! holdfast: allow "+strings.Repeat("x ", 100)+"\n", n/10) +
			strings.Repeat("a\"b\"", 8000) + "\n", "unknown-word"},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			_, findings := Parse("x", []byte(row.text), host)
			if took := time.Since(began); took > time.Minute { // a square of the lines takes hours
				t.Errorf("took %v", took)
			}
			if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Code == row.code }) {
				t.Errorf("no %s among %d findings", row.code, len(findings))
			}
		})
	}
}

func TestHintsCostNoMoreThanTheyMay(t *testing.T) {
	b := &binder{}
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("chk%04d", i)
	}
	hints := 0
	for range 10 * maxCompared / len(names) {
		if b.hint("chkk0001", names) == "chk0001" {
			hints++
		}
	}
	if hints != maxCompared/len(names) {
		t.Errorf("%d hints", hints)
	}
}
