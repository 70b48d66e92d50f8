package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/store"
)

func TestWithoutAnAccountOnlyTheSetupLinkLeadsIn(t *testing.T) {
	h := open(t)
	b := h.browser()
	got := b.get("/").must(t, 200, "Nobody has an account yet")
	if got.path != "/login" {
		t.Errorf("the first visit leads to %s", got.path)
	}
	b.get("/setup").must(t, 403, `data-fault="setup-closed"`)
	b.get("/setup?token=guessed").must(t, 403)
	b.get("/setup?token="+h.setupToken()).must(t, 200, "Create the account")
}

func TestSetupRefusesAWeakPasswordAndKeepsTheLink(t *testing.T) {
	h := open(t)
	b := h.browser()
	for password, code := range map[string]string{
		"short": "password-short", "passwordpassword": "password-common", "administrator1": "password-common",
		"123456789012": "password-common", "aaaaaaaaaaaaaaaa": "password-common",
	} {
		b.post("/setup", url.Values{"token": {h.setupToken()}, "name": {"admin"}, "password": {password}, "again": {password}}).
			must(t, 422, `data-fault="`+code+`"`)
	}
	b.post("/setup", url.Values{"token": {h.setupToken()}, "name": {"admin"}, "password": {password}, "again": {"another long phrase"}}).
		must(t, 422, `data-fault="password-differs"`)
	b.post("/setup", url.Values{"token": {h.setupToken()}, "name": {"a b"}, "password": {password}, "again": {password}}).
		must(t, 422, `data-fault="name-form"`)
	h.setUp()
}

func TestTheSetupLinkWorksOnce(t *testing.T) {
	h := open(t)
	h.setUp()
	other := h.browser()
	other.get("/setup?token="+h.setupToken()).must(t, 403)
	other.post("/setup", url.Values{"token": {h.setupToken()}, "name": {"eve"}, "password": {password}, "again": {password}}).must(t, 403)
}

func TestNothingButTheLoginOpensWithoutASession(t *testing.T) {
	h := open(t)
	h.admin()
	b := h.browser()
	for _, p := range everyPage[:len(everyPage)-1] {
		if got := b.get(p.path); !strings.HasPrefix(got.path, "/login") {
			t.Errorf("%s is open to everybody: %s", p.path, got.path)
		}
	}
	for _, path := range []string{"/changes/apply", "/changes/candidate", "/changes/confirm", "/system/mail", "/changes/revisions/1/run"} {
		b.post(path, nil).must(t, 401)
	}
	b.get("/live?page=overview").must(t, 401)
	for _, path := range []string{"/status", "/config", "/candidate", "/revisions", "/events", "/events/stream", "/mail", "/sessions", "/services"} {
		got := b.call(http.MethodGet, path, nil, nil).must(t, 401, `"code":"unauthorized"`)
		if got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", path, got.header.Get("Content-Type"))
		}
	}
}

func TestLoginLeadsBackToThePageThatWasAskedFor(t *testing.T) {
	h := open(t)
	h.admin()
	b := h.browser()
	got := b.get("/events?kind=applied")
	if got.path != "/login?next=%2Fevents%3Fkind%3Dapplied" {
		t.Fatalf("led to %s", got.path)
	}
	got = b.post("/login", url.Values{"name": {"ADMIN"}, "password": {password}, "next": {"/events?kind=applied"}}).must(t, 200)
	if got.path != "/events?kind=applied" {
		t.Errorf("came back to %s", got.path)
	}
	for _, away := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)"} {
		got := h.browser().post("/login", url.Values{"name": {"admin"}, "password": {password}, "next": {away}}).must(t, 200)
		if got.path != "/" {
			t.Errorf("next=%s leads to %s", away, got.path)
		}
	}
}

