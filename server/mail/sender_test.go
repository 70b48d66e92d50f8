package mail

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"holdfast/store"
)

func TestMailArrivesWithKeepalivedsSubjectAndOurHeaders(t *testing.T) {
	s := newStore(t)
	sink, _ := newSink(t, "", nil)
	enqueue(t, s, "root@localhost")
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: sink.port, From: "lvs"}, quick)
	got := sink.wait(t, 1)[0]
	queued := outboxBecomes(t, s, 1, isState(store.MailSent))
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if got.from != "lvs@"+host || got.to != "root@localhost" || got.body != "=> x <=\r\n" {
		t.Errorf("got %+v", got)
	}
	for header, want := range map[string]string{
		"Subject": "[lvs1] VRRP Instance VI_1 - Entering MASTER state", "Message-Id": queued.MessageID, "X-Mailer": "Holdfast",
		"Auto-Submitted": "auto-generated", "Content-Transfer-Encoding": "8bit",
	} {
		if got.header.Get(header) != want {
			t.Errorf("%s is %q, want %q", header, got.header.Get(header), want)
		}
	}
	if at, err := got.header.Date(); err != nil || time.Since(at) > time.Minute {
		t.Errorf("date %v: %v", at, err)
	}
	if !strings.HasPrefix(queued.Answer, "2") || queued.Attempts != 1 {
		t.Errorf("outbox says %+v", queued)
	}
}

func TestPlainTextStandsInTheMailAsItIsAndOtherTextIsEncoded(t *testing.T) {
	for _, c := range []struct{ subject, body, raw string }{
		{
			"[lvs1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN", "=> x <=\n",
			"Subject: [lvs1] Realserver [192.0.2.33]:tcp:80 of virtual server [192.0.2.100]:tcp:80 - DOWN\r\n",
		},
		{"测试", "=> x <=\n原因\n", "Subject: =?UTF-8?q?=E6=B5=8B=E8=AF=95?=\r\n"},
		{"a\r\nBcc: b@example.org", "\x1b[2J\n", "Content-Transfer-Encoding: base64\r\n"},
	} {
		msg, err := message(store.Mail{To: "a@example.org", Subject: c.subject, Body: c.body, MessageID: "<1@x>"}, "b@example.org")
		if err != nil {
			t.Fatal(err)
		}
		var raw strings.Builder
		if _, err := msg.WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(raw.String(), c.raw) || strings.Contains(raw.String(), "\nBcc:") {
			t.Errorf("want %q in\n%s", c.raw, raw.String())
		}
	}
}

func TestOneRefusedRecipientLeavesTheOthersTheirMail(t *testing.T) {
	s := newStore(t)
	sink, _ := newSink(t, "", nil)
	enqueue(t, s, "a@example.org", "nobody@example.org", "not an address", "b@example.org")
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: sink.port}, quick)
	sink.wait(t, 2)
	for id, want := range map[int64]store.MailState{1: store.MailSent, 2: store.MailDead, 3: store.MailDead, 4: store.MailSent} {
		outboxBecomes(t, s, id, isState(want))
	}
	if m := outboxBecomes(t, s, 2, isState(store.MailDead)); !strings.Contains(m.Answer, "no such user") {
		t.Errorf("answer %q", m.Answer)
	}
}

func TestSinkDownForAWhileLosesNothing(t *testing.T) {
	s := newStore(t)
	first, stop := newSink(t, "", nil)
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: first.port}, quick)
	enqueue(t, s, "before@example.org")
	first.wait(t, 1)
	stop()
	for i := range 20 {
		enqueue(t, s, fmt.Sprintf("during%d@example.org", i))
	}
	held := outboxBecomes(t, s, 21, func(m store.Mail) bool { return m.Attempts >= 2 })
	if held.State != store.MailQueued || !strings.Contains(held.Answer, "refused") {
		t.Errorf("while the sink is down: %+v", held)
	}
	second, _ := newSink(t, first.addr, nil)
	enqueue(t, s, "after@example.org")
	seen := map[string]int{}
	for _, m := range second.wait(t, 21) {
		seen[m.to]++
	}
	if len(seen) != 21 {
		t.Fatalf("%d of 21 mails: %v", len(seen), seen)
	}
	for id := range int64(22) {
		outboxBecomes(t, s, id+1, isState(store.MailSent))
	}
}

