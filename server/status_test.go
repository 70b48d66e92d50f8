package main

import (
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/server/show"
)

func TestStatusNamesHolderStateAndReason(t *testing.T) {
	now := time.Unix(1000, 0)
	all := show.Status{
		VRRP: &control.Status{Role: "vrrp", Node: "lb1", PID: 7, Hash: "0123456789", Since: now.Add(-time.Hour), Instances: []control.InstanceStatus{{
			Name: "VI_1", State: "MASTER", Priority: 98, Base: 100, Interface: "eth0", Addresses: []string{"192.0.2.100/32"},
			Holder: "192.0.2.31", Reason: "advert-timeout", Since: now.Add(-90 * time.Second),
		}, {
			Name: "VI_2", State: "FAULT", Held: []control.Blocked{{Object: "VI_2", Code: "no-interface", Args: map[string]string{"interface": "eth9"}}},
		}}},
		LVS: &control.Status{Role: "lvs", Virtuals: []control.VirtualStatus{{
			Name: "tcp:192.0.2.100:80", Scheduler: "rr", Method: "DR", Quorum: 1,
			Servers: []control.ServerStatus{{Name: "192.0.2.33:80", State: "DOWN", Reason: "HTTP 503, 12 ms"}},
		}}, Strangers: []string{"ipvsadm -A -t 192.0.2.200:443 -s rr"}},
	}
	for lang, words := range map[string][]string{
		"en":    {"VI_1", "MASTER", "98 (100-2)", "192.0.2.31", "1m30s", "no master was heard in time", "VI_2: Interface eth9 does not exist", "tcp:192.0.2.100:80", "HTTP 503, 12 ms", "quorum lost", "never touched:\n  ipvsadm -A -t 192.0.2.200:443 -s rr\n"},
		"zh-CN": {"VI_1", "MASTER", "98 (100-2)", "超时未收到主路由器的通告", "接口 eth9 不存在", "HTTP 503，用时 12 ms", "未达法定权重", "从不改动：\n  ipvsadm"},
	} {
		text := show.StatusText(&env{Lang: lang}, all, now)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "[") {
			t.Errorf("%s: a word is missing in\n%s", lang, text)
		}
	}
}

func TestStatusTellsOfRefusedAdvertsAndOfAddressesThatTheHolderDoesNotAdvertise(t *testing.T) {
	now := time.Unix(1000, 0)
	all := show.Status{LVS: &control.Status{Role: "lvs"}, VRRP: &control.Status{Role: "vrrp", Instances: []control.InstanceStatus{{
		Name: "VI_1", State: "BACKUP", NoAccept: true, Addresses: []string{"192.0.2.100/32", "192.0.2.101/32"}, Unheld: []string{"192.0.2.101/32"}, Holder: "192.0.2.31",
		Complaints: []control.Complaint{{Code: "packet-auth-failed", From: "192.0.2.9", Count: 12, Since: now.Add(-20 * time.Second), Last: now.Add(-2 * time.Second)}},
	}}}}
	for lang, words := range map[string][]string{
		"en":    {"! VI_1: an advertisement from 192.0.2.9 bears another auth_pass", "(12 in 20s, the last 2s ago)", "VI_1: what comes to its addresses is dropped"},
		"zh-CN": {"! VI_1: 来自 192.0.2.9 的通告的 auth_pass 与本机不同", "（20s 内 12 次，最近一次在 2s 前）", "VI_1: 发往其地址的报文被丢弃"},
	} {
		text := show.StatusText(&env{Lang: lang}, all, now)
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if strings.Contains(line, "192.0.2.101/32") && strings.Contains(line, "192.0.2.31") {
				t.Errorf("%s: %s", lang, line)
			}
		}
	}
}

func TestRoleThatDoesNotAnswerIsNamed(t *testing.T) {
	text := show.StatusText(&env{Lang: "en"}, show.Status{Silent: map[string]string{"vrrp": "no socket", "lvs": "no socket"}}, time.Now())
	if !strings.Contains(text, "vrrp does not answer: no socket") {
		t.Error(text)
	}
}

