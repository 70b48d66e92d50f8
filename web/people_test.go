package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"holdfast/store"
	"holdfast/web/access"
	"holdfast/web/auth"
)

// program is a client of the API with a token and no cookie.
type program struct {
	h     *house
	token string
}

// do sends a request with the token.
func (p program) do(method, path, in string) page {
	p.h.t.Helper()
	b := p.h.browser()
	r := b.request(method, access.APIRoot+path, strings.NewReader(in))
	r.Header.Set("Authorization", "Bearer "+p.token)
	if in != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return b.do(r)
}

// peopleActs are the acts about accounts, tokens and the second factor of the administrator.
func peopleActs(t *testing.T, b *browser) []actStep {
	var made struct {
		ID    int64
		Token string
	}
	var factor struct{ Secret string }
	call := func(method, path string, in, out any) func() page {
		return func() page { return b.call(method, path, in, out) }
	}
	return []actStep{
		{"POST /users", "user-added", call("POST", "/users", map[string]string{"name": "li", "password": "a long phrase of li", "role": "viewer"}, nil)},
		{"PATCH /users/:name", "user-role", call("PATCH", "/users/li", map[string]string{"role": "editor"}, nil)},
		{"DELETE /users/:name", "user-removed", call("DELETE", "/users/li", nil, nil)},
		{"POST /tokens", "token-made", call("POST", "/tokens", map[string]any{"name": "ansible", "scope": "configure", "days": 30}, &made)},
		{"DELETE /tokens/:id", "token-revoked", func() page { return b.call("DELETE", fmt.Sprint("/tokens/", made.ID), nil, nil) }},
		{"POST /second-factor", "factor-begun", call("POST", "/second-factor", nil, &factor)},
		{"PUT /second-factor", "factor-set", func() page {
			return b.call("PUT", "/second-factor", map[string]string{"code": auth.CodeAt(store.Secret(factor.Secret), time.Now())}, nil)
		}},
		{"DELETE /second-factor", "factor-dropped", call("DELETE", "/second-factor", map[string]string{"password": password}, nil)},
	}
}

func TestATokenMayWhatItsScopeMayAndNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	for i, scope := range []string{"read", "operate", "configure", "admin"} {
		var made struct {
			ID           int64
			Token, Begin string
		}
		b.call("POST", "/tokens", map[string]any{"name": "of-" + scope, "scope": scope}, &made).must(t, 201)
		if list := b.call("GET", "/tokens", nil, nil).must(t, 200); strings.Contains(list.body, made.Token) || !strings.Contains(list.body, made.Begin) {
			t.Errorf("the list of tokens: %s", list.body)
		}
		p := program{h, made.Token}
		for j, ask := range [][2]string{
			{"GET", "/status"}, {"PUT", "/services/none/servers/none/back"}, {"POST", "/check"}, {"GET", "/audit"},
		} {
			in := ""
			if ask[0] == "POST" {
				in = `{"text": ""}`
			}
			got := p.do(ask[0], ask[1], in)
			if refused := got.status == 403; refused != (j > i) || got.status == 401 {
				t.Errorf("scope %s, %s %s: %d %s", scope, ask[0], ask[1], got.status, got.body)
			}
		}
		for _, ask := range [][3]string{
			{"PUT", "/password", `{"old": "x", "new": "y"}`}, {"PUT", "/preferences", `{}`}, {"GET", "/sessions", ""}, {"DELETE", "/sessions/1", ""}, {"POST", "/second-factor", ""},
		} {
			if got := p.do(ask[0], ask[1], ask[2]); got.status != 403 {
				t.Errorf("scope %s, %s %s is for people: %d %s", scope, ask[0], ask[1], got.status, got.body)
			}
		}
		b.call("DELETE", fmt.Sprint("/tokens/", made.ID), nil, nil).must(t, 204)
		if got := p.do("GET", "/status", ""); got.status != 401 || !strings.Contains(got.body, `"code":"unauthorized"`) {
			t.Errorf("a revoked token: %d %s", got.status, got.body)
		}
	}
	for _, bad := range []string{"", "x", strings.Repeat("holdfast_", 1000)} {
		if got := (program{h, bad}).do("GET", "/status", ""); got.status != 401 {
			t.Errorf("token %.20q: %d", bad, got.status)
		}
	}
}

func TestATokenOpensNoPage(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.admin()
	secret, _, err := h.store.IssueToken(t.Context(), store.Token{Name: "t", Scope: store.Manage, Author: "root"})
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, h.base+"/system/audit", nil)
	req.Header.Set("Authorization", "Bearer "+secret)
	got, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", got.StatusCode)
	}
}