// The rule of each fault: what becomes of the mail, after how many connections.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name    string
		scripts []script
		state   store.MailState
		conns   int64
	}{
		{"greylisted recipient is tried again", []script{{"RCPT": "450 4.2.0 greylisted"}, {}}, store.MailSent, 2},
		{"busy server is tried again", []script{{"": "421 too busy"}, {"MAIL": "421 closing"}, {}}, store.MailSent, 3},
		{"full disk at the end of the text is tried again", []script{{".": "452 4.3.1 no space"}, {}}, store.MailSent, 2},
		{"refused text is given up", []script{{".": "554 5.7.1 spam"}}, store.MailDead, 1},
		{"refused sender is given up", []script{{"MAIL": "553 5.7.1 not yours"}}, store.MailDead, 1},
		{"wanted log-in is not the mail's fault", []script{{"MAIL": "530 5.7.0 log in first"}, {}}, store.MailSent, 2},
		{"connection dropped in the middle is tried again", []script{{"DATA": "drop"}, {"RCPT": "drop"}, {}}, store.MailSent, 3},
		{"connection dropped after the text is tried again", []script{{".": "drop"}, {}}, store.MailSent, 2},
		{"server that hangs is left and tried again", []script{{"RCPT": "hang"}, {"": "hang"}, {}}, store.MailSent, 3},
		{"refused RSET does not matter", []script{{"RSET": "502 no"}}, store.MailSent, 1},
		{"refused NOOP does not matter", []script{{"NOOP": "drop"}}, store.MailSent, 1},
		{"refused goodbye does not matter", []script{{"QUIT": "drop"}}, store.MailSent, 1},
		{"server without EHLO is greeted the old way", []script{{"EHLO": "502 what?", "HELO": "250 hello"}}, store.MailSent, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			server := newScripted(t, c.scripts...)
			enqueue(t, s, "ops@example.org")
			before, err := s.OutboxPage(context.Background(), 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port, Timeout: 2 * time.Second}, quick)
			after := outboxBecomes(t, s, 1, isState(c.state))
			if after.MessageID != before[0].MessageID {
				t.Errorf("Message-ID changed from %s to %s", before[0].MessageID, after.MessageID)
			}
			time.Sleep(60 * time.Millisecond) // a second delivery would come now
			if n := server.conns.Load(); n != c.conns {
				t.Errorf("%d connections, want %d", n, c.conns)
			}
		})
	}
}

func TestFailedSetUpsLeaveNoSocketOpen(t *testing.T) {
	server := newScripted(t, script{"EHLO": "250-script\n250 8BITMIME"})
	for range 20 {
		_, err := dial(t.Context(), store.MailSettings{Host: "127.0.0.1", Port: server.port, Security: store.SecurityStartTLS}, "lvs1")
		if err == nil {
			t.Fatal("connected without STARTTLS")
		}
	}
	for range 200 {
		if server.open.Load() == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%d sockets are open", server.open.Load())
}

func TestManyMailsGoOverOneConnection(t *testing.T) {
	s := newStore(t)
	server := newScripted(t, script{})
	for range 3 * some {
		enqueue(t, s, "ops@example.org")
	}
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port}, quick)
	outboxBecomes(t, s, 3*some, isState(store.MailSent))
	if n := server.conns.Load(); n != 1 {
		t.Fatalf("%d connections", n)
	}
}

