package web_test

import (
	"net/url"
	"strings"
	"testing"

	"holdfast/store"
)

// mailForm is the form of the mail page, filled in.
func (b *browser) mailForm(more url.Values) url.Values {
	b.h.t.Helper()
	form := url.Values{
		"version": b.get("/system/mail").form(b.h.t, "mail-form")["version"],
		"scope":   {"all"}, "host": {"mail.example"}, "port": {"587"}, "security": {"starttls"}, "verify": {"yes"},
		"from": {"lb@example.org"}, "to": {"ops@example.org\r\nboss@example.org"}, "user": {"u"}, "secret": {"secret-word"}, "mail-lang": {"zh-CN"},
	}
	for k, v := range more {
		form[k] = v
	}
	return form
}

func TestMailSettingsAreSavedAndThePasswordStaysInside(t *testing.T) {
	h := open(t)
	b := h.admin()
	got := b.post("/system/mail", b.mailForm(nil)).must(t, 200, "The settings are saved", "ops@example.org\nboss@example.org", "stored, leave empty to keep")
	if strings.Contains(got.body, "secret-word") {
		t.Error("the password is shown")
	}
	b.post("/system/mail", b.mailForm(url.Values{"secret": {""}, "host": {"evil.example"}})).must(t, 422, `data-fault="password-again"`)
	b.post("/system/mail/test", b.mailForm(url.Values{"secret": {""}, "port": {"25"}})).must(t, 422, `data-fault="password-again"`)
	if len(h.tested) != 0 {
		t.Errorf("it was sent to %s:%d", h.tested[0].Host, h.tested[0].Port)
	}
	b.post("/system/mail", b.mailForm(url.Values{"secret": {""}, "helo": {"lb.example"}})).must(t, 200)
	m, err := h.store.MailSettings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Password.Reveal() != "secret-word" || m.Port != 587 || m.Helo != "lb.example" || len(m.To) != 2 || m.Lang != "zh-CN" || !m.VerifyCert || m.Security != store.SecurityStartTLS {
		t.Errorf("stored %+v", m)
	}
}

func TestTheTestUsesWhatIsOnScreenAndShowsTheDialogue(t *testing.T) {
	h := open(t)
	b := h.admin()
	b.post("/system/mail/test", b.mailForm(url.Values{"host": {"other.example"}})).must(t, 200,
		`id="dialogue"`, `data-step="resolve"`, "RCPT TO:&lt;ops@example.org&gt;", "250 OK", "AB12", "Did it arrive?", `value="other.example"`)
	if h.tested[0].Host != "other.example" {
		t.Errorf("tested %s", h.tested[0].Host)
	}
	if _, err := h.store.MailSettings(t.Context()); err == nil {
		t.Error("the test saved the settings")
	}
}

func TestMailSettingsThatCannotWorkAreNotSaved(t *testing.T) {
	h := open(t)
	b := h.admin()
	for code, form := range map[string]url.Values{
		"mail-host": {"host": {""}}, "mail-to": {"to": {" "}}, "mail-address": {"to": {"not an address"}}, "number": {"port": {"99999"}}, "choice": {"security": {"wrong"}},
	} {
		b.post("/system/mail", b.mailForm(form)).must(t, 422, `data-fault="`+code+`"`)
	}
	b.post("/system/mail", b.mailForm(url.Values{"scope": {"off"}, "host": {""}, "to": {""}})).must(t, 200, "The settings are saved")
}

func TestTwoWhoSetTheMailDoNotOverwriteEachOtherUnawares(t *testing.T) {
	h := open(t)
	b := h.admin()
	first, second := b.mailForm(nil), b.mailForm(url.Values{"host": {"second.example"}})
	b.post("/system/mail", first).must(t, 200, "The settings are saved")
	got := b.post("/system/mail", second).must(t, 409, `data-fault="settings-meanwhile"`, `value="second.example"`)
	second.Set("version", got.form(t, "mail-form").Get("version"))
	b.post("/system/mail", second).must(t, 200, "The settings are saved", `value="second.example"`)
	var now struct{ Version int }
	b.call("GET", "/mail", nil, &now).must(t, 200)
	settings := map[string]any{"host": "third.example", "to": []string{"ops@example.org"}, "verify_cert": true, "version": now.Version - 1}
	b.call("PUT", "/mail", settings, nil).must(t, 409, `"code":"conflict"`)
	settings["version"] = now.Version
	b.call("PUT", "/mail", settings, nil).must(t, 200, "third.example")
}