func TestStatusOfAProgramThatDoesNotRunSaysHowToStartIt(t *testing.T) {
	for lang, want := range map[string]string{"en": "holdfast serve or holdfast run", "zh-CN": "请用 holdfast serve 或 holdfast run 启动"} {
		out, errs, code := holdfast(t, lang, "status", "--run-dir", t.TempDir())
		if code != exitFailed || errs != "" || strings.Count(out, want) != len(control.Roles) || strings.Contains(out, "dial unix") {
			t.Errorf("code %d: %s%s", code, out, errs)
		}
	}
}

func TestStatusClaimsNothingOfServersThatWereNeverAsked(t *testing.T) {
	all := show.Status{VRRP: &control.Status{Role: "vrrp"}, LVS: &control.Status{Role: "lvs", Virtuals: []control.VirtualStatus{{
		Name: "tcp:192.0.2.100:80", State: "UNCHECKED", QuorumUp: true, Quorum: 1, UpWeight: 3,
		Servers: []control.ServerStatus{
			{Name: "192.0.2.33:80", State: "UNCHECKED", Reason: "not-checked", Checks: []control.CheckStatus{{Name: "TCP_CHECK", Up: true}}},
			{Name: "192.0.2.34:80", State: "UNCHECKED", Reason: "no-check"},
			{Name: "192.0.2.35:80", State: "UP", Reason: "HTTP 200, 1 ms", Checks: []control.CheckStatus{{Name: "HTTP_GET", Up: true, Known: true}}},
		},
	}}}}
	for lang, words := range map[string][]string{
		"en":    {"(weight 3 of 1); 1 not checked yet; 1 without a check\n", "a check has not answered yet; it belongs to the pool until one fails", "nobody knows whether it answers", "HTTP 200"},
		"zh-CN": {"；1 台尚未检查；1 台未配置检查\n", "检查尚未有结果", "无从得知它是否应答"},
	} {
		text := show.StatusText(&env{Lang: lang}, all, time.Now())
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
	}
}

func TestStatusSaysThatASorryServerStandsInOnlyWhereTheTableHasIt(t *testing.T) {
	v := control.VirtualStatus{Name: "tcp:192.0.2.100:80", State: "SORRY", SorryInUse: true, Sorry: "127.0.0.1:80"}
	for installed, want := range map[bool]string{true: "127.0.0.1:80 stands in\n", false: "127.0.0.1:80 would stand in, but the service is not in the kernel's table\n"} {
		v.Installed = installed
		text := show.StatusText(&env{Lang: "en"}, show.Status{VRRP: &control.Status{Role: "vrrp"}, LVS: &control.Status{Role: "lvs", Virtuals: []control.VirtualStatus{v}}}, time.Now())
		if !strings.Contains(text, want) {
			t.Errorf("installed %t: no %q in\n%s", installed, want, text)
		}
	}
}

func TestNobodyIsSaidToHaveFallenSilentWhoWasNeverHeard(t *testing.T) {
	all := show.Status{LVS: &control.Status{Role: "lvs"}, VRRP: &control.Status{Role: "vrrp", Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER", Reason: "advert-timeout"}}}}
	for lang, word := range map[string]string{"en": "silent", "zh-CN": "没有了声音"} {
		if text := show.StatusText(&env{Lang: lang}, all, time.Now()); strings.Contains(text, word) {
			t.Errorf("%s:\n%s", lang, text)
		}
	}
}

func TestStatusSaysHowManyChecksAreOneProbeWithOthers(t *testing.T) {
	check := control.CheckStatus{Name: "TCP_CHECK", Up: true, Known: true}
	for sharing, want := range map[int]string{0: "", 49: "checks that run once together with equal ones: 1, each with up to 49 others\n"} {
		check.Sharing = sharing
		v := control.VirtualStatus{Name: "tcp:192.0.2.100:80", Servers: []control.ServerStatus{{Name: "192.0.2.33:80", State: "UP", Checks: []control.CheckStatus{check}}}}
		text := show.StatusText(&env{Lang: "en"}, show.Status{VRRP: &control.Status{Role: "vrrp"}, LVS: &control.Status{Role: "lvs", Virtuals: []control.VirtualStatus{v}}}, time.Now())
		if said := strings.Contains(text, "run once"); said != (want != "") || !strings.Contains(text, want) {
			t.Errorf("shared with %d others:\n%s", sharing, text)
		}
	}
}
