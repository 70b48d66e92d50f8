package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/store"
)

// everyPage are the addresses of all pages, and a word in each language that
// only that page has.
var everyPage = []struct{ path, en, zh string }{
	{"/", "Virtual routers", "虚拟路由器"},
	{"/vips", "Track scripts", "跟踪脚本"},
	{"/vips/VI_1", "Became master", "成为主的次数"},
	{"/services", "Name or server", "名称或服务器"},
	{"/services/tcp:172.16.1.100:80", "Wished table", "期望的表"},
	{"/changes", "Save and check", "保存并检查"},
	{"/changes/revisions/1", "Edit this text", "编辑此文本"},
	{"/import", "The files that it includes", "它包含的文件"},
	{"/import/pair", "Name of the node", "节点名称"},
	{"/events", "Every kind", "全部类别"},
	{"/system/mail", "Send a test mail", "发送测试邮件"},
	{"/system/sessions", "Change the password", "修改密码"},
	{"/system/users", "New account", "新建账户"},
	{"/system/users/1", "Remove the account", "删除账户"},
	{"/system/second-factor", "an authenticator app", "需要一个验证器应用"},
	{"/system/tokens", "New token", "新建令牌"},
	{"/system/audit", "First account created", "创建首个账户"},
	{"/system/about", "Failover (VRRP)", "故障切换（VRRP）"},
	{"/no/such/page", "There is no such page", "没有这个页面"},
}

// furnished is a house in which every page has something to show.
func furnished(t *testing.T) (*house, *browser) {
	h := open(t)
	h.working()
	h.tell(history()...)
	b := h.setUp()
	b.post("/changes/adopt", nil).must(t, http.StatusOK)
	b.post("/changes/candidate", url.Values{"version": {"0"}, "text": {seed + "virtual_server 10.0.0.1 80 {\n    nat_mask 255.0.0.0\n}\n"}}).must(t, http.StatusOK)
	return h, b
}

func TestHeadIsAnsweredAsGetWithoutABody(t *testing.T) {
	h := open(t)
	b := h.setUp()
	for path, status := range map[string]int{"/": http.StatusOK, "/healthz": http.StatusOK, "/no/such/page": http.StatusNotFound} {
		got := b.do(b.request(http.MethodHead, path, nil))
		if got.status != status || got.body != "" {
			t.Errorf("HEAD %s: %d and %d bytes of body, want %d and none", path, got.status, len(got.body), status)
		}
	}
}

func TestEveryPageIsThereInBothLanguages(t *testing.T) {
	_, b := furnished(t)
	for _, lang := range assets.Langs {
		b.lang = lang
		b.post("/preferences", url.Values{"lang": {lang}})
		for _, p := range everyPage {
			want := p.en
			if lang == "zh-CN" {
				want = p.zh
			}
			got := b.get(p.path)
			if !strings.Contains(got.body, want) || !strings.Contains(got.body, `<html lang="`+lang+`"`) {
				t.Errorf("%s in %s lacks %q:\n%s", p.path, lang, want, got.body)
			}
			if strings.Contains(got.body, "[ui.") || strings.Contains(got.body, "[journal.") || strings.Contains(got.body, "[held.") || strings.Contains(got.body, "&lt;no value") {
				t.Errorf("%s in %s shows a word that is in no catalogue:\n%s", p.path, lang, got.body)
			}
		}
	}
}

var inline = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]|<style|\sstyle=|\son[a-z]+\s*=|hx-on|javascript:|hx-vals='?js:|<script(?:\s+(?:defer|async|type="[a-z]+"))*>`)

func TestNoPageHasScriptOrStyleInside(t *testing.T) {
	_, b := furnished(t)
	for _, p := range everyPage {
		if found := inline.FindString(b.get(p.path).body); found != "" {
			t.Errorf("%s has %q inside", p.path, found)
		}
	}
	anonymous := b.h.browser()
	if found := inline.FindString(anonymous.get("/login").body); found != "" {
		t.Errorf("/login has %q inside", found)
	}
}

