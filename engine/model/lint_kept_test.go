package model

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestWhatKeepalivedComplainsAboutIsNamed(t *testing.T) {
	const owner = "state MASTER\n priority 255"
	trackFile := "track_file F {\n file /tmp/x\n weight 2\n}\n"
	tracks := "track_file {\n F\n }"
	auth := "authentication {\n auth_type PASS\n auth_pass x\n }"
	group := func(lines string) string {
		return "vrrp_sync_group G {\n group {\n A\n B\n }\n " + lines + "\n}\n" + instance("B", 2)
	}
	global := func(lines string) string { return "global_defs {\n " + lines + "\n}\n" }
	for code, row := range map[string]struct{ breaks, keeps string }{
		"unknown-object":             {"track_file E {\n file /x\n}\n" + instance("A", 1, tracks), trackFile + instance("A", 1, tracks)},
		"no-value":                   {global("startup_script"), global("startup_script /bin/true")},
		"ah-over-ipv6":               {strings.NewReplacer("192.0.2.77", "fd00::1", "eth0", "eth0\n version 2").Replace(instance("A", 1, "authentication {\n auth_type AH\n auth_pass x\n }")), instance("A", 1, "authentication {\n auth_type AH\n auth_pass x\n }")},
		"ah-not-master":              {instance("A", 1, "authentication {\n auth_type AH\n auth_pass x\n }", "state MASTER", "priority 100"), instance("A", 1, "authentication {\n auth_type AH\n auth_pass x\n }", "state MASTER", "priority 255")},
		"auth-in-version-3":          {instance("A", 1, auth, "version 3"), instance("A", 1, auth, "version 2")},
		"advert-too-long":            {instance("A", 1, "version 3", "advert_int 41"), instance("A", 1, "advert_int 41")},
		"weight-in-group":            {trackFile + instance("A", 1, tracks) + group(""), trackFile + instance("A", 1, tracks) + group("sync_group_tracking_weight")},
		"weight-of-owner":            {trackFile + instance("A", 1, tracks, owner), trackFile + instance("A", 1, tracks)},
		"promote-by-vmac":            {instance("A", 1, "use_vmac", "promote_secondaries"), instance("A", 1, "promote_secondaries")},
		"no-address":                 {"vrrp_instance A {\n interface eth0\n virtual_router_id 1\n}\n", "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n no_virtual_ipaddress\n}\n"},
		"delay-shortened":            {"interface_up_down_delays {\n eth0 2\n}\n" + instance("A", 1), "interface_up_down_delays {\n eth0 1.9\n}\n" + instance("A", 1)},
		"link-name-taken":            {instance("A", 1, "use_vmac eth0"), instance("A", 1, "use_vmac eth0.9")},
		"vrf-with-interface":         {instance("A", 1, "vrf red"), strings.Replace(instance("A", 1), "interface eth0", "vrf lo", 1)},
		"last-backslash":             {instance("A", 1, "priority 90 \\\n advert_int 2"), instance("A", 1, "priority 90 \\x\n advert_int 2")},
		"without-vmac":               {instance("A", 1, "vmac_xmit_base"), instance("A", 1, "vmac_xmit_base", "use_vmac")},
		"other-family":               {instance("A", 1, "unicast_peer {\n fd00::9\n }"), instance("A", 1, "unicast_peer {\n 192.0.2.9\n }")},
		"mixed-instance":             {strings.Replace(instance("A", 1), "interface", "mcast_src_ip fd00::9\n interface", 1), strings.Replace(instance("A", 1), "interface", "mcast_src_ip 192.0.2.9\n interface", 1)},
		"garp-group-without-delay":   {"garp_group {\n interface eth0\n}\n", "garp_group {\n garp_interval 1\n interface eth0\n}\n"},
		"interface-in-two-groups":    {strings.Repeat("garp_group {\n garp_interval 1\n interface eth0\n}\n", 2), "garp_group {\n garp_interval 1\n interface eth0\n}\ngarp_group {\n garp_interval 1\n interface lo\n}\n"},
		"peer-with-length":           {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77 peer 192.0.2.78/32", 1), strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77 peer 192.0.2.78", 1)},
		"at-least-one":               {global("vrrp_garp_master_repeat 0"), global("vrrp_garp_master_repeat 1")},
		"over-the-top":               {global("vrrp_rt_priority 100"), global("vrrp_rt_priority 99")},
		"route-of-other-protocol":    {instance("A", 1, "virtual_routes {\n 10.5.0.0/24 dev eth0 protocol static\n }"), instance("A", 1, "virtual_routes {\n 10.5.0.0/24 dev eth0 protocol static no_track\n }")},
		"tracked-twice":              {instance("A", 1, "track_interface {\n lo\n }") + group("track_interface {\n lo\n }"), instance("A", 1, "track_interface {\n lo\n }") + group("")},
		"first-counts":               {global("nftables a\n nftables b"), global("nftables a")},
		"priority-set-back":          {global("nftables_priority 10\n nftables a"), global("nftables a\n nftables_priority 10")},
		"accept-twice":               {instance("A", 1, "accept", "no_accept"), instance("A", 1, "no_accept")},
		"strict-unicast":             {instance("A", 1, "strict_mode", "unicast_peer {\n 192.0.2.9\n }"), instance("A", 1, "strict_mode no", "unicast_peer {\n 192.0.2.9\n }")},
		"strict-link-local":          {global("vrrp_strict") + strings.Replace(instance("A", 1), "192.0.2.77", "fd00::1", 1), global("vrrp_strict") + strings.Replace(instance("A", 1), "192.0.2.77", "fe80::1\n fd00::1", 1)},
		"strict-passes-over":         {instance("A", 1, "state MASTER", "priority 100") + global("vrrp_strict"), instance("A", 1, "state MASTER") + global("vrrp_strict")},
		"broadcast-is-address":       {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77/24 brd 192.0.2.77", 1), strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77/24 brd 192.0.2.255", 1)},
		"host-with-blanks":           {service("virtualhost \"a b\""), service("virtualhost a")},
		"recipients-as-people-write": {global("notification_email {\n a@b.example, c@d.example\n }"), global("notification_email {\n a@b.example\n c@d.example\n }")},
		"sender-with-name":           {global("notification_email_from Load Balancer <lb@b.example>"), global("notification_email_from lb@b.example")},
		"address-not-ascii":          {global("notification_email {\n jörg@b.example\n }"), global("notification_email {\n joerg@b.example\n }")},
		"empty-text":                 {" \n\n", "! nothing\n"},
	} {
		if len(fires(row.breaks, code)) == 0 {
			t.Errorf("%s does not fire in\n%s", code, row.breaks)
		}
		if found := fires(row.keeps, code); len(found) != 0 {
			t.Errorf("%s fires in\n%s\n%v", code, row.keeps, found)
		}
	}
}

