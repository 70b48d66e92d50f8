package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web/access"
)

// A token that somebody planted in a browser is not the one of the session that begins.
func TestAPlantedSessionTokenIsNotAdopted(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.admin()
	u, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	const planted = "cGxhbnRlZC1ieS1zb21lYm9keS1lbHNl"
	victim := h.browser()
	victim.http.Jar.SetCookies(u, []*http.Cookie{{Name: h.cookie, Value: planted, Path: "/"}})
	victim.post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 200, "Overview")
	attacker := h.browser()
	attacker.http.Jar.SetCookies(u, []*http.Cookie{{Name: h.cookie, Value: planted, Path: "/"}})
	if got := attacker.get("/"); !strings.HasPrefix(got.path, "/login") {
		t.Errorf("the planted token opens %s", got.path)
	}
}

func TestNoAddressLeadsOutOfTheAssets(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	for _, path := range []string{
		"/assets/x/../../etc/passwd", "/assets/x/..%2f..%2f..%2fetc%2fpasswd", "/assets/x/%2e%2e/%2e%2e/etc/passwd",
		"/assets/x//etc/passwd", "/assets/x/css/..\\..\\words", "/assets/x/words/en/ui.toml", "/assets/x/%00", "/changes/drafts/..%2f..%2f1/text", "/changes/revisions/..%2f1/text",
	} {
		if got := b.get(path); got.status < 400 || strings.Contains(got.body, "root:") {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

// markup is typed wherever text can be: it has to come back as text.
const markup = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`

func TestMarkupThatIsTypedIsShownAsText(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	text := "! " + markup + "\nvrrp_instance \"" + strings.ReplaceAll(markup, `"`, "") + "\" {\n\tinterface lo\n\tvirtual_router_id 51\n\tvirtual_ipaddress {\n\t\t192.0.2.1\n\t}\n}\n"
	for _, f := range []*fakeRole{h.vrrp, h.lvs} {
		f.set(func(f *fakeRole) { f.text = text })
	}
	b.call("POST", "/adopt", map[string]string{"note": markup}, nil).must(t, 200)
	b.call("PUT", "/candidate", map[string]any{"text": text + "# more\n", "version": 0}, nil).must(t, 200)
	b.call("PUT", "/candidate", map[string]any{"text": text + "# other\n", "version": 1, "keep": true}, nil).must(t, 200)
	b.call("PUT", "/drafts/1/name", map[string]string{"name": markup}, nil).must(t, 204)
	if _, err := h.store.CreateUser(t.Context(), markup, passwordHash, store.Viewer, ""); err != nil {
		t.Fatal(err)
	}
	if err := h.store.Audit(t.Context(), markup, "login", markup, markup, markup); err != nil {
		t.Fatal(err)
	}
	escaped := 0
	look := func(path string, got page) {
		t.Helper()
		if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") && (strings.Contains(got.body, "<script>alert") || strings.Contains(got.body, "<img src=x")) {
			t.Errorf("%s has markup that was typed", path)
		}
		if strings.Contains(got.body, "&lt;script&gt;alert") {
			escaped++
		}
	}
	for _, row := range access.Table() {
		if row.Method != http.MethodGet || unending[row.Path] || strings.HasPrefix(row.Path, access.APIRoot) {
			continue
		}
		for _, path := range paths(row.Path) {
			look(path, b.get(path))
			look(path, b.get(path+"?q="+url.QueryEscape(markup)+"&object="+url.QueryEscape(markup)+"&next="+url.QueryEscape(markup)+"&said="+url.QueryEscape(markup)+"&token="+url.QueryEscape(markup)+"&block="+url.QueryEscape(markup)))
		}
	}
	for _, form := range []struct {
		path  string
		field []string
	}{
		{"/login", []string{"name", "next", "code"}}, {"/changes/candidate", []string{"text", "base", "version"}}, {"/system/mail", []string{"host", "user", "to", "from", "helo"}},
		{"/changes/apply", []string{"note", "hash"}}, {"/changes/drafts/1/rename", []string{"name"}}, {"/import", []string{"text"}},
		{"/system/users", []string{"name", "role"}}, {"/system/tokens", []string{"name", "scope", "days"}}, {"/system/second-factor/confirm", []string{"code"}},
	} {
		for _, name := range form.field {
			look(form.path+" "+name, b.post(form.path, url.Values{name: {markup}}))
		}
	}
	if escaped < 5 {
		t.Errorf("what was typed is shown on %d pages: nothing was looked for", escaped)
	}
}

func TestNoFormLeadsToAnotherSite(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	for _, away := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "/\t/evil.example", "\x01//evil.example", "/%0d%0aLocation:%20//evil.example", "javascript:alert(1)"} {
		for path, form := range map[string]url.Values{"/preferences": {"theme": {"dark"}}, "/login": {"name": {"admin"}, "password": {password}}} {
			form.Set("next", away)
			r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", h.base)
			got, err := (&http.Client{Jar: b.http.Jar, Transport: h.network, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got.Body.Close()
			to, err := url.Parse(got.Header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(to.Path, "//") || strings.HasPrefix(to.Path, `/\`) {
				t.Errorf("%s next=%q leads to %q", path, away, got.Header.Get("Location"))
			}
		}
	}
}

func TestNoPageCanBePutIntoAFrame(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	for _, row := range access.Table() {
		if row.Method != http.MethodGet || unending[row.Path] {
			continue
		}
		got := b.get(paths(row.Path)[0])
		if !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || got.header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s may stand in a frame", row.Path)
		}
	}
}