func TestEveryAnswerHasTheStrictHeaders(t *testing.T) {
	h, b := furnished(t)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
			"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		"Content-Security-Policy-Report-Only": "require-trusted-types-for 'script'",
		"X-Content-Type-Options":              "nosniff",
		"Referrer-Policy":                     "no-referrer",
		"Cross-Origin-Opener-Policy":          "same-origin",
	}
	for _, path := range []string{"/", "/no/such/page", "/healthz", "/api/v1/status", "/api/v1/nothing", "/assets/x/css/base.css"} {
		got := b.get(path)
		for name, value := range want {
			if got.header.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got.header.Get(name), value)
			}
		}
	}
	if got := h.browser().get("/"); got.header.Get("Content-Security-Policy") == "" {
		t.Error("the log-in page has no policy")
	}
}

func TestTheStateOfAServiceIsOneWordOnEveryPage(t *testing.T) {
	_, b := furnished(t)
	row := regexp.MustCompile(`data-virtual="tcp:172.16.1.100:80" data-role="([A-Z]+)"`).FindStringSubmatch(b.get("/services").body)
	if row == nil {
		t.Fatal("the list has no such service")
	}
	title := regexp.MustCompile(`<header><h2>Virtual server</h2><span class="status [a-z]+" data-state="([A-Z]*)"`)
	for _, query := range []string{"", "?state=DOWN"} {
		if head := title.FindStringSubmatch(b.get("/services/tcp:172.16.1.100:80" + query).body); head == nil || head[1] != row[1] {
			t.Errorf("with %q its own page says %q, the list %q", query, head, row[1])
		}
	}
}

