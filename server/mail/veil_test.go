package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/store"
)

const comesBack = "Tr0ub4dor&3 geheim"

// forms are what a password looks like in a server's answer.
func forms(user, password string) []string {
	base := base64.StdEncoding.EncodeToString
	all := []string{
		password, base([]byte(password)), base64.URLEncoding.EncodeToString([]byte(password)), base([]byte(user + ":" + password)),
		base([]byte("\x00" + user + "\x00" + password)), base([]byte("x\x00" + user + "\x00" + password)), hex.EncodeToString([]byte(password)),
		url.QueryEscape(password), url.PathEscape(password),
	}
	for _, form := range all {
		all = append(all, strings.ToUpper(form), strings.ToLower(form))
	}
	return all
}

func TestAPasswordThatComesBackIsVeiledInEveryForm(t *testing.T) {
	v := newVeil("lvs", comesBack)
	for _, form := range forms("lvs", comesBack) {
		for _, said := range []string{"500 unrecognized: " + form, "500 <" + form + "> what?", "500 " + form[:len(form)-4]} {
			got := v.over(said)
			tail := form[len(form)-16 : len(form)-5]
			if strings.Contains(got, tail) || !strings.HasPrefix(got, "500 ") || !strings.Contains(got, hidden) {
				t.Errorf("%q becomes %q", said, got)
			}
		}
	}
	for _, said := range []string{"535 5.7.8 Authentication credentials invalid", "250 2.0.0 Ok: queued as 4bXyZ12345", ""} {
		if got := v.over(said); got != said {
			t.Errorf("%q becomes %q", said, got)
		}
		if got := newVeil("lvs", "").over(said); got != said {
			t.Errorf("without a password %q becomes %q", said, got)
		}
	}
}

// A server may encode the line that it got, and repeat that: several times, in several
// ways, cut off or behind something of its own.
func TestAPasswordIsVeiledHoweverOftenItIsEncoded(t *testing.T) {
	ways := map[string]func(string) string{
		"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"url base64": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
		"hex":        func(s string) string { return hex.EncodeToString([]byte(s)) },
		"percent":    url.QueryEscape,
		"a line":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte("AUTH PLAIN " + s + "\r\n")) },
	}
	v := newVeil("lvs", comesBack)
	sent := base64.StdEncoding.EncodeToString([]byte("\x00lvs\x00" + comesBack))
	for first, inner := range ways {
		for second, outer := range ways {
			for depth := range 4 {
				form := inner(sent)
				for range depth {
					form = outer(form)
				}
				for _, said := range []string{"535 no: " + form, "334 " + form[:len(form)-3], "535 x" + form + " (unrecognized)", "535-ab" + form} {
					got := v.over(said)
					if strings.Contains(got, form[len(form)/3:len(form)/2]) || !strings.HasPrefix(got, "535") && !strings.HasPrefix(got, "334") {
						t.Errorf("%s, then %d times %s: %q becomes %q", first, depth, second, said, got)
					}
				}
			}
		}
	}
	for _, said := range []string{
		"250 2.0.0 Ok: queued as 4bXyZ12345AbCdEf0123456789", "235 2.7.0 Authentication successful", "250-SIZE 35882577",
		"421 4.7.0 mail.example.org closing connection k20-20020a05600c1c9400b003fe1c332810si1234567wms.12 - gsmtp",
		"334 " + ways["base64"]("Username:"), "334 " + ways["base64"](ways["base64"]("another text, that nobody has to hide")),
	} {
		if got := v.over(said); got != said {
			t.Errorf("%q becomes %q", said, got)
		}
	}
}

// What a server sends is its own choice, and decoding it has an end.
func TestWhatDecodesForEverIsHidden(t *testing.T) {
	v := newVeil("lvs", comesBack)
	form := strings.Repeat("3", 1<<14)
	if got := v.over("500 " + form); len(got) > len(form)+4 {
		t.Errorf("%d bytes", len(got))
	}
	nested := "a text that decodes many times and holds nothing to hide at all"
	for len(nested) < 1<<14 {
		nested = base64.StdEncoding.EncodeToString([]byte(nested))
	}
	v.over("500 " + nested)
}

// Some servers repeat what they do not understand.
func TestAServerThatRepeatsEveryLinePutsThePasswordNowhere(t *testing.T) {
	for mechanism, play := range map[string]script{
		store.AuthPlain:   {"AUTH": "535 no: {line}"},
		store.AuthLogin:   {"AUTH": "334 VXNlcm5hbWU6", "BHZZ": "334 UGFzc3dvcmQ6", "*": "535-no:\n535 {line}"},
		store.AuthCramMD5: {"AUTH": "334 PDFAeD4=", "*": "500 unrecognized: {line}"},
		"in the next":     {"AUTH": "235 in", "MAIL": "550 after " + base64.StdEncoding.EncodeToString([]byte("\x00lvs\x00"+comesBack))},
		"in a good one":   {"AUTH": "235 in", ".": "250 ok queued as " + comesBack[:11]},
	} {
		t.Run(mechanism, func(t *testing.T) {
			t.Parallel()
			play["EHLO"] = "250-script\n250-8BITMIME\n250 AUTH PLAIN LOGIN CRAM-MD5"
			server := newScripted(t, play)
			settings := store.MailSettings{Host: "127.0.0.1", Port: server.port, User: "lvs", Password: comesBack, Auth: mechanism}
			if strings.HasPrefix(mechanism, "in ") {
				settings.Auth = store.AuthPlain
			}
			told, err := json.Marshal(tested(t, settings, "ops@example.org"))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			s, err := store.Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			enqueue(t, s, "ops@example.org")
			var logged bytes.Buffer
			ctx, cancel := context.WithCancel(context.Background())
			done := make(chan error, 1)
			sender := sender{
				store: s, log: slog.New(slog.NewTextHandler(&logged, nil)), retry: quick,
				settings: func(context.Context) (store.MailSettings, error) { return settings, nil },
			}
			go func() { done <- sender.run(ctx, nil, nil) }()
			kept := outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Answer != "" })
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			database, err := os.ReadFile(filepath.Join(dir, "journal.db"))
			if err != nil {
				t.Fatal(err)
			}
			secrets := append(forms("lvs", comesBack), comesBack[:11])
			for _, line := range server.lines() {
				words := strings.Fields(line)
				answer := words[len(words)-1]
				if plain, err := base64.StdEncoding.DecodeString(answer); err == nil && (strings.Contains(string(plain), comesBack) || strings.HasPrefix(string(plain), "lvs ")) {
					secrets = append(secrets, answer, strings.TrimPrefix(string(plain), "lvs "))
				}
			}
			for place, text := range map[string]string{"test": string(told), "log": logged.String(), "outbox": kept.Answer, "database": string(database)} {
				for _, secret := range secrets {
					if strings.Contains(text, secret) {
						t.Errorf("the %s has %q: %s", place, secret, text[:min(len(text), 2000)])
					}
				}
			}
			if !strings.Contains(kept.Answer, hidden) {
				t.Errorf("the outbox says %q", kept.Answer)
			}
		})
	}
}
