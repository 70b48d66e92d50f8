package web_test

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"holdfast/store"
	"holdfast/web/auth"
)

const phrase = "a long phrase of li"

// lastAct is the newest row of the audit.
func (h *house) lastAct() store.AuditRow {
	h.t.Helper()
	return h.audit(1)[0]
}

// did fails the test unless the newest row of the audit is this one.
func (h *house) did(user, action, object string) {
	h.t.Helper()
	if got := h.lastAct(); got.User != user || got.Action != action || got.Object != object {
		h.t.Errorf("the audit ends with %s %s %s, want %s %s %s", got.User, got.Action, got.Object, user, action, object)
	}
}

// account is the address of the page of an account.
func (h *house) account(name string) string {
	h.t.Helper()
	u, err := h.store.UserByName(h.t.Context(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return fmt.Sprint("/system/users/", u.ID)
}

// between gives what stands in the element with this id.
func (p page) between(t *testing.T, id string) string {
	t.Helper()
	m := regexp.MustCompile(`id="` + id + `"[^>]*>([^<]+)<`).FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("%s has no %s\n%s", p.path, id, p.body)
	}
	return html.UnescapeString(m[1])
}

func TestAnAdministratorKeepsAccountsByThePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	form := url.Values{"name": {"li"}, "role": {"viewer"}, "password": {phrase}, "again": {phrase}}
	b.post("/system/users", form).must(t, 200, "The account was added", `data-user="li" data-right="viewer"`)
	h.did("admin", "user-added", "li")
	li := h.browser()
	li.post("/login", url.Values{"name": {"li"}, "password": {phrase}}).must(t, 200, "Overview")
	at := h.account("li")
	b.get(at).must(t, 200, "Change the role", `data-rel=`)
	b.post(at+"/role", url.Values{"role": {"operator"}}).must(t, 200, "The account has that role now", `value="operator" selected`)
	h.did("admin", "user-role", "li")
	b.post(at+"/password", url.Values{"password": {"another phrase of li"}, "again": {"another phrase of li"}}).must(t, 200, "all sessions of the account ended")
	h.did("admin", "password-changed", "li")
	if got := li.get("/vips"); !strings.HasPrefix(got.path, "/login") {
		t.Errorf("a session outlives the password: %s", got.path)
	}
	b.post(at+"/remove", url.Values{"typed": {"li"}}).must(t, 200, "The account was removed")
	h.did("admin", "user-removed", "li")
	b.get(at).must(t, 404, `data-fault="no-user"`)
	b.get("/system/users/x").must(t, 404, `data-fault="no-user"`)
}