// The family of an instance is that of the first address in it, of whatever kind.
func TestTheFirstAddressOfAnInstanceIsOfItsFamily(t *testing.T) {
	const vip, six = "virtual_ipaddress {\n 192.0.2.77\n }", "fd00::9"
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"unicast_peer {\n fd00::9\n }", vip}, "mixed-instance"},
		{[]string{"mcast_src_ip " + six, vip}, "mixed-instance"},
		{[]string{"native_ipv6", vip}, "mixed-instance"},
		{[]string{vip, "native_ipv6"}, "other-family"},
		{[]string{vip, "mcast_src_ip " + six, "unicast_src_ip " + six, "mcast_dst_ip ff02::12"}, "other-family other-family other-family"},
		{[]string{vip, "virtual_ipaddress_excluded {\n fd00::9\n }"}, ""},
		{[]string{"virtual_ipaddress {\n 192.0.2.77/24 dev eth0\n fd00::77/64\n 192.0.2.78\n }"}, "mixed-instance"},
	} {
		text := "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n " + strings.Join(c.lines, "\n ") + "\n}\n"
		_, findings := Parse("x", []byte(text), Facts{})
		var codes []string
		for _, f := range findings {
			if f.Code == "mixed-instance" || f.Code == "other-family" {
				codes = append(codes, f.Code)
			}
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%q: found %q, want %q", c.lines, got, c.want)
		}
	}
}

// What keepalived passes over does not come back by the order of an export, where it
// would be the first address.
func TestAnExportOfMixedFamiliesIsOfTheFamilyOfTheText(t *testing.T) {
	const vip = "virtual_ipaddress {\n 192.0.2.77\n }"
	for lines, want := range map[string]struct {
		six   bool
		addrs int
	}{
		vip + "\n mcast_src_ip fd00::9":                                                 {false, 1},
		vip + "\n unicast_src_ip fd00::9\n unicast_peer {\n 192.0.2.1\n }":              {false, 1},
		vip + "\n native_ipv6":                                                          {false, 1},
		"mcast_src_ip fd00::9\n " + vip:                                                 {true, 0},
		"unicast_peer {\n fd00::9\n }\n " + vip:                                         {true, 0},
		"unicast_peer {\n fd00::9\n }\n virtual_ipaddress {\n 192.0.2.77\n fd00::7\n }": {true, 1},
	} {
		text := "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n " + lines + "\n}\n"
		cfg, _ := Parse("x", []byte(text), Facts{})
		for range 2 {
			if in := cfg.Instances[0]; in.IPv6() != want.six || len(in.Addrs) != want.addrs {
				t.Errorf("%q: IPv6 %v with %d addresses", lines, in.IPv6(), len(in.Addrs))
			}
			cfg, _ = Parse("x", []byte(Print(cfg)), Facts{})
		}
	}
}

