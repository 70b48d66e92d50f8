package mail

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/assets"
	"holdfast/store"
)

// excess is how a hostile server answers from a step on; the step's code is given.
type excess struct {
	name   string
	answer func(conn net.Conn, code string, gone <-chan struct{}) // until the client is gone
	reason string
}

var excesses = []excess{
	{"a line without end", func(conn net.Conn, code string, _ <-chan struct{}) {
		part := []byte(code + " " + strings.Repeat("x", 4096))
		for {
			if _, err := conn.Write(part); err != nil {
				return
			}
		}
	}, "too-much"},
	{"continued lines without end", func(conn net.Conn, code string, _ <-chan struct{}) {
		part := []byte(strings.Repeat(code+"-\r\n", 512))
		for {
			if _, err := conn.Write(part); err != nil {
				return
			}
		}
	}, "too-much"},
	{"a byte a second", func(conn net.Conn, code string, _ <-chan struct{}) {
		for text := code + " "; ; text = "x" {
			if _, err := conn.Write([]byte(text[:1])); err != nil {
				return
			}
			time.Sleep(time.Second)
		}
	}, "timeout"},
	{"nothing", func(_ net.Conn, _ string, gone <-chan struct{}) { <-gone }, "timeout"},
}

// run answers, and reads what the client says meanwhile: a pipe has no room for it.
func (e excess) run(conn net.Conn, code string) {
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, conn)
		close(gone)
	}()
	e.answer(conn, code, gone)
	<-gone
}

// wires are the ways to TLS with the steps at which a server may exceed.
var wires = map[store.Security][]string{
	store.SecurityNone:     {"greeting", "ehlo", "auth", "challenge", "mail", "rcpt", "data", "message", "quit"},
	store.SecurityStartTLS: {"starttls", "handshake", "secured ehlo", "auth", "challenge", "mail", "rcpt", "data", "message", "quit"},
	store.SecurityTLS:      {"handshake", "greeting", "ehlo", "auth", "challenge", "mail", "rcpt", "data", "message", "quit"},
}

// failing is the step of store.Step at which a test fails for an excess there.
func failing(security store.Security, step string) string {
	switch {
	case step == "handshake" && security == store.SecurityTLS:
		return stepTLS
	case step == "handshake":
		return stepSTARTTLS
	case step == "secured ehlo":
		return stepEHLO
	case step == "challenge":
		return stepAuth
	case step == "quit":
		return "" // the mail is taken
	}
	return step
}

// exceeds serves one connection the usual way, until the step.
func exceeds(conn net.Conn, config *tls.Config, security store.Security, step string, how excess) {
	defer func() { conn.Close() }()
	secured := security == store.SecurityTLS
	secure := func() bool {
		if step == "handshake" {
			how.run(conn, "220")
			return false
		}
		conn = tls.Server(conn, config)
		return true
	}
	if secured && !secure() {
		return
	}
	lines := bufio.NewReader(conn)
	for word := ""; ; {
		name, answer := word, "250 ok"
		switch word {
		case "":
			name, answer = "greeting", "220 hostile"
		case "ehlo":
			answer = "250-hostile\r\n250-AUTH LOGIN\r\n250-STARTTLS\r\n250 8BITMIME"
			if secured && security == store.SecurityStartTLS {
				name = "secured ehlo"
			}
		case "starttls":
			answer = "220 go on"
		case "auth":
			answer = "334 VXNlcm5hbWU6"
		case "bhzz": // the user, in base64
			name, answer = "challenge", "334 UGFzc3dvcmQ6"
		case "z2vozwlt": // the password
			answer = "235 in"
		case "data":
			answer = "354 go on"
		case "quit":
			answer = "221 bye"
		}
		if name == step {
			how.run(conn, answer[:3])
			return
		}
		if _, err := fmt.Fprintf(conn, "%s\r\n", answer); err != nil || word == "quit" {
			return
		}
		if word == "starttls" {
			if !secure() {
				return
			}
			secured, lines = true, bufio.NewReader(conn)
		}
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			if word == "data" && line != ".\r\n" {
				continue
			}
			if word = "message"; line != ".\r\n" {
				word = strings.ToLower(strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" :\r\n", r) })[0])
			}
			break
		}
	}
}

