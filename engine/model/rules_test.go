package model

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// observed is a host that was looked at closely.
func observed() Facts {
	f := host
	f.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.9/24")}
	f.Addresses = map[string][]netip.Prefix{"eth0": f.Networks}
	f.User = func(name string) bool { return name == "ops" }
	f.Program = func(word string) Program {
		return Program{Found: word != "/absent", Writable: map[string]string{"/tmp/loose": "/tmp"}[word]}
	}
	return f
}

// instance is a sound instance with some lines more.
func instance(name string, vrid int, lines ...string) string {
	return "vrrp_instance " + name + " {\n interface eth0\n virtual_router_id " + strconv.Itoa(vrid) +
		"\n virtual_ipaddress {\n 192.0.2.77\n }\n " + strings.Join(lines, "\n ") + "\n}\n"
}

// service is a sound virtual server with some lines more.
func service(lines ...string) string {
	return "virtual_server 192.0.2.100 80 {\n protocol TCP\n lb_algo rr\n lb_kind DR\n delay_loop 6\n " + strings.Join(lines, "\n ") + "\n}\n"
}

const (
	checked = "real_server 192.0.2.33 80 {\n TCP_CHECK {\n connect_timeout 3\n }\n }"
	script  = "vrrp_script s {\n script \"/bin/true\"\n weight -2\n}\n"
	tracked = "track_script {\n s\n }"
)

