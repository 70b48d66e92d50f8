package mail

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"holdfast/assets"
	"holdfast/store"
)

func names(d store.Dialogue) string {
	var all []string
	for _, s := range d.Steps {
		all = append(all, s.Name)
	}
	return strings.Join(all, " ")
}

func tested(t *testing.T, s store.MailSettings, to string) store.Dialogue {
	t.Helper()
	d, err := Test(t.Context(), s, to)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTestShowsEveryStepAndTheMailReallyArrives(t *testing.T) {
	config, ca := certificatePair(t)
	sink, _ := newSink(t, "", func(s *smtp.Server) { s.TLSConfig = config })
	d := tested(t, store.MailSettings{
		Host: "localhost", Port: sink.port, Security: store.SecurityStartTLS, VerifyCert: true, CAPEM: ca,
		User: "lvs", Password: "geheim", From: `"Director" <lvs@example.org>`, Lang: "zh-CN",
	}, "ops@example.org")
	if d.Failed != "" || d.Reason != "" || names(d) != "resolve connect greeting ehlo starttls ehlo auth mail rcpt data message quit" {
		t.Fatalf("%s, failed at %q: %+v", names(d), d.Failed, d)
	}
	got := sink.wait(t, 1)[0]
	if !got.tls || got.user != "lvs" || got.from != "lvs@example.org" || got.to != "ops@example.org" {
		t.Errorf("got %+v", got)
	}
	if subject := decoded(t, got.header.Get("Subject")); !strings.Contains(subject, d.Code) || len(d.Code) != 8 {
		t.Errorf("code %s, subject %s", d.Code, subject)
	}
	if d.TLS == nil || !d.TLS.Verified || d.TLS.Version != "TLS 1.3" || d.TLS.DaysLeft != 30 || d.TLS.Subject != "CN=sink.example.org" {
		t.Errorf("TLS %+v", d.TLS)
	}
	for _, s := range d.Steps {
		if s.Error != "" || s.Took < 0 || s.Name != "starttls" && len(s.Lines) == 0 {
			t.Errorf("step %+v", s)
		}
	}
	if d.Took <= 0 || d.Took > testWithin {
		t.Errorf("took %v", d.Took)
	}
}

func TestTestNeverShowsThePassword(t *testing.T) {
	for _, mechanism := range []string{store.AuthPlain, store.AuthLogin} {
		sink, _ := newSink(t, "", func(s *smtp.Server) { s.AllowInsecureAuth = true })
		d := tested(t, store.MailSettings{Host: "127.0.0.1", Port: sink.port, User: "lvs", Password: "geheim", Auth: mechanism}, "ops@example.org")
		if d.Failed != "" {
			t.Fatalf("failed at %s: %+v", d.Failed, d)
		}
		text, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		// geheim, and base64 of it alone and behind \0lvs\0
		for _, secret := range []string{"geheim", "Z2VoZWlt", "AGx2cwBnZWhlaW0="} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s shows %s: %s", mechanism, secret, text)
			}
		}
		if !strings.Contains(string(text), hidden) {
			t.Errorf("%s does not show that something is hidden: %s", mechanism, text)
		}
	}
}

func TestImplicitTLSIsShown(t *testing.T) {
	config, _ := certificatePair(t)
	sink, _ := newTLSSink(t, config)
	d := tested(t, store.MailSettings{Host: "localhost", Port: sink, Security: store.SecurityTLS}, "ops@example.org")
	if d.Failed != "" || !strings.HasPrefix(names(d), "resolve connect tls greeting ehlo mail") || d.TLS == nil || d.TLS.Verified {
		t.Fatalf("%s, failed at %q: %+v", names(d), d.Failed, d)
	}
}