func TestTheAccountsPageSaysWhatIsWrongAtTheField(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	h.member("li", store.Viewer)
	at, own := h.account("li"), h.account("admin")
	form := func(pairs ...string) url.Values {
		f := url.Values{"name": {"kim"}, "role": {"editor"}, "password": {phrase}, "again": {phrase}}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	for _, wrong := range []struct {
		path, field, code string
		form              url.Values
		status            int
	}{
		{"/system/users", "name", "name-empty", form("name", " "), 422},
		{"/system/users", "name", "name-form", form("name", "a b"), 422},
		{"/system/users", "name", "user-there", form("name", "LI"), 409},
		{"/system/users", "password", "password-short", form("password", "short", "again", "short"), 422},
		{"/system/users", "again", "password-differs", form("again", "x"), 422},
		{"/system/users", "role", "choice", form("role", "king"), 422},
		{at + "/role", "role", "choice", form("role", "king"), 422},
		{own + "/role", "role", "last-admin", form("role", "viewer"), 409},
		{at + "/password", "password", "password-common", form("password", "administrator", "again", "administrator"), 422},
		{at + "/password", "again", "password-differs", form("again", "x"), 422},
		{at + "/remove", "typed", "name-differs", form("typed", "LI"), 422},
		{own + "/remove", "typed", "last-admin", form("typed", "admin"), 409},
	} {
		got := b.post(wrong.path, wrong.form).must(t, wrong.status, `data-fault="`+wrong.code+`"`, `id="`+wrong.field+`-fault"`)
		if strings.Contains(got.body, phrase) {
			t.Errorf("%s shows a password that was typed", wrong.path)
		}
	}
	b.post("/system/users", form("name", "LI")).must(t, 409, `value="LI"`, `value="editor" selected`)
	if list, err := h.store.ListUsers(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("%d accounts: %v", len(list), err)
	}
}

func TestWhoIsNoAdministratorAnyMoreIsLedAway(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, kim := h.admin(), h.member("kim", store.Admin)
	kim.post(h.account("kim")+"/role", url.Values{"role": {"viewer"}}).must(t, 200, "The account has that role now")
	kim.get("/system/users").must(t, 403)
	kim = h.member("lee", store.Admin)
	if got := kim.post(h.account("lee")+"/password", url.Values{"password": {phrase}, "again": {phrase}}).must(t, 200); !strings.HasPrefix(got.path, "/login") {
		t.Errorf("a new password of one's own leads to %s", got.path)
	}
	mo := h.member("mo", store.Admin)
	if got := mo.post(h.account("mo")+"/remove", url.Values{"typed": {"mo"}}).must(t, 200); !strings.HasPrefix(got.path, "/login") {
		t.Errorf("the removal of oneself leads to %s", got.path)
	}
	b.get("/system/users").must(t, 200, `data-user="kim" data-right="viewer"`)
}

func TestTheLastLoginIsOfTheAccountAndNotOfTheName(t *testing.T) {
	t.Parallel()
	h := open(t)
	b := h.admin()
	h.member("li", store.Viewer)
	login := func() { h.browser().post("/login", url.Values{"name": {"li"}, "password": {password}}).must(t, 200) }
	row := func() string {
		body := b.get("/system/users").must(t, 200).body
		_, rest, _ := strings.Cut(body, `data-user="li"`)
		row, _, _ := strings.Cut(rest, "</tr>")
		_, row, _ = strings.Cut(row, "Last login")
		row, _, _ = strings.Cut(row, "</td>")
		return row
	}
	if strings.Contains(row(), "<time") { // the session of a test begins without one
		t.Errorf("a login that never was: %s", row())
	}
	login()
	if !strings.Contains(row(), "<time") {
		t.Errorf("no last login: %s", row())
	}
	b.post(h.account("li")+"/remove", url.Values{"typed": {"li"}}).must(t, 200)
	h.member("li", store.Viewer)
	if strings.Contains(row(), "<time") {
		t.Errorf("the login of the one who had the name before: %s", row())
	}
}

func TestTheSetupIsTheFirstLogin(t *testing.T) {
	t.Parallel()
	h := open(t)
	body := h.setUp().get("/system/users").must(t, 200).body
	_, row, _ := strings.Cut(body, `data-user="admin"`)
	if row, _, _ = strings.Cut(row, "</tr>"); strings.Count(row, "<time") != 2 { // last login, made
		t.Errorf("%s", row)
	}
}

func TestATokenIsShownOnceAndOnlyWhoMayEndsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, li := h.admin(), h.member("li", store.Operator)
	if got := li.get("/system/tokens").must(t, 200, "Your tokens", `value="operate"`); strings.Contains(got.body, `value="configure"`) {
		t.Error("an operator is offered an editor's token")
	}
	made := li.post("/system/tokens", url.Values{"name": {"cron"}, "scope": {"operate"}, "days": {"30"}}).must(t, 200, `data-token="cron"`)
	secret := made.between(t, "secret")
	if strings.Contains(made.path, "holdfast_") || made.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s may be kept: %s", made.path, made.header.Get("Cache-Control"))
	}
	h.did("li", "token-made", "cron")
	(program{h, secret}).do("GET", "/status", "").must(t, 200)
	if again := li.get("/system/tokens").must(t, 200, `data-token="cron"`, "127.0.0.1"); strings.Contains(again.body, secret) {
		t.Error("the token is shown again")
	}
	b.post("/system/tokens", url.Values{"name": {"ansible"}, "scope": {"admin"}}).must(t, 200, `data-token="cron"`, "Tokens of all accounts")
	for _, wrong := range []struct {
		field, code string
		form        url.Values
		status      int
	}{
		{"name", "token-name", url.Values{"name": {"a b"}, "scope": {"read"}}, 422},
		{"name", "token-there", url.Values{"name": {"CRON"}, "scope": {"read"}}, 409},
		{"scope", "choice", url.Values{"name": {"x"}, "scope": {"all"}}, 422},
		{"days", "number", url.Values{"name": {"x"}, "scope": {"read"}, "days": {"-1"}}, 422},
		{"days", "number", url.Values{"name": {"x"}, "scope": {"read"}, "days": {"3651"}}, 422},
		{"scope", "scope-above", url.Values{"name": {"x"}, "scope": {"admin"}}, 403},
	} {
		li.post("/system/tokens", wrong.form).must(t, wrong.status, `data-fault="`+wrong.code+`"`, `id="`+wrong.field+`-fault"`)
	}
	list, err := h.store.ListTokens(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %v", list, err)
	}
	if got := li.get("/system/tokens"); strings.Contains(got.body, "ansible") {
		t.Error("somebody else's token is shown")
	}
	li.post(fmt.Sprintf("/system/tokens/%d/revoke", list[0].ID), nil).must(t, 404, `data-fault="no-token"`)
	b.post(fmt.Sprintf("/system/tokens/%d/revoke", list[1].ID), nil).must(t, 200, "The token was revoked")
	h.did("admin", "token-revoked", "cron")
	if got := (program{h, secret}).do("GET", "/status", ""); got.status != 401 {
		t.Errorf("a revoked token: %d", got.status)
	}
}