func TestAnIntervalOfAGarpGroupMayBeNone(t *testing.T) {
	cfg, findings := Parse("x", []byte("garp_group {\n garp_interval 0\n interface eth0\n}\n"), Facts{})
	if len(findings) > 0 || len(cfg.GarpGroups) != 1 || !cfg.GarpGroups[0].GarpInterval.Written {
		t.Errorf("%v, %+v", findings, cfg.GarpGroups)
	}
}

func TestVersionOfGlobalDefsIsThatOfItsInstances(t *testing.T) {
	text := instance("A", 1, "authentication {\n auth_type PASS\n auth_pass x\n }") + "global_defs {\n vrrp_version 3\n}\n"
	if len(fires(text, "auth-in-version-3")) != 1 {
		t.Error("authentication in version 3 is not named")
	}
}

func TestRecipientsAreSentToAsTheyAreMeant(t *testing.T) {
	for line, want := range map[string][]string{
		"ops@a.example, boss@a.example":                {"ops@a.example", "boss@a.example"},
		"ops@a.example,boss@a.example":                 {"ops@a.example", "boss@a.example"},
		"NOC team <noc@a.example>":                     {"noc@a.example"},
		`"NOC, team" <noc@a.example>, <ops@a.example>`: {"noc@a.example", "ops@a.example"},
		"A <a@a.example> B <b@a.example>":              {"a@a.example", "b@a.example"},
		"ops@a.example boss@a.example":                 {"ops@a.example", "boss@a.example"},
		"ops@a.example, ops@a.example,":                {"ops@a.example"},
	} {
		c, _ := Parse("x", []byte("global_defs {\n notification_email {\n "+line+"\n }\n}\n"), Facts{})
		if !slices.Equal(c.Global.Emails, want) {
			t.Errorf("%s is sent to %q, want %q", line, c.Global.Emails, want)
		}
	}
}

func TestBlockThatSwallowsItsNamesakeIsToldWhereThatStands(t *testing.T) {
	found := fires("vrrp_instance A {\n"+instance("A", 1), "duplicate-name")
	if len(found) != 1 || found[0].Range.Line != 1 || found[0].Args["Below"] != "2" {
		t.Errorf("found %+v", found)
	}
}

func TestPriorityOfTheChainIsTheOneInForce(t *testing.T) {
	for text, want := range map[string]bool{
		"vrrp_iptables\n nftables_priority 10": true, "nftables_priority 10\n vrrp_iptables": false, "nftables x\n nftables_priority 10\n nftables y": true,
	} {
		c, _ := Parse("x", []byte("global_defs {\n "+text+"\n}\n"), Facts{})
		out := Print(c)
		last := strings.LastIndex(out, "nftables_priority 10")
		if (last >= 0) != want || want && last < strings.LastIndex(out, "iptables") {
			t.Errorf("%q is exported as\n%s", text, out)
		}
	}
}

func TestExportLeavesOutWhatNoReleaseHas(t *testing.T) {
	c, _ := Parse("x", []byte("global_defs {\n set_supplementary_groups\n vrrp_ipsets a\n v3_checksum_as_v2\n}\n"), Facts{})
	for release, want := range map[string][]string{
		"2.4.3": {"global_defs set_supplementary_groups"},
		"2.2.7": {"global_defs set_supplementary_groups", "global_defs v3_checksum_as_v2", "global_defs vrrp_ipsets"},
	} {
		if _, left := Older(c, release); !slices.Equal(left, want) {
			t.Errorf("for %s %q is left out, want %q", release, left, want)
		}
	}
}

// However people write a list, those are sent to that are in it.
func TestAListOfRecipientsIsReadHoweverItIsWritten(t *testing.T) {
	pick := rand.New(rand.NewPCG(1, 2))
	one := func(forms ...string) string { return forms[pick.IntN(len(forms))] }
	for range 3000 {
		var text string
		var want []string
		for i := range 1 + pick.IntN(4) {
			a := fmt.Sprintf("u%d@%s.example", i, one("a", "b-c", "d.e"))
			want = append(want, a)
			entry := one(a, "<"+a+">", "NOC team <"+a+">", `"NOC, team; x" <`+a+">", `"`+a+`"`, a+" (on call, at night)", "Ann<"+a+">")
			if i > 0 {
				text += one(",", ", ", " , ", ";", "; ", " ;\t")
			}
			text += entry
		}
		text += one("", ",", " ;", " ")
		cfg, _ := Parse("x", []byte("global_defs {\n notification_email {\n "+text+"\n }\n}\n"), Facts{})
		if got := cfg.Global.Emails; !slices.Equal(got, want) && strings.ContainsAny(text, ",;<(") {
			t.Fatalf("%s: sent to %q, want %q", text, got, want)
		}
	}
}