func TestServerThatClosesAfterAFewMailsIsAskedAnewAtOnce(t *testing.T) {
	s := newStore(t)
	enqueue(t, s, "a@example.org", "b@example.org")
	patient := quick
	patient.First, patient.Longest = time.Hour, time.Hour
	server := newScripted(t, script{})
	conn, err := dial(t.Context(), store.MailSettings{Host: "127.0.0.1", Port: server.port}, "lvs1")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.close()
	sender := sender{store: s, retry: patient}
	if err := s.BeginMail(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	next, err := sender.settle(t.Context(), store.Mail{ID: 2}, true, "", fmt.Errorf("broken pipe"))
	if err != nil || next != redial {
		t.Fatalf("step %v, %v", next, err)
	}
	if due, err := s.DueMails(t.Context(), s.Steady(), 9); err != nil || len(due) != 2 {
		t.Fatalf("due: %+v, %v", due, err)
	}
}

func TestAMailTheServerChokesOnLetsTheOthersGoFirst(t *testing.T) {
	s := newStore(t)
	var tries atomic.Int32
	sink, _ := newSink(t, "", func(server *smtp.Server) {
		takes := server.Backend
		server.Backend = smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
			session, err := takes.NewSession(c)
			return choking{session, c, &tries}, err
		})
	})
	enqueue(t, s, "poison@example.org", "a@example.org", "b@example.org")
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: sink.port}, quick)
	sink.wait(t, 2)
	for id := range int64(2) {
		outboxBecomes(t, s, id+2, isState(store.MailSent))
	}
	if m := outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Attempts >= 2 }); m.State == store.MailSent || tries.Load() == 0 {
		t.Errorf("the bad one: %+v", m)
	}
}

// choking drops the connection over one recipient.
type choking struct {
	smtp.Session
	conn  *smtp.Conn
	tries *atomic.Int32
}

func (c choking) Rcpt(to string, o *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "poison") {
		c.tries.Add(1)
		return c.conn.Conn().Close()
	}
	return c.Session.Rcpt(to, o)
}

func TestCrashInTheMiddleSendsAgainUnderTheSameMessageID(t *testing.T) {
	s := newStore(t)
	server := newScripted(t, script{".": "hang"}) // took the text, and we died before its answer
	enqueue(t, s, "ops@example.org")
	stop := startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port}, quick)
	begun := outboxBecomes(t, s, 1, isState(store.MailSending))
	for range 500 {
		if strings.Contains(fmt.Sprint(server.lines()), "DATA") {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	stop()
	if m := outboxBecomes(t, s, 1, isState(store.MailSending)); m.MessageID != begun.MessageID {
		t.Fatalf("after the crash: %+v", m)
	}
	sink, _ := newSink(t, "", nil)
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: sink.port}, quick)
	if got := sink.wait(t, 1)[0].header.Get("Message-Id"); got != begun.MessageID {
		t.Fatalf("sent as %s, begun as %s", got, begun.MessageID)
	}
}

func TestEndingDoesNotWaitForAServerThatHangs(t *testing.T) {
	s := newStore(t)
	server := newScripted(t, script{"MAIL": "hang"})
	enqueue(t, s, "ops@example.org")
	stop := startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port, Timeout: time.Minute}, quick)
	outboxBecomes(t, s, 1, isState(store.MailSending))
	began := time.Now()
	stop()
	if took := time.Since(began); took > 20*time.Second {
		t.Fatalf("ended after %v", took)
	}
}

func TestOldMailIsGivenUpWithItsLastAnswer(t *testing.T) {
	s := newStore(t)
	server := newScripted(t, script{"": "421 come back later"})
	enqueue(t, s, "ops@example.org")
	retry := quick
	retry.GiveUp = 300 * time.Millisecond
	startSender(t, s, store.MailSettings{Host: "127.0.0.1", Port: server.port}, retry)
	if m := outboxBecomes(t, s, 1, isState(store.MailDead)); !strings.Contains(m.Answer, "come back later") {
		t.Fatalf("got %+v", m)
	}
}

func TestSavedSettingsAreTriedAtOnce(t *testing.T) {
	s := newStore(t)
	server := newScripted(t, script{"": "554 go away"})
	sink, _ := newSink(t, "", nil)
	enqueue(t, s, "ops@example.org")
	retry := quick
	retry.First, retry.Longest = time.Hour, time.Hour
	settings := make(chan store.MailSettings, 1)
	settings <- store.MailSettings{Host: "127.0.0.1", Port: server.port}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	sender := sender{store: s, log: discard(), retry: retry, settings: func(context.Context) (store.MailSettings, error) {
		now := <-settings
		settings <- now
		return now, nil
	}}
	go func() { done <- sender.run(ctx, nil, nil) }()
	outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Attempts == 1 })
	<-settings
	settings <- store.MailSettings{Host: "127.0.0.1", Port: sink.port}
	sink.wait(t, 1)
	cancel()
	<-done
}