func TestAUserWithoutAPasswordIsNoLogin(t *testing.T) {
	b := open(t).admin()
	b.post("/system/mail", b.mailForm(url.Values{"secret": {""}})).must(t, 422, `data-fault="mail-password"`)
}

func TestADeadMailIsTriedAgainOnOrder(t *testing.T) {
	h := open(t)
	b := h.admin()
	if err := h.store.Enqueue(t.Context(), []store.Mail{{To: "ops@example.org", Subject: "[dir1] VI_1 MASTER", Body: "…"}}); err != nil {
		t.Fatal(err)
	}
	if err := h.store.BeginMail(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := h.store.MailDead(t.Context(), 1, "550 no such user"); err != nil {
		t.Fatal(err)
	}
	b.get("/system/mail").must(t, 200, `data-mail="dead"`, "550 no such user", "1 given up")
	b.post("/system/mail/outbox/1/retry", nil).must(t, 200, "The mail is queued again", `data-mail="queued"`)
	b.post("/system/mail/outbox/1/retry", nil).must(t, 404)
}

func TestWhatIsTypedIntoTheMailFormOutlivesARefusal(t *testing.T) {
	h := open(t)
	b := h.admin()
	for field, typed := range map[string]string{"port": "abc", "timeout": "soon"} {
		for _, path := range []string{"/system/mail", "/system/mail/test"} {
			b.post(path, b.mailForm(url.Values{field: {typed}})).must(t, 422,
				`value="`+typed+`"`, `aria-describedby="`+field+`-fault"`, `id="`+field+`-fault"`, `value="mail.example"`, `value="lb@example.org"`, "boss@example.org")
		}
	}
	for field, value := range map[string]string{"to": "nobody", "host": "", "from": "a\x01@example.org", "user": "a\x01", "helo": "a\x01"} {
		b.post("/system/mail", b.mailForm(url.Values{field: {value}})).must(t, 422, `aria-describedby="`+field+`-fault"`, `id="`+field+`-fault"`)
	}
	b.post("/system/mail", b.mailForm(url.Values{"secret": {""}})).must(t, 422, `aria-describedby="password-fault"`, `id="password-fault"`)
}

func TestTheSettingsInForceAreShownWithTheirSourceAndCanBeTested(t *testing.T) {
	h := open(t)
	h.inForce = store.MailSettings{
		Host: "relay.example", Port: 2525, Security: store.SecurityAuto, From: "lb@example.org", To: []string{"ops@example.org"}, Scope: store.ScopeAll,
	}
	b := h.admin()
	b.get("/system/mail").must(t, 200, `value="relay.example"`, `value="2525"`, "ops@example.org", "In force from global_defs")
	untouched := url.Values{"host": {"relay.example"}, "port": {"2525"}, "security": {"auto"}, "verify": nil, "to": {"ops@example.org"}, "user": nil, "secret": nil}
	b.post("/system/mail/test", b.mailForm(untouched)).must(t, 200, `id="dialogue"`, `value="relay.example"`)
	b.call("POST", "/mail/test", map[string]any{}, nil).must(t, 200)
	if len(h.tested) != 2 || h.tested[0].Host != "relay.example" || h.tested[1].Port != 2525 {
		t.Errorf("tested %+v", h.tested)
	}
	b.post("/system/mail", b.mailForm(nil)).must(t, 200, `value="mail.example"`)
	if strings.Contains(b.get("/system/mail").body, "relay.example") {
		t.Error("the running configuration is shown in place of what was saved")
	}
}