func TestAnUnknownUserReadsLikeAWrongPassword(t *testing.T) {
	h := open(t)
	h.admin()
	wrong := h.browser().post("/login", url.Values{"name": {"admin"}, "password": {"not the right phrase"}}).must(t, 401, `data-fault="login-refused"`)
	unknown := h.browser().post("/login", url.Values{"name": {"nobody"}, "password": {"not the right phrase"}}).must(t, 401, `data-fault="login-refused"`)
	if strings.ReplaceAll(wrong.body, `"admin"`, "") != strings.ReplaceAll(unknown.body, `"nobody"`, "") {
		t.Error("the two answers differ")
	}
}

func TestGuessingIsSlowedDownAndTheWaitIsShown(t *testing.T) {
	t.Parallel()
	inBothForms(t, guessingIsSlowedDown)
}

func guessingIsSlowedDown(t *testing.T, h *house) {
	h.admin()
	b := h.browser()
	var got page
	for range 8 {
		got = b.post("/login", url.Values{"name": {"admin"}, "password": {"not the right phrase"}})
		if got.status == http.StatusTooManyRequests {
			break
		}
	}
	got.must(t, 429, `data-fault="login-throttled"`, "Wait ", " seconds")
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	again := b.call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": "not the right phrase"}, nil).must(t, 429, `"code":"login-throttled"`)
	if again.header.Get("Retry-After") == "" {
		t.Error("no Retry-After from the API")
	}
	// The right password waits for its turn, and is not refused.
	b.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200)
}

func TestABrowserThatLoggedInOnceIsKnownAfterTheLogout(t *testing.T) {
	inBothForms(t, knownAfterTheLogout)
}

func knownAfterTheLogout(t *testing.T, h *house) {
	h.admin()
	b := h.browser()
	b.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200)
	b.post("/logout", nil).must(t, 200)
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	known := func() (value string) {
		for _, c := range b.http.Jar.Cookies(u) {
			if strings.Contains(c.Name, "holdfast-known-"+u.Port()) {
				value = c.Value
			}
		}
		return value
	}
	first := known()
	if first == "" {
		t.Fatal("the browser is not known")
	}
	// Failures of everybody else, as many networks see them.
	for range 30 {
		if _, _, err := h.store.BeginLogin(t.Context(), []store.LoginKey{{Name: "user:admin localhost"}, {Name: "user:admin"}}); err != nil {
			t.Fatal(err)
		}
	}
	b.call(http.MethodPost, "/session", map[string]string{"name": "admin", "password": password}, nil).must(t, 204)
	if known() != first {
		t.Error("the browser has another cookie now")
	}
}

func TestNamesThatCannotBeAccountsAreCutBeforeTheyAreStored(t *testing.T) {
	h := open(t)
	admin := h.admin()
	long := strings.Repeat("名", 1000)
	h.browser().post("/login", url.Values{"name": {long}, "password": {"not the right phrase"}}).must(t, 401, `data-fault="login-refused"`)
	h.browser().post("/login", url.Values{"name": {"admin"}, "password": {strings.Repeat("x", 600)}}).must(t, 401, `data-fault="login-refused"`)
	rows, err := h.store.AuditPage(t.Context(), 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Action != "login-refused" || len([]rune(r.User)) > 64 || len([]rune(r.Object)) > 64 {
			t.Errorf("stored %d characters as %s", len([]rune(r.User)), r.Action)
		}
	}
	admin.get("/system/audit").must(t, 200, `data-action="login-refused"`)
}

func TestNobodyLocksAnAccountFromElsewhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.admin()
	account := []store.LoginKey{{Name: "user:admin", Most: time.Nanosecond}} // as many networks see it
	for range 30 {
		if _, _, err := h.store.BeginLogin(t.Context(), account); err != nil {
			t.Fatal(err)
		}
	}
	got := h.browser().post("/login", url.Values{"name": {"admin"}, "password": {password}})
	if got.status == http.StatusTooManyRequests {
		if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait > 10 {
			t.Errorf("the owner has to wait %d s, %v", wait, err)
		}
		return
	}
	got.must(t, 200)
}

