package mail

import (
	"strings"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/engine/code"
	"holdfast/engine/journal"
	"holdfast/store"
)

var at = time.Date(2026, 11, 22, 15, 4, 5, 678_000_000, time.FixedZone("CET", 3600))

func entry(kind journal.Kind, object string, facts ...string) journal.Entry {
	e := journal.Entry{Node: "lvs1", Kind: kind, Object: object, At: at, Facts: map[string]string{}}
	for i := 0; i < len(facts); i += 2 {
		e.Facts[facts[i]] = facts[i+1]
	}
	return e
}

func server(to, check string) journal.Entry {
	return entry(journal.ServerState, "tcp:192.0.2.100:80/192.0.2.33:80",
		"virtual", "tcp:192.0.2.100:80", "server", "192.0.2.33:80", "from", "UP", "to", to, "check", check, "reason", "connection refused")
}

func TestSubjectsAndFirstLinesAreKeepaliveds(t *testing.T) {
	slow := server("DOWN", "MISC_CHECK /bin/sleep 9")
	slow.Facts["reason"] = "timed out after 2 s"
	gone := func(reason string) journal.Entry {
		e := server("DOWN", "")
		e.Facts["reason"] = reason
		return e
	}
	for _, c := range []struct {
		entry         journal.Entry
		subject, line string
	}{
		{entry(journal.InstanceState, "VI_1", "to", "MASTER"), "[LVS_1] VRRP Instance VI_1 - Entering MASTER state", "VRRP Instance is now owning VRRP VIPs"},
		{entry(journal.InstanceState, "VI_1", "to", "BACKUP"), "[LVS_1] VRRP Instance VI_1 - Entering BACKUP state", "VRRP Instance is no longer owning VRRP VIPs"},
		{entry(journal.InstanceState, "VI_1", "to", "FAULT"), "[LVS_1] VRRP Instance VI_1 - Entering FAULT state", "VRRP Instance is no longer owning VRRP VIPs"},
		{entry(journal.InstanceState, "VI_1", "to", "STOP"), "[LVS_1] VRRP Instance VI_1 - Stopping", "VRRP Instance stopping"},
		{entry(journal.GroupState, "VG_1", "to", "MASTER"), "[LVS_1] VRRP Group VG_1 - Entering MASTER state", "All VRRP group instances are now in MASTER state"},
		{entry(journal.GroupState, "VG_1", "to", "STOP"), "[LVS_1] VRRP Group VG_1 - Stopping", "All VRRP group instances are now stopping"},
		{server("DOWN", "TCP_CHECK 192.0.2.33:80"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "TCP CHECK failed on service"},
		{server("UP", "TCP_CHECK 192.0.2.33:80"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - UP", "TCP CHECK succeed on service"},
		{server("UP", "UDP_CHECK 192.0.2.33:80"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - UP", "UDP CHECK succeed on service"},
		{server("DOWN", "PING_CHECK 192.0.2.33"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "ICMP CHECK failed on service"},
		{server("DOWN", "HTTP_GET http://192.0.2.33:80/"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "CHECK failed on service : HTTP request failed"},
		{server("DOWN", "SSL_GET https://192.0.2.33:443/"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "CHECK failed on service : SSL request failed"},
		{server("UP", "HTTP_GET http://192.0.2.33:80/"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - UP", "CHECK succeed on service"},
		{server("UP", "MISC_CHECK /bin/true"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - UP", "MISC CHECK succeeded on service"},
		{slow, "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "MISC CHECK timed out on service"},
		{gone("removed"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "Removing"},
		{gone("stopped"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "Shutting down"},
		{server("DOWN", "MISC_CHECK /bin/false"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "MISC CHECK failed on service"},
		{server("DOWN", "DNS_CHECK example.org"), "[LVS_1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "DNS_CHECK: failed on service"},
		{
			entry(journal.QuorumState, "udp:[2001:db8::1]:53", "virtual", "udp:[2001:db8::1]:53", "to", "UP", "weight", "3", "quorum", "2", "hysteresis", "1"),
			"[LVS_1] Virtualserver [2001:db8::1]:udp:53 - UP", "Gained quorum 2+1=3 <= 3",
		},
		{
			entry(journal.QuorumState, "tcp:192.0.2.100:80", "from", "INIT", "to", "UP", "weight", "3", "quorum", "1", "hysteresis", "0"),
			"[LVS_1] Virtualserver [192.0.2.100]:tcp:80 - UP", "Starting with quorum up 1+0=1 <= 3",
		},
		{
			entry(journal.QuorumState, "tcp:192.0.2.100:80", "to", "DOWN", "weight", "0", "quorum", "2", "hysteresis", "1"),
			"[LVS_1] Virtualserver [192.0.2.100]:tcp:80 - DOWN", "Lost quorum 2+1=1 <= 0",
		},
	} {
		for _, lang := range []string{"en", "zh-CN"} {
			subject, body, ok := Compose(c.entry, "lvs1.example.org", "LVS_1", lang)
			first, _, _ := strings.Cut(body, "\n")
			if !ok || subject != c.subject || first != "=> "+c.line+" <=" {
				t.Errorf("%s:\n got %q, %q\nwant %q, %q", lang, subject, first, c.subject, c.line)
			}
		}
	}
}

func TestBodySaysWhatHappenedInTheReadersLanguage(t *testing.T) {
	for lang, want := range map[string]string{
		"en": `=> TCP CHECK failed on service <=

Real server 192.0.2.33:80 of tcp:192.0.2.100:80 went from UP to DOWN: connection refused

Host:       lvs1.example.org
Object:     [192.0.2.33]:tcp:80
Service:    [192.0.2.100]:tcp:80
Old state:  UP
New state:  DOWN
Reason:     connection refused
Time:       2026-11-22 15:04:05.678 +0100
`,
		"zh-CN": `=> TCP CHECK failed on service <=

tcp:192.0.2.100:80 的真实服务器 192.0.2.33:80 从 UP 变为 DOWN：连接被拒绝

主机：　　lvs1.example.org
对象：　　[192.0.2.33]:tcp:80
所属服务：[192.0.2.100]:tcp:80
原状态：　UP
新状态：　DOWN
原因：　　连接被拒绝
时间：　　2026-11-22 15:04:05.678 +0100
`,
	} {
		if _, body, _ := Compose(server("DOWN", "TCP_CHECK 192.0.2.33:80"), "lvs1.example.org", "", lang); body != want {
			t.Errorf("%s:\n%s", lang, body)
		}
	}
}

func TestEntriesThatAreNoTransitionsMakeNoMail(t *testing.T) {
	for _, e := range []journal.Entry{
		entry(journal.PriorityChange, "VI_1", "from", "100", "to", "98"), entry(journal.Started, "", "pid", "1"), entry(journal.InstanceState, "VI_1", "to", "INIT"),
	} {
		if subject, _, ok := Compose(e, "h", "r", "en"); ok {
			t.Errorf("%s made %q", e.Kind, subject)
		}
	}
}

func TestScopeSaysWhichTransitionsAreMailed(t *testing.T) {
	asked, silent := entry(journal.InstanceState, "VI_1", "to", "MASTER"), entry(journal.InstanceState, "VI_1", "to", "MASTER")
	asked.Mail = true
	group := entry(journal.GroupState, "VG_1", "to", "MASTER")
	for _, c := range []struct {
		scope                store.Scope
		asked, silent, group int
	}{{store.ScopeAll, 2, 2, 0}, {store.ScopeSMTPAlert, 2, 0, 0}, {store.ScopeOff, 0, 0, 0}} {
		p := plan{settings: store.MailSettings{Host: "mail", To: []string{"root", "a@example.org"}, Scope: c.scope}}
		for _, e := range []struct {
			entry journal.Entry
			want  int
		}{{asked, c.asked}, {silent, c.silent}, {group, c.group}} {
			if got := p.mails(e.entry, "lvs1"); len(got) != e.want {
				t.Errorf("scope %s: %d mails for %+v, want %d", c.scope, len(got), e.entry, e.want)
			}
		}
	}
	p := plan{settings: store.MailSettings{Host: "mail", To: []string{"root", "a@example.org"}, Scope: store.ScopeAll}, router: "LVS_1"}
	mails := p.mails(asked, "lvs 1")
	if mails[0].To != "root@lvs 1" || mails[1].To != "a@example.org" || mails[0].MessageID == mails[1].MessageID || !strings.HasSuffix(mails[0].MessageID, "@lvs-1>") {
		t.Fatalf("got %+v", mails)
	}
}

func TestARoleThatRunsAnotherTextIsMailed(t *testing.T) {
	e := entry(journal.Held, "vrrp", journal.FactObject, "vrrp", journal.FactHash, "0123456789abcdef", journal.FactPrevious, "fedcba9876543210")
	for _, c := range code.Texts {
		e.Facts[journal.FactCode] = c
		for _, lang := range assets.Langs {
			subject, body, ok := Compose(e, "lb1", "", lang)
			if !ok || subject != "[lvs1] Role vrrp - Off its configuration" || !strings.Contains(body, assets.Text(lang, "held."+c, e.Facts)) || strings.Contains(body, "no value") {
				t.Error(lang, subject, body, ok)
			}
		}
	}
	e.Facts[journal.FactCode] = code.NoIPVS
	if _, _, ok := Compose(e, "lb1", "", "en"); ok {
		t.Error("mails of everything that is held back")
	}
}
