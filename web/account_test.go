package web_test

import (
	"net/http"
	"strings"
	"testing"

	"holdfast/store"
)

func TestTheFirstAccountIsCreatedThroughTheAPI(t *testing.T) {
	h := open(t)
	b := h.browser()
	first := map[string]string{"token": h.setupToken(), "name": "admin", "password": "short"}
	b.call(http.MethodPost, "/setup", first, nil).must(t, 422, `"code":"password-short"`)
	first["password"] = password
	b.call(http.MethodPost, "/setup", first, nil).must(t, 204)
	b.call(http.MethodGet, "/session", nil, nil).must(t, 200, `"user":"admin"`, `"role":"admin"`)
	h.browser().call(http.MethodPost, "/setup", first, nil).must(t, 403, `"code":"setup-closed"`)
	b.call(http.MethodGet, "/audit", nil, nil).must(t, 200, `"action":"setup"`)
}

func TestAnAccountIsKeptThroughTheAPI(t *testing.T) {
	h := open(t)
	b := h.member("vic", store.Viewer)
	b.call(http.MethodPut, "/preferences", map[string]string{"lang": "zh-CN", "theme": "dark"}, nil).must(t, 204)
	b.get("/").must(t, 200, `<html lang="zh-CN" data-theme="dark">`)
	b.call(http.MethodPut, "/preferences", map[string]string{"lang": "de"}, nil).must(t, 422, `"code":"invalid-request"`, "请求与接口描述不符", `"location":"body.lang"`)
	b.call(http.MethodGet, "/audit", nil, nil).must(t, 403)
	b.call(http.MethodPut, "/password", map[string]string{"old": "not the right phrase", "new": "another long phrase"}, nil).must(t, 401, `"code":"login-refused"`)
	got := b.call(http.MethodPut, "/password", map[string]string{"old": password, "new": "another long phrase"}, nil).must(t, 204)
	if !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie stays: %s", got.header.Get("Set-Cookie"))
	}
	b.call(http.MethodGet, "/session", nil, nil).must(t, 401)
	b.call(http.MethodPost, "/session", map[string]string{"name": "vic", "password": "another long phrase"}, nil).must(t, 204)
}

func TestWhatPagesDoTheAPIDoes(t *testing.T) {
	h := open(t)
	h.working()
	b := h.admin()
	b.call(http.MethodPost, "/adopt", map[string]string{"note": "as found"}, nil).must(t, 200, `"number":1`, `"note":"as found"`)
	b.call(http.MethodGet, "/revisions", nil, nil).must(t, 200, `"outcome":"kept"`)

	var saved struct{ Version int }
	b.call(http.MethodPut, "/candidate", map[string]any{"text": moreWeight, "version": 0}, &saved).must(t, 200)
	b.call(http.MethodDelete, "/candidate?version="+itoa(int64(saved.Version+1)), nil, nil).must(t, 409, `"code":"conflict"`)
	b.call(http.MethodDelete, "/candidate?version="+itoa(int64(saved.Version)), nil, nil).must(t, 204)

	if err := h.store.Enqueue(t.Context(), []store.Mail{{To: "ops@example.org", Subject: "s", Body: "b"}}); err != nil {
		t.Fatal(err)
	}
	b.call(http.MethodPost, "/mail/outbox/1/retry", nil, nil).must(t, 404)
	if err := h.store.BeginMail(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := h.store.MailDead(t.Context(), 1, "550 no such user"); err != nil {
		t.Fatal(err)
	}
	b.call(http.MethodPost, "/mail/outbox/1/retry", nil, nil).must(t, 204)
	b.call(http.MethodGet, "/mail/outbox", nil, nil).must(t, 200, `"state":"queued"`)
}
