package web_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
)

// noSession is somebody who is not logged in.
const noSession store.Role = "no session"

// readers are all there are, each may do what the ones before may.
var readers = []store.Role{noSession, store.Viewer, store.Operator, store.Editor, store.Admin}

// refusalOf asks for an address and names the refusal, "" where it is not one.
// Only the beginning of an answer is read: a stream has no end.
func (b *browser) refusalOf(r access.Row) string {
	b.h.t.Helper()
	ctx, cancel := context.WithCancel(b.h.t.Context())
	defer cancel()
	path := strings.NewReplacer(":name", "none", ":number", "0", ":id", "0", ":server", "0", ":kind", "instances", ":check", "0", ":tree", "x", "*path", "none").Replace(r.Path)
	req := b.request(r.Method, path, nil).WithContext(ctx)
	req.Header.Set("Origin", b.h.base)
	last := &http.Client{Jar: b.http.Jar, Transport: b.h.network, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := last.Do(req)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer got.Body.Close()
	if strings.HasPrefix(got.Header.Get("Location"), "/login") && r.Path != "/logout" {
		return "unauthorized"
	}
	if got.StatusCode == http.StatusOK {
		return ""
	}
	text, err := io.ReadAll(got.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	for _, code := range []string{"unauthorized", "session-ended", "forbidden"} {
		if strings.Contains(string(text), `data-fault="`+code+`"`) || strings.Contains(string(text), `"code":"`+code+`"`) {
			return code
		}
	}
	return ""
}

func TestEveryAddressRefusesWhoeverIsBelowItsRole(t *testing.T) {
	inBothForms(t, everyAddressRefuses)
}

func everyAddressRefuses(t *testing.T, h *house) {
	h.working()
	for _, role := range readers {
		b := h.browser()
		for i, row := range access.Table() {
			if role != noSession && !b.hasSession() { // an address may end the session that asks
				b = h.member(string(role)+itoa(int64(i)), role)
			}
			got := b.refusalOf(row)
			enough := row.Least == access.Anybody || slices.Index(readers, role) >= slices.Index(readers, row.Least)
			switch {
			case enough && got != "":
				t.Errorf("%s %s refuses %s: %s", row.Method, row.Path, role, got)
			case !enough && role == noSession && got != "unauthorized" && got != "session-ended":
				t.Errorf("%s %s is open without a session: %q", row.Method, row.Path, got)
			case !enough && role != noSession && got != "forbidden":
				t.Errorf("%s %s is open to %s: %q", row.Method, row.Path, role, got)
			}
		}
	}
}

// hasSession says whether the browser has a session's cookie.
func (b *browser) hasSession() bool {
	b.h.t.Helper()
	at, err := url.Parse(b.h.base)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return slices.ContainsFunc(b.http.Jar.Cookies(at), func(c *http.Cookie) bool { return c.Name == b.h.cookie })
}

func TestSystemLeadsToATabThatTheReaderMayOpen(t *testing.T) {
	h := open(t)
	if got := h.admin().get("/system").must(t, 200); got.path != "/system/mail" {
		t.Errorf("an administrator is led to %s", got.path)
	}
	got := h.member("reader", store.Viewer).get("/system").must(t, 200, `href="/system/about"`)
	if got.path != "/system/sessions" || strings.Contains(got.body, `href="/system/audit"`) {
		t.Errorf("a viewer is led to %s", got.path)
	}
}

func TestARefusalIsWordedInTheReadersLanguage(t *testing.T) {
	h := open(t)
	b := h.browser()
	b.lang = "zh-CN"
	got := b.call(http.MethodGet, "/status", nil, nil).must(t, 401, "登录")
	if got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a refusal may be kept: %q", got.header.Get("Cache-Control"))
	}
}