// rules are the linter's, each with a text that breaks it and one that does not.
var rules = map[string]struct{ breaks, keeps string }{
	"duplicate-vrid": {instance("A", 1) + instance("B", 1), instance("A", 1) + instance("B", 2)},
	"address-off-link": {strings.Replace(instance("A", 1), "192.0.2.77", "198.51.100.1", 1),
		strings.Replace(instance("A", 1), "192.0.2.77", "198.51.100.1/24", 1)},
	"scope-differs": {strings.Replace(instance("A", 1), "192.0.2.77", "198.51.100.7/24\n198.51.100.8/24 scope link", 1),
		strings.Replace(instance("A", 1), "192.0.2.77", "198.51.100.7/24 scope link\n198.51.100.8/24 scope link\n198.51.100.9/32", 1)},
	"own-address":          {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.9/24", 1), strings.Replace(instance("A", 1, "state MASTER", "priority 255"), "192.0.2.77", "192.0.2.9/24", 1)},
	"address-of-network":   {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.0/24", 1), instance("A", 1)},
	"address-of-broadcast": {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.255", 1), instance("A", 1)},
	"password-too-long": {instance("A", 1, "authentication {\n auth_type PASS\n auth_pass 123456789\n }"),
		instance("A", 1, "authentication {\n auth_type PASS\n auth_pass 12345678\n }")},
	"state-against-priority":  {instance("A", 1, "state MASTER", "priority 90"), instance("A", 1, "state MASTER", "priority 110")},
	"owner-as-backup":         {instance("A", 1, "state BACKUP", "priority 255"), instance("A", 1, "state MASTER", "priority 255")},
	"never-fails-over":        {instance("A", 1, "dont_track_primary"), script + instance("A", 1, "dont_track_primary", tracked)},
	"nopreempt-master":        {instance("A", 1, "state MASTER", "nopreempt"), instance("A", 1, "state BACKUP", "nopreempt")},
	"preempt-delay-master":    {instance("A", 1, "state MASTER", "preempt_delay 5"), instance("A", 1, "preempt_delay 5")},
	"preempt-delay-nopreempt": {instance("A", 1, "nopreempt", "preempt_delay 5"), instance("A", 1, "preempt_delay 5")},
	"weight-of-owner":         {script + instance("A", 1, "state MASTER", tracked), script + instance("A", 1, "priority 150", tracked)},
	"weight-without-room":     {script + instance("A", 1, "priority 1", tracked), script + instance("A", 1, "priority 2", tracked)},
	"weight-in-group": {script + instance("A", 1, tracked) + instance("B", 2) + "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n",
		script + instance("A", 1, tracked)},
	"whole-seconds":       {"vrrp_script s {\n script /bin/true\n interval 2.5\n}\n", "vrrp_script s {\n script /bin/true\n interval 2\n}\n"},
	"flag-of-scheduler":   {"virtual_server 10.0.0.1 80 {\nlvs_sched rr\nsh-port\n}\n", "virtual_server 10.0.0.1 80 {\nlvs_sched sh\nsh-port\nflag-2\n}\n"},
	"flag-with-value":     {instance("A", 1, "nopreempt off"), instance("A", 1, "nopreempt")},
	"mail-server-by-name": {"global_defs {\n smtp_server mail.example.net\n}\n", "global_defs {\n smtp_server 192.0.2.25\n}\n"},
	"alias-ignored": {service(strings.Replace(checked, "connect_timeout 3", "nb_get_retry 3", 1)),
		service("real_server 192.0.2.33 80 {\n HTTP_GET {\n nb_get_retry 3\n url {\n path /\n status_code 200\n }\n }\n }")},
	"script-outlasts-interval": {"vrrp_script s {\n script /bin/true\n interval 2\n timeout 3\n}\n", "vrrp_script s {\n script /bin/true\n interval 3\n timeout 3\n}\n"},
	"script-defined-later":     {instance("A", 1, tracked) + script, script + instance("A", 1, tracked)},
	"script-missing":           {instance("A", 1, "notify_master /absent"), instance("A", 1, "notify_master /bin/true")},
	"script-writable":          {instance("A", 1, "notify_master /tmp/loose"), instance("A", 1, "notify_master /bin/true")},
	"scripts-without-security": {script, "global_defs {\n enable_script_security\n script_user ops\n}\n" + script},
	"script-user-missing":      {"global_defs {\n enable_script_security\n}\n" + script, "global_defs {\n enable_script_security\n script_user ops\n}\n" + script},
	"unknown-user":             {"global_defs {\n script_user nobody-here\n}\n", "global_defs {\n script_user ops\n}\n"},
	"server-without-check":     {service("real_server 192.0.2.33 80 {\n weight 1\n }"), service(checked)},
	"check-outlasts-loop":      {service(strings.Replace(checked, "connect_timeout 3", "connect_timeout 9", 1)), service(checked)},
	"sorry-is-server":          {service("sorry_server 192.0.2.33 80", checked), service("sorry_server 192.0.2.34 80", checked)},
	"empty-label": {service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name a..b\n }\n }"),
		service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name ab.c.\n }\n }")},
	"short-label": {service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name a.example\n }\n }"),
		service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name ab.c.example\n }\n }")},
	"long-label": {service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name www." + strings.Repeat("a", 64) + ".example\n }\n }"),
		service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name www." + strings.Repeat("a", 63) + ".example\n }\n }")},
	"long-name": {service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name " + strings.Repeat("abcde.", 42) + "xy.\n }\n }"),
		service("real_server 192.0.2.33 80 {\n DNS_CHECK {\n name " + strings.Repeat("abcde.", 42) + "x.\n }\n }")},
	"quorum-reduced": {service("quorum 2", checked), service("quorum 1", checked)},
	"mail-without-server": {"global_defs {\n notification_email {\n a@example.com\n }\n}\n",
		"global_defs {\n notification_email {\n a@example.com\n }\n smtp_server 192.0.2.25\n}\n"},
	"bad-host": {"global_defs {\n smtp_server **\n}\n", "global_defs {\n smtp_server mail.example.com\n}\n"},
	"preemption-differs": {instance("A", 1, "nopreempt") + instance("B", 2) + "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n",
		instance("A", 1, "nopreempt") + instance("B", 2, "nopreempt") + "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n"},
}

func fires(text, code string) []Finding {
	_, findings := Parse("x", []byte(text), observed())
	return slices.DeleteFunc(findings, func(f Finding) bool { return f.Code != code })
}

func TestEachRuleFiresWhereItIsBrokenAndOnlyThere(t *testing.T) {
	for code, row := range rules {
		t.Run(code+"/broken", func(t *testing.T) {
			if len(fires(row.breaks, code)) != 1 {
				t.Errorf("%d times in\n%s", len(fires(row.breaks, code)), row.breaks)
			}
		})
		t.Run(code+"/kept", func(t *testing.T) {
			if len(fires(row.keeps, code)) != 0 {
				t.Errorf("fires in\n%s", row.keeps)
			}
		})
	}
}