func TestOneAccountDoesNotUseUpThePlacesOfAllTokens(t *testing.T) {
	t.Parallel()
	h := open(t)
	li := h.member("li", store.Viewer)
	u, err := h.store.UserByName(t.Context(), "li")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if _, _, err := h.store.IssueToken(t.Context(), store.Token{Name: fmt.Sprint("t", i), UserID: u.ID, Author: "li", Scope: store.Read}); err != nil {
			t.Fatal(err)
		}
	}
	li.post("/system/tokens", url.Values{"name": {"more"}, "scope": {"read"}}).must(t, 409, `data-fault="tokens-full"`)
}

func TestASecondFactorIsSetUpByThePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	b, li := h.admin(), h.member("li", store.Viewer)
	const at = "/system/second-factor"
	li.get(at).must(t, 200, "It is off", `data-set="false"`)
	begun := li.post(at, nil).must(t, 200, `href="otpauth://totp/Holdfast%20dir1:li?secret=`)
	secret := store.Secret(begun.between(t, "secret"))
	h.did("li", "factor-begun", "li")
	if again := li.get(at).must(t, 200, "A secret waits"); strings.Contains(again.body, secret.Reveal()) {
		t.Error("the secret is shown again")
	}
	li.post(at+"/confirm", url.Values{"code": {"000"}}).must(t, 422, `data-fault="factor-code"`, `id="code-fault"`)
	done := li.post(at+"/confirm", url.Values{"code": {auth.CodeAt(secret, time.Now())}}).must(t, 200, "Recovery codes", `data-set="true"`)
	h.did("li", "factor-set", "li")
	codes := regexp.MustCompile(`[a-z2-7]{4}(-[a-z2-7]{4}){3}`).FindAllString(done.body, -1)
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	if again := li.get(at).must(t, 200, "It is on"); strings.Contains(again.body, codes[0]) || strings.Contains(again.body, secret.Reveal()) {
		t.Error("the codes or the secret are shown again")
	}
	li.post(at, nil).must(t, 409, `data-fault="factor-there"`)
	h.browser().post("/login", url.Values{"name": {"li"}, "password": {password}, "code": {codes[0]}}).must(t, 200, "Overview")
	li.post(at+"/drop", url.Values{"password": {"not the password"}}).must(t, 422, `data-fault="password-wrong"`, `id="password-fault"`)
	b.get("/system/users").must(t, 200, `data-factor="true"`)
	b.post(h.account("li")+"/second-factor", nil).must(t, 200, "The second factor of the account is off")
	h.did("admin", "factor-dropped", "li")
	li.get(at).must(t, 200, `data-set="false"`)
	li.post(at+"/confirm", url.Values{"code": {"123456"}}).must(t, 409, `data-fault="factor-none"`)
	secret = store.Secret(li.post(at, nil).must(t, 200).between(t, "secret"))
	li.post(at+"/confirm", url.Values{"code": {auth.CodeAt(secret, time.Now())}}).must(t, 200)
	li.post(at+"/drop", url.Values{"password": {password}}).must(t, 200, "The second factor is off", `data-set="false"`)
	h.did("li", "factor-dropped", "li")
}