func TestUnknownPathsAreRealNotFounds(t *testing.T) {
	_, b := furnished(t)
	for _, path := range []string{"/no/such/page", "/vips/VI_9", "/services/tcp:10.9.9.9:1", "/changes/revisions/77", "/changes/revisions/x"} {
		if got := b.get(path); got.status != http.StatusNotFound || !strings.Contains(got.body, `id="error"`) {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	got := b.get("/api/v1/nothing")
	if got.status != http.StatusNotFound || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("an unknown API path answers %d as %s", got.status, got.header.Get("Content-Type"))
	}
}

func TestKeyboardShortcutsCanBeSwitchedOff(t *testing.T) {
	b := open(t).admin()
	b.get("/").must(t, 200, `<body data-page="overview" hx-ext`, `name="keys" value="off" aria-pressed="true"`)
	b.post("/preferences", url.Values{"keys": {"off"}, "next": {"/events"}}).must(t, 200, `data-keys="off"`, `name="keys" value="on" aria-pressed="false"`)
	b.post("/preferences", url.Values{"lang": {"en"}}).must(t, 200, `data-keys="off"`)
	b.post("/preferences", url.Values{"keys": {"on"}}).must(t, 200, `<body data-page="overview" hx-ext`)
}

func TestAMethodThatAnAddressDoesNotTakeIsNamed(t *testing.T) {
	_, b := furnished(t)
	got := b.post("/events", nil).must(t, http.StatusMethodNotAllowed, `data-fault="method"`)
	if got.header.Get("Allow") != http.MethodGet {
		t.Errorf("allowed is %q", got.header.Get("Allow"))
	}
	b.call(http.MethodDelete, "/status", nil, nil).must(t, http.StatusMethodNotAllowed, `"code":"method"`)
}

var act = regexp.MustCompile(`\.Audit\([a-z]+, [^,]+, "([a-z-]*[a-z])"`)

func TestEveryActOfTheAuditLogHasWords(t *testing.T) {
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	acts := []string{}
	for _, o := range []store.Outcome{store.Applied, store.Kept, store.Reverted, store.Refused, store.Split} {
		acts = append(acts, "revision-"+string(o))
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range act.FindAllStringSubmatch(string(text), -1) {
			acts = append(acts, m[1])
		}
	}
	if len(acts) < 10 {
		t.Fatalf("only %v", acts)
	}
	for _, a := range acts {
		if !assets.Known("ui.audit.do-" + a) {
			t.Errorf("no words for %s", a)
		}
	}
}

func TestOverviewSaysWhoHoldsEachAddressAndWhy(t *testing.T) {
	_, b := furnished(t)
	b.get("/").must(t, 200,
		`data-instance="VI_1" data-role="MASTER"`, "172.16.1.100/32", "no master was heard in time", "This node",
		`data-server="172.16.1.34:80" data-role="DOWN"`, "HTTP 503, 12 ms", `data-in-pool="false"`,
		"1 of 2 up", "This kernel has no IPVS", `data-headline="problem-DOWN"`,
	)
}

func TestOverviewOfAHealthyNodeSaysThatAllIsWell(t *testing.T) {
	h := open(t)
	h.working()
	h.lvs.set(func(f *fakeRole) {
		v := &f.status.Virtuals[0]
		v.State, v.Held, v.Servers = "UP", nil, v.Servers[:1]
	})
	h.admin().get("/").must(t, 200, `data-headline="master"`, "Nothing needs attention")
}

func TestOverviewWithoutConfigurationSaysWhatToDo(t *testing.T) {
	h := open(t)
	b := h.admin()
	b.get("/").must(t, 200, `data-headline="empty"`, "import your keepalived.conf", "No virtual router is configured", `<a href="/changes">Changes</a>`)
	b.get("/services").must(t, 200, "No virtual server is configured")
	b.get("/services?q=nothing").must(t, 200, "No service matches")
}

func TestARoleThatDoesNotAnswerIsNotShownAsWell(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	h.stopVRRP()
	h.await("the role to be missed", func() bool {
		return strings.Contains(b.get("/").body, `data-headline="problem-AWAY"`)
	})
	b.get("/").must(t, 200, `data-node="dir1">dir1 <span class="status error" data-state="AWAY"`)
	b.get("/changes").must(t, 200, "The vrrp role of the engine does not answer")
}

func TestNodeThatIsMasterOfSomeAndBackupOfOthersIsCalledBoth(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	h.vrrp.set(func(f *fakeRole) {
		f.status.Instances = nil
		for i, state := range []string{"MASTER", "BACKUP", "MASTER"} {
			f.status.Instances = append(f.status.Instances, control.InstanceStatus{Name: fmt.Sprintf("VI_%d", i), State: state})
		}
	})
	h.await("the bar to follow", func() bool {
		return strings.Contains(b.get("/").body, `<span class="rel">of 2, backup of 1</span>`)
	})
	b.get("/").must(t, 200, `data-node="dir1">dir1 <span class="status ok" data-state="MASTER"`)
}

func TestEventsAreFilteredAndPaged(t *testing.T) {
	h, b := furnished(t)
	b.get("/events?kind=server-state").must(t, 200, `data-kind="server-state"`)
	if got := b.get("/events?kind=server-state"); strings.Contains(got.body, `data-kind="instance-state"`) {
		t.Error("the filter lets other kinds through")
	}
	b.get("/events?q=503").must(t, 200, `data-kind="server-state"`)
	b.get("/events?object=tcp:172.16.1.100:80").must(t, 200, `data-kind="server-state"`)
	b.get("/events?q=nothing-like-it").must(t, 200, "No event matches this filter")

	entries := history()[:0]
	for i := range 120 {
		e := history()[1]
		e.Seq = uint64(i + 3)
		entries = append(entries, e)
	}
	if _, err := h.store.AppendJournal(t.Context(), entries, nil); err != nil {
		t.Fatal(err)
	}
	seen, path := 0, "/events"
	for path != "" {
		got := b.get(path).must(t, 200)
		seen += strings.Count(got.body, "<tr data-kind=")
		path = ""
		if m := regexp.MustCompile(`id="older" href="([^"]+)"`).FindStringSubmatch(got.body); m != nil {
			path = m[1]
		}
	}
	if seen != 123 {
		t.Errorf("paging shows %d events, want 123", seen)
	}
}

func TestAssetsAreKeptForEverUnderTheirHash(t *testing.T) {
	h := open(t)
	b := h.browser()
	body := b.get("/login").body
	for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"#]+)`).FindAllStringSubmatch(body, -1) {
		got := b.get(m[1]).must(t, 200)
		if got.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || got.header.Get("Content-Type") == "" {
			t.Errorf("%s: %v", m[1], got.header)
		}
	}
	if got := b.get("/assets/000000000000/css/base.css").must(t, 200); got.header.Get("Cache-Control") != "no-cache" {
		t.Error("a file under an old hash is kept")
	}
	b.get("/assets/000000000000/css/none.css").must(t, 404)
	b.get("/healthz").must(t, 200, "ok")
}