// forEachExcess runs f for each step, wire and excess in a bubble of its own, over a
// transport that leads to the hostile server, and bounds the memory that f takes.
func forEachExcess(t *testing.T, f func(t *testing.T, tr transport, s store.MailSettings, step string, how excess)) {
	for security, steps := range wires {
		for _, step := range steps {
			for _, how := range excesses {
				t.Run(fmt.Sprintf("%s: %s at %s", security, how.name, step), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						config, _ := certificatePair(t)
						s := store.MailSettings{Host: "127.0.0.1", Security: security, User: "lvs", Password: "geheim"}
						tr, err := newTransport(s, "lvs1")
						if err != nil {
							t.Fatal(err)
						}
						ended := make(chan struct{})
						tr.dial = func(context.Context, string, string) (net.Conn, error) {
							ours, theirs := net.Pipe()
							go func() {
								exceeds(theirs, config, security, step, how)
								close(ended)
							}()
							return ours, nil
						}
						var before, after runtime.MemStats
						runtime.ReadMemStats(&before)
						f(t, tr, s, step, how)
						<-ended // a connection that stays open would never let it
						runtime.ReadMemStats(&after)
						if took := after.TotalAlloc - before.TotalAlloc; took > 16<<20 {
							t.Errorf("it took %d KiB of memory", took>>10)
						}
					})
				})
			}
		}
	}
}

func TestATestEndsAtTheStepAtWhichAServerExceeds(t *testing.T) {
	forEachExcess(t, func(t *testing.T, tr transport, s store.MailSettings, step string, how excess) {
		ctx, cancel := context.WithTimeout(t.Context(), testWithin)
		defer cancel()
		d := &dialogue{ctx: ctx, transport: tr}
		began := time.Now()
		d.walk(s, store.Mail{To: "ops@example.org"}, "lvs@example.org")
		d.close()
		if took := time.Since(began); took > testWithin {
			t.Errorf("it took %v", took)
		}
		want, reason := failing(s.Security, step), how.reason
		last := d.told.Steps[len(d.told.Steps)-1]
		if step == "handshake" && how.name != "nothing" {
			reason = "tls-failed" // text is no TLS from its first byte on
		}
		if want == "" {
			want, reason = "", ""
			if last.Name != stepQuit || last.Error == "" {
				t.Errorf("the last step is %+v", last)
			}
		}
		if d.told.Failed != want || d.told.Reason != reason {
			t.Errorf("failed at %q because of %q: %s", d.told.Failed, d.told.Reason, last.Error)
		}
		for _, lang := range assets.Langs {
			if words := assets.Text(lang, "mail.test."+how.reason, nil); strings.HasPrefix(words, "[") {
				t.Errorf("no words in %s: %s", lang, words)
			}
		}
		for _, st := range d.told.Steps {
			said := len(st.Error)
			for _, line := range st.Lines {
				said += len(line.Text)
			}
			if said > 3*mostKept {
				t.Errorf("%d bytes are written down of %s", said, st.Name)
			}
		}
	})
}

func TestASenderLeavesAServerThatExceeds(t *testing.T) {
	forEachExcess(t, func(t *testing.T, tr transport, s store.MailSettings, step string, how excess) {
		began := time.Now()
		var answer string
		conn, err := connect(t.Context(), s, tr, "lvs1")
		if err == nil {
			answer, err = conn.send(store.Mail{To: "ops@example.org", Subject: "x", Body: "x\n", MessageID: "<1@x>"})
			conn.close()
		}
		if took := time.Since(began); took > 4*defaultTimeout {
			t.Errorf("it took %v", took)
		}
		if step == "quit" { // the mail is taken
			if err != nil || answer == "" || len(answer) > mostKept {
				t.Errorf("an answer of %d bytes, %v", len(answer), err)
			}
			return
		}
		if err == nil || outcomeOf(err) != blocked || len(err.Error()) > mostKept {
			t.Errorf("outcome %v of an error of %d bytes: %.200v", outcomeOf(err), len(err.Error()), err)
		}
		if how.reason == "too-much" && step != "handshake" && !strings.Contains(err.Error(), errTooMuch.Error()) {
			t.Errorf("the error says %v", err)
		}
	})
}

func TestMailsGoOnAfterAServerExceeded(t *testing.T) {
	s := newStore(t)
	long := strings.Repeat("x", 2*mostAnswer)
	server := newScripted(t, script{"": "220-" + long}, script{"RCPT": "250-" + long}, script{".": "250 " + long[:5000]}, script{})
	enqueue(t, s, "a@example.org", "b@example.org", "c@example.org")
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port}, quick)
	for id := range int64(3) {
		m := outboxBecomes(t, s, id+1, isState(store.MailSent))
		if len(m.Answer) > mostKept {
			t.Errorf("%d bytes are kept of an answer", len(m.Answer))
		}
	}
}