func TestTheSessionCookieIsOutOfReachOfScriptsAndOtherSites(t *testing.T) {
	h := open(t)
	h.admin()
	b := h.browser()
	b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got := b.post("/login", url.Values{"name": {"admin"}, "password": {password}})
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, "Max-Age") || strings.Contains(cookie, "Expires") {
		t.Errorf("cookie %q outlives the browser", cookie)
	}
}

func TestLoginBeginsANewSessionAndLogoutEndsIt(t *testing.T) {
	h := open(t)
	b := h.admin()
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	first := b.http.Jar.Cookies(u)[0]
	b.get("/login").must(t, 200, "Overview") // already in
	b.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200)
	second := b.http.Jar.Cookies(u)[0]
	if first.Value == second.Value {
		t.Error("the token was not rotated")
	}
	old := h.browser()
	old.http.Jar.SetCookies(u, []*http.Cookie{first})
	if got := old.get("/"); !strings.HasPrefix(got.path, "/login") {
		t.Error("the old token still works")
	}
	b.post("/logout", nil).must(t, 200, "You are logged out")
	stolen := h.browser()
	stolen.http.Jar.SetCookies(u, []*http.Cookie{second})
	if got := stolen.get("/"); !strings.HasPrefix(got.path, "/login") {
		t.Error("the token works after the log-out")
	}
}

func TestASessionCanBeEndedFromAnother(t *testing.T) {
	h := open(t)
	first := h.admin()
	second := h.browser()
	second.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200)
	var list []struct {
		ID      int64
		Current bool
	}
	first.call(http.MethodGet, "/sessions", nil, &list)
	if len(list) != 2 {
		t.Fatalf("%d sessions, want 2", len(list))
	}
	for _, s := range list {
		if !s.Current {
			first.post("/system/sessions/"+itoa(s.ID)+"/end", nil).must(t, 200, "The session was ended")
		}
	}
	if got := second.get("/"); !strings.HasPrefix(got.path, "/login") {
		t.Error("the ended session still works")
	}
}

func TestChangingThePasswordEndsEverySession(t *testing.T) {
	h := open(t)
	b := h.admin()
	next := "another long enough phrase"
	b.post("/system/password", url.Values{"old": {"not the old phrase"}, "password": {next}, "again": {next}}).must(t, 401)
	b.post("/system/password", url.Values{"old": {password}, "password": {next}, "again": {next}}).must(t, 200, "The password was changed")
	b.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 401)
	b.post("/login", url.Values{"name": {"admin"}, "password": {next}}).must(t, 200, "Overview")
}

func TestAnotherSiteCannotMakeABrowserAct(t *testing.T) { inBothForms(t, anotherSiteCannotAct) }

func anotherSiteCannotAct(t *testing.T, h *house) {
	b := h.admin()
	r := b.request(http.MethodPost, "/changes/discard", nil)
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).must(t, 403, `data-fault="cross-origin"`)
	r = b.request(http.MethodDelete, "/api/v1/candidate", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	b.do(r).must(t, 403, `"code":"cross-origin"`)
}

func TestLanguageAndThemeAreRemembered(t *testing.T) {
	h := open(t)
	anonymous := h.browser()
	anonymous.post("/preferences", url.Values{"lang": {"zh-CN"}, "next": {"/login"}}).must(t, 200, `<html lang="zh-CN"`, "登录")
	anonymous.post("/preferences", url.Values{"theme": {"dark"}, "next": {"/login"}}).must(t, 200, `data-theme="dark"`, `lang="zh-CN"`)

	b := h.admin()
	b.post("/preferences", url.Values{"lang": {"zh-CN"}}).must(t, 200, "概览")
	b.post("/preferences", url.Values{"theme": {"light"}}).must(t, 200, `data-theme="light"`, "概览")
	elsewhere := h.browser()
	elsewhere.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200, "概览", `data-theme="light"`)
	b.post("/preferences", url.Values{"theme": {"system"}})
	if got := b.get("/"); strings.Contains(got.body, "data-theme") {
		t.Error("the theme still does not follow the system")
	}
}
