package web_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/store"
	"holdfast/web"
)

func TestADatabaseThatIsGoneIsToldAndNotWritten(t *testing.T) {
	t.Parallel()
	for what, lose := range map[string]func(dir, name string) error{
		"deleted": func(dir, name string) error { return os.Remove(filepath.Join(dir, name)) },
		"replaced": func(dir, name string) error {
			other := filepath.Join(dir, "other")
			if err := os.WriteFile(other, nil, 0o600); err != nil {
				return err
			}
			return os.Rename(other, filepath.Join(dir, name))
		},
	} {
		for _, name := range []string{"config.db", "journal.db"} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				h := open(t)
				h.unwell = true
				h.working()
				b := h.admin()
				events, stop := b.listen("/live?page=overview")
				defer stop()
				if err := lose(h.dir, name); err != nil {
					t.Fatal(err)
				}
				next(t, events, "confirm", "data-gone")
				h.await("the log", func() bool { return strings.Contains(h.log.String(), "nothing is stored any more") })
				b.get("/changes").must(t, 200, "data-gone")
				h.browser().get("/login").must(t, 200, "data-gone")
				if name == "config.db" {
					b.call(http.MethodPut, "/candidate", map[string]any{"text": seed, "version": 0}, nil).must(t, 503, `"code":"store-gone"`)
					h.browser().post("/login", url.Values{"name": {"admin"}, "password": {password}}).must(t, 503, `data-fault="store-gone"`)
				}
			})
		}
	}
}

func TestAConsoleThatHadAccountsOpensNoSetupByItself(t *testing.T) {
	h := openAs(t, func(o *web.Options) { o.HadAccounts = func() bool { return true } })
	h.await("the log", func() bool { return strings.Contains(h.log.String(), "holdfast user reset") })
	h.browser().get("/login").must(t, 200, "data-accounts-lost", "holdfast user reset")
	if out := h.out.String() + h.log.String(); strings.Contains(out, "token=") {
		t.Errorf("a setup link: %s", out)
	}
	token, err := h.store.IssueSetupToken(t.Context(), store.FirstAccount, store.SetupTTL) // as the command does
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.get("/setup?token="+token).must(t, 200, "Create the account")
	b.post("/setup", url.Values{"token": {token}, "name": {"kim"}, "password": {password}, "again": {password}}).must(t, 200)
}

func TestALinkForANewPasswordNamesItsAccount(t *testing.T) {
	h := open(t)
	old := h.member("kim", store.Viewer)
	user, err := h.store.UserByName(t.Context(), "kim")
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.store.IssueSetupToken(t.Context(), user.ID, store.SetupTTL)
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.get("/setup?token="+token).must(t, 200, "Choose a new password", `value="kim"`, "readonly")
	form := url.Values{"token": {token}, "name": {"eve"}, "password": {"another long phrase"}, "again": {"another long phrase"}}
	b.post("/setup", form).must(t, 200, `data-said="password-new"`)
	b.call(http.MethodGet, "/session", nil, nil).must(t, 200, `"user":"kim"`, `"role":"viewer"`)
	if got := old.get("/"); !strings.HasPrefix(got.path, "/login") {
		t.Error("an older session goes on")
	}
	h.browser().post("/setup", form).must(t, 403, `data-fault="setup-closed"`)
}
