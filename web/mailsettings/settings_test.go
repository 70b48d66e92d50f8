package mailsettings

import (
	"testing"

	"holdfast/store"
	"holdfast/web/fault"
)

var stored = store.MailSettings{
	Host: "mail.example", Port: 587, Security: store.SecurityStartTLS, VerifyCert: true, User: "u", Password: "secret-word",
	To: []string{"ops@example.org"}, Scope: store.ScopeAll,
}

func TestTheStoredPasswordGoesOnlyWhereItWasGivenFor(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*store.MailSettings)
		goes   bool
	}{
		"nothing changed":     {func(*store.MailSettings) {}, true},
		"another recipient":   {func(m *store.MailSettings) { m.To = []string{"boss@example.org"} }, true},
		"TLS from the start":  {func(m *store.MailSettings) { m.Security = store.SecurityTLS }, true},
		"another host":        {func(m *store.MailSettings) { m.Host = "evil.example" }, false},
		"another port":        {func(m *store.MailSettings) { m.Port = 2525 }, false},
		"another user":        {func(m *store.MailSettings) { m.User = "v" }, false},
		"TLS only if offered": {func(m *store.MailSettings) { m.Security = store.SecurityAuto }, false},
		"no TLS":              {func(m *store.MailSettings) { m.Security = store.SecurityNone }, false},
		"any certificate":     {func(m *store.MailSettings) { m.VerifyCert = false }, false},
		"other roots":         {func(m *store.MailSettings) { m.CAPEM = "-----BEGIN" }, false},
	} {
		m := stored
		m.Password = ""
		row.change(&m)
		got, err := WithStored(m, stored)
		if row.goes != (err == nil && got.Password == stored.Password) || !row.goes && fault.Of(err).Code != "password-again" {
			t.Errorf("%s: %v", name, err)
		}
		m.Password = "typed anew"
		if got, err := WithStored(m, stored); err != nil || got.Password != "typed anew" {
			t.Errorf("%s, with a password: %v", name, err)
		}
	}
}

func TestNoControlCharacterReachesTheMailServer(t *testing.T) {
	for field, change := range map[string]func(*store.MailSettings){
		"host": func(m *store.MailSettings) { m.Host += "\r\n" },
		"user": func(m *store.MailSettings) { m.User += "\x00" },
		"from": func(m *store.MailSettings) { m.From = "lb@example.org\r\nRCPT TO:<x@example.org>" },
		"helo": func(m *store.MailSettings) { m.Helo = "lb\nMAIL FROM:<>" },
		"to":   func(m *store.MailSettings) { m.To = []string{"ops@example.org\rDATA"} },
	} {
		m := stored
		change(&m)
		if f := fault.Of(Validate(m)); f.Code != "control" || f.Field != field {
			t.Errorf("%s: %v", field, f)
		}
	}
	if err := Validate(stored); err != nil {
		t.Error(err)
	}
}