func TestEachRuleIsSilencedByAComment(t *testing.T) {
	for code, row := range rules {
		found := fires(row.breaks, code)
		if len(found) != 1 || found[0].Severity == Error {
			continue // an error cannot be silenced
		}
		lines := strings.Split(row.breaks, "\n")
		lines = slices.Insert(lines, found[0].Range.Line-1, "! holdfast: allow "+code)
		if left := fires(strings.Join(lines, "\n"), code); len(left) != 0 {
			t.Errorf("%s is not silenced", code)
		}
	}
}

// Traps that keepalived falls into without a word.
func TestWhatKeepalivedMisreadsInSilenceIsNamed(t *testing.T) {
	for code, row := range map[string]struct{ breaks, keeps string }{
		"comment-in-secret": {instance("A", 1, "authentication {\n auth_type PASS\n auth_pass ab!cd\n }"),
			instance("A", 1, "authentication {\n auth_type PASS\n auth_pass \"ab!cd\"\n }")},
		"comment-backslash": {instance("A", 1, "# as of old \\"), instance("A", 1, "# as of old \\\\")},
		"comment-hides-brace": {instance("A", 1, "authentication { auth_type PASS auth_pass ab!cd }"),
			instance("A", 1, "authentication {\n auth_type PASS\n auth_pass \"ab!cd\" # }\n }")},
		"one-line-block": {instance("A", 1, "authentication { auth_type PASS auth_pass x }"), instance("A", 1, "track_interface { eth0 }")},
		"label-too-long": {strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77 label enp0s31f6u1u2:10", 1),
			strings.Replace(instance("A", 1), "192.0.2.77", "192.0.2.77 label eth0:1", 1)},
		"bad-boolean":        {"global_defs {\n smtp_alert True\n}\n", "global_defs {\n smtp_alert true\n}\n"},
		"bad-number":         {instance("A", 1, "priority 0x64"), instance("A", 1, "priority 100")},
		"not-expanded":       {"vrrp_script s {\n script \"ls /run/*.pid\"\n}\n", "vrrp_script s {\n script \"ls '/run/*.pid'\"\n}\n"},
		"shell-line":         {"vrrp_script s {\n script \"pidof nginx || exit 1\"\n}\n", "vrrp_script s {\n script \"pidof nginx\"\n}\n"},
		"unquoted-arguments": {"vrrp_script s {\n script /bin/pidof nginx\n}\n", "vrrp_script s {\n script \"/bin/pidof nginx\"\n}\n"},
		"missing-value":      {instance("A", 1, "priority"), instance("A", 1, "priority 5")},
	} {
		if len(fires(row.breaks, code)) != 1 {
			t.Errorf("%s does not fire in\n%s", code, row.breaks)
		}
		if len(fires(row.keeps, code)) != 0 {
			t.Errorf("%s fires in\n%s", code, row.keeps)
		}
	}
}

func TestALineOfTheFirstOfTwoListsKeepsItsPlace(t *testing.T) {
	text := script + strings.Replace(script, "vrrp_script s", "vrrp_script u", 1) +
		instance("A", 1, tracked, "track_script {\n u\n }") + instance("B", 2) + "vrrp_sync_group G {\n group {\n A\n B\n }\n}\n"
	found := fires(text, "weight-in-group")
	if len(found) != 2 || found[1].Range.Line-found[0].Range.Line != 3 {
		t.Errorf("found %+v", found)
	}
}

// Further words are ignored, whatever they are: the script is the first one.
func TestAnUndefinedNameBehindAScriptIsAnIgnoredWordAndTheScriptRuns(t *testing.T) {
	text := "vrrp_script s {\n script /bin/true $UNDEF\n}\n" + instance("A", 1, "track_script {\n s\n}")
	cfg, findings := reads(t, text)
	if len(cfg.Scripts) != 1 || cfg.Scripts[0].Command.Line != "/bin/true" {
		t.Errorf("%+v", cfg.Scripts)
	}
	finds(t, findings, "unquoted-arguments", 2)
	for _, f := range findings {
		if f.Code == "undefined-name" {
			t.Error("the line has an effect:", f)
		}
	}
}