func TestWithoutSettingsMailsWait(t *testing.T) {
	s := newStore(t)
	enqueue(t, s, "ops@example.org")
	startSender(t, s, store.MailSettings{}, quick)
	time.Sleep(100 * time.Millisecond)
	if m := outboxBecomes(t, s, 1, isState(store.MailQueued)); m.Attempts != 0 {
		t.Fatalf("got %+v", m)
	}
}

func TestWaitsDoubleUpToTheLongest(t *testing.T) {
	p := RetryPolicy{}.orDefault()
	var got []time.Duration
	for failures := 1; failures <= 8; failures++ {
		got = append(got, p.after(failures)/time.Second)
	}
	if fmt.Sprint(got) != fmt.Sprint([]time.Duration{5, 10, 20, 40, 80, 160, 300, 300}) {
		t.Fatalf("waits %v s", got)
	}
}

func TestPasswordsGoOverTLSOrNotAtAll(t *testing.T) {
	config, ca := certificatePair(t)
	for _, c := range []struct {
		name     string
		settings store.MailSettings
		tls      bool
		state    store.MailState
		answer   string
	}{
		{"STARTTLS with a trusted certificate", store.MailSettings{Security: store.SecurityStartTLS, VerifyCert: true, CAPEM: ca, User: "lvs", Password: "geheim"}, true, store.MailSent, ""},
		{"STARTTLS with the mechanism LOGIN", store.MailSettings{Security: store.SecurityStartTLS, User: "lvs", Password: "geheim", Auth: store.AuthLogin}, true, store.MailSent, ""},
		{"STARTTLS with a stranger's certificate", store.MailSettings{Security: store.SecurityStartTLS, VerifyCert: true, User: "lvs", Password: "geheim"}, true, store.MailQueued, "certificate"},
		{"a wrong password waits for the operator", store.MailSettings{Security: store.SecurityStartTLS, User: "lvs", Password: "wrong"}, true, store.MailQueued, "535"},
		{"plain within this host", store.MailSettings{Security: store.SecurityAuto, User: "lvs", Password: "geheim"}, false, store.MailSent, ""},
		{"STARTTLS where none is offered", store.MailSettings{Security: store.SecurityStartTLS}, false, store.MailQueued, "STARTTLS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			sink, _ := newSink(t, "", func(server *smtp.Server) {
				server.AllowInsecureAuth = !c.tls
				if c.tls {
					server.TLSConfig = config
				}
			})
			enqueue(t, s, "ops@example.org")
			c.settings.Host, c.settings.Port = "localhost", sink.port
			startSender(t, s, c.settings, quick)
			if c.state == store.MailQueued {
				m := outboxBecomes(t, s, 1, func(m store.Mail) bool { return m.Attempts > 0 })
				if !strings.Contains(m.Answer, c.answer) {
					t.Errorf("answer %q", m.Answer)
				}
				return
			}
			got := sink.wait(t, 1)[0]
			if got.tls != c.tls || got.user != c.settings.User {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestPasswordIsNotSentInTheClearToAnotherHost(t *testing.T) {
	l := newLogin(store.MailSettings{User: "lvs", Password: "geheim"}, false)
	for _, offered := range [][]string{nil, {"PLAIN", "LOGIN"}} {
		if _, first, err := l.Start(serverInfo(false, offered...)); err != errLoginNeedsTLS || first != nil {
			t.Errorf("offered %v: %v", offered, err)
		}
	}
	if m, first, err := l.Start(serverInfo(false, "PLAIN", "CRAM-MD5")); m != "CRAM-MD5" || first != nil || err != nil {
		t.Fatalf("picked %s: %v", m, err)
	}
	// The example of RFC 2195, 2.
	l = newLogin(store.MailSettings{User: "tim", Password: "tanstaaftanstaaf"}, false)
	if _, _, err := l.Start(serverInfo(false, "CRAM-MD5")); err != nil {
		t.Fatal(err)
	}
	answer, err := l.Next([]byte("<1896.697170952@postoffice.reston.mci.net>"), true)
	if err != nil || string(answer) != "tim b913a602c7eda7a495b4e6e7334d3890" {
		t.Fatalf("answer %q: %v", answer, err)
	}
}