func TestFailingStepIsNamedWithItsReason(t *testing.T) {
	config, _ := certificatePair(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	secured, _ := newSink(t, "", func(s *smtp.Server) { s.TLSConfig = config })
	open, _ := newSink(t, "", func(s *smtp.Server) { s.AllowInsecureAuth = true })
	play := func(s script) int { return newScripted(t, s).port }
	for _, c := range []struct {
		name           string
		settings       store.MailSettings
		failed, reason string
	}{
		{"no server is named", store.MailSettings{Host: ""}, "resolve", "settings"},
		{"name that does not exist", store.MailSettings{Host: "mail.invalid"}, "resolve", "no-server-name"},
		{"nobody listens", store.MailSettings{Host: "127.0.0.1", Port: nobody}, "connect", "unreachable"},
		{"certificate of a stranger", store.MailSettings{Host: "localhost", Port: secured.port, Security: store.SecurityStartTLS, VerifyCert: true}, "starttls", "certificate"},
		{"TLS spoken to a plain port", store.MailSettings{Host: "localhost", Port: open.port, Security: store.SecurityTLS}, "tls", "tls-failed"},
		{"no STARTTLS", store.MailSettings{Host: "localhost", Port: open.port, Security: store.SecurityStartTLS}, "starttls", "no-starttls"},
		{"wrong password", store.MailSettings{Host: "localhost", Port: open.port, User: "lvs", Password: "wrong"}, "auth", "login-refused"},
		{"mechanism not offered", store.MailSettings{Host: "localhost", Port: open.port, User: "lvs", Password: "geheim", Auth: store.AuthCramMD5}, "auth", "no-login"},
		{"no log-in offered", store.MailSettings{Host: "localhost", Port: play(script{}), User: "lvs", Password: "geheim"}, "auth", "no-login"},
		{"server that is full", store.MailSettings{Host: "localhost", Port: play(script{"": "421 busy"})}, "greeting", "refused"},
		{"sender refused", store.MailSettings{Host: "localhost", Port: play(script{"MAIL": "553 not yours"})}, "mail", "sender-refused"},
		{"recipient refused", store.MailSettings{Host: "localhost", Port: play(script{"RCPT": "550 nobody"})}, "rcpt", "recipient-refused"},
		{"dropped at DATA", store.MailSettings{Host: "localhost", Port: play(script{"DATA": "drop"})}, "data", "closed"},
		{"text refused", store.MailSettings{Host: "localhost", Port: play(script{".": "554 spam"})}, "message", "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := tested(t, c.settings, "ops@example.org")
			last := d.Steps[len(d.Steps)-1]
			if d.Failed != c.failed || d.Reason != c.reason || last.Name != c.failed || last.Error == "" {
				t.Errorf("failed at %q because of %q (%s): %+v", d.Failed, d.Reason, last.Error, d)
			}
			for _, lang := range assets.Langs {
				for _, id := range []string{"mail.test." + d.Reason, "mail.step." + d.Failed} {
					if words := assets.Text(lang, id, nil); strings.HasPrefix(words, "[mail.") {
						t.Errorf("no words in %s: %s", lang, words)
					}
				}
			}
		})
	}
}

func TestTestOfAServerThatHangsEndsInTime(t *testing.T) {
	server := newScripted(t, script{"RCPT": "hang"})
	d := &dialogue{told: store.Dialogue{}}
	ctx, cancel := contextWithin(t, 300*time.Millisecond)
	defer cancel()
	d.ctx = ctx
	var err error
	if d.transport, err = newTransport(store.MailSettings{Host: "127.0.0.1", Port: server.port}, "lvs1"); err != nil {
		t.Fatal(err)
	}
	defer d.close()
	began := time.Now()
	d.walk(store.MailSettings{}, store.Mail{To: "ops@example.org"}, "lvs@example.org")
	if took := time.Since(began); d.told.Failed != "rcpt" || d.told.Reason != "timeout" || took > 10*time.Second {
		t.Fatalf("after %v: %+v", took, d.told)
	}
}

func TestQueueNumbersAreFound(t *testing.T) {
	for said, want := range map[string]string{
		"2.0.0 Ok: queued as 4bXyZ12345":                       "4bXyZ12345",
		"ok queued as SCRIPT1":                                 "SCRIPT1",
		"2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 Ok":       "",
		"OK id=1rABCd-0001xy-2Z":                               "1rABCd-0001xy-2Z",
		"2.6.0 <a@b> [InternalId=99] Queued mail for delivery": "",
		"Mail OK queued as gzga-smtp-mta-g1-4,_____wAX":        "gzga-smtp-mta-g1-4",
		"2.0.0 4bXyZ12345 Message accepted for delivery":       "",
	} {
		if got := queueID(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func TestStepsOfADialogueAllHaveWords(t *testing.T) {
	steps := []string{stepResolve, stepConnect, stepTLS, stepGreeting, stepEHLO, stepSTARTTLS, stepAuth, stepMail, stepRcpt, stepData, stepMessage, stepQuit}
	for _, lang := range assets.Langs {
		var words []string
		for _, s := range steps {
			words = append(words, assets.Text(lang, "mail.step."+s, nil))
		}
		if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "[") }) {
			t.Errorf("%s: %v", lang, words)
		}
	}
}

func TestAHeloOfTwoLinesIsNotSaid(t *testing.T) {
	server := newScripted(t, script{})
	d := tested(t, store.MailSettings{Host: "127.0.0.1", Port: server.port, Helo: "lb\r\nMAIL FROM:<x@example.org>"}, "ops@example.org")
	if d.Failed != "ehlo" || strings.Contains(strings.Join(server.lines(), "\n"), "MAIL") {
		t.Errorf("failed at %q, the server heard %q", d.Failed, server.lines())
	}
	d = tested(t, store.MailSettings{Host: "127.0.0.1", Port: server.port}, "ops@example.org\r\nDATA")
	if d.Failed != "rcpt" || strings.Contains(strings.Join(server.lines(), "\n"), "DATA") {
		t.Errorf("failed at %q, the server heard %q", d.Failed, server.lines())
	}
}