func TestAnAccountWithASecondFactorNeedsACodeOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	var factor struct{ Secret, URL string }
	b.call("POST", "/second-factor", nil, &factor).must(t, 200)
	if !strings.HasPrefix(factor.URL, "otpauth://totp/Holdfast%20") || !strings.Contains(factor.URL, "secret="+factor.Secret) {
		t.Errorf("%s", factor.URL)
	}
	login := func(code string) page {
		return h.browser().call("POST", "/session", map[string]string{"name": "admin", "password": password, "code": code}, nil)
	}
	login("").must(t, 204) // it waits for its first code
	if got := b.call("PUT", "/second-factor", map[string]string{"code": "000"}, nil); got.status != 422 || !strings.Contains(got.body, "factor-code") {
		t.Errorf("a wrong first code: %d %s", got.status, got.body)
	}
	code := auth.CodeAt(store.Secret(factor.Secret), time.Now())
	var recovery struct{ Codes []string }
	b.call("PUT", "/second-factor", map[string]string{"code": code}, &recovery).must(t, 200)
	if len(recovery.Codes) != 10 {
		t.Errorf("%v", recovery.Codes)
	}
	if got := login(""); got.status != 401 || !strings.Contains(got.body, "code-needed") {
		t.Errorf("no code: %d %s", got.status, got.body)
	}
	if got := login(code); got.status == 204 {
		t.Error("the code that was seen before is taken")
	}
	next := auth.CodeAt(store.Secret(factor.Secret), time.Now().Add(30*time.Second))
	login(next[:3]+" "+next[3:]).must(t, 204)
	if got := login(next); got.status == 204 {
		t.Error("a code is taken twice")
	}
	page := h.browser()
	page.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 401, `data-fault="code-needed"`)
	page.post("/login", url.Values{"name": {"admin"}, "password": {password}, "code": {recovery.Codes[1]}}).must(t, 200, "Overview")
	login(strings.ToUpper(recovery.Codes[0])).must(t, 204)
	if got := login(recovery.Codes[0]); got.status == 204 {
		t.Error("a recovery code is taken twice")
	}
	if got := b.call("DELETE", "/second-factor", map[string]string{"password": "not the password"}, nil); got.status == 204 {
		t.Error("the second factor goes without the password")
	}
	b.call("DELETE", "/second-factor", map[string]string{"password": password}, nil).must(t, 204)
	login("").must(t, 204)
}

func TestNobodyIsLockedOutByTheOneWhoManagesAccounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	for _, ask := range []page{
		b.call("DELETE", "/users/admin", nil, nil), b.call("PATCH", "/users/admin", map[string]string{"role": "viewer"}, nil),
	} {
		if ask.status != 409 || !strings.Contains(ask.body, "last-admin") {
			t.Errorf("%d %s", ask.status, ask.body)
		}
	}
	b.call("POST", "/users", map[string]string{"name": "li", "password": "a long phrase of li", "role": "operator"}, nil).must(t, 201)
	if got := b.call("POST", "/users", map[string]string{"name": "LI", "password": "a long phrase of li", "role": "operator"}, nil); got.status != 409 || !strings.Contains(got.body, "user-there") {
		t.Errorf("%d %s", got.status, got.body)
	}
	li := h.browser()
	li.call("POST", "/session", map[string]string{"name": "li", "password": "a long phrase of li"}, nil).must(t, 204)
	var changed struct{ Changed bool }
	b.call("PATCH", "/users/li", map[string]string{"role": "operator"}, &changed).must(t, 200)
	if changed.Changed {
		t.Error("the same role is a change")
	}
	if got := li.call("GET", "/users", nil, nil); got.status != 403 {
		t.Errorf("an operator lists accounts: %d", got.status)
	}
	b.call("PATCH", "/users/li", map[string]string{"password": "another phrase of li"}, &changed).must(t, 200)
	if got := li.call("GET", "/session", nil, nil); got.status != 401 {
		t.Errorf("a session outlives the password: %d", got.status)
	}
	b.call("DELETE", "/users/li", nil, nil).must(t, 204)
	if got := b.call("DELETE", "/users/li", nil, nil); got.status != 404 || !strings.Contains(got.body, `"code":"no-user"`) && !strings.Contains(got.body, "not-found") {
		t.Errorf("%d %s", got.status, got.body)
	}
}
