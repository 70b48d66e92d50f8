package store

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

func queueOne(t *testing.T, s *Store) Mail {
	t.Helper()
	check(t, s.Enqueue(ctx, []Mail{{To: "ops@example.org", Subject: "s", Body: "b"}}))
	due := must(s.DueMails(ctx, s.now(), 10))(t)
	return due[len(due)-1]
}

func TestMailGoesFromQueuedOverSendingToSent(t *testing.T) {
	s, c := open(t)
	m := queueOne(t, s)
	if m.State != MailQueued || m.MessageID == "" || m.Attempts != 0 {
		t.Fatalf("got %+v", m)
	}
	check(t, s.BeginMail(ctx, m.ID))
	if err := s.BeginMail(ctx, m.ID); !errors.Is(err, ErrNotFound) {
		t.Fatalf("begun twice: %v", err)
	}
	if due := must(s.DueMails(ctx, c.now(), 10))(t); len(due) != 0 {
		t.Fatalf("due while sending: %+v", due)
	}
	check(t, s.MailDone(ctx, m.ID, "250 queued as 1"))
	got := must(s.OutboxPage(ctx, 0, 10))(t)[0]
	if got.State != MailSent || got.Attempts != 1 || got.Answer != "250 queued as 1" || !got.EndedAt.Equal(c.now()) || got.MessageID != m.MessageID {
		t.Fatalf("got %+v", got)
	}
}

func TestFailedMailIsDueAgainLaterUnderItsMessageID(t *testing.T) {
	s, c := open(t)
	m := queueOne(t, s)
	check(t, s.BeginMail(ctx, m.ID))
	next := c.now().Add(5 * time.Second)
	check(t, s.MailFailed(ctx, m.ID, next, "451 later"))
	if due := must(s.DueMails(ctx, c.now(), 10))(t); len(due) != 0 {
		t.Fatalf("due too early: %+v", due)
	}
	if at := must(s.NextMailDue(ctx))(t); !at.Equal(next) {
		t.Fatalf("next at %v, want %v", at, next)
	}
	due := must(s.DueMails(ctx, next, 10))(t)
	if len(due) != 1 || due[0].MessageID != m.MessageID || due[0].Answer != "451 later" || due[0].Attempts != 1 {
		t.Fatalf("got %+v", due)
	}
}

func TestMailCutOffByACrashIsDueAgainUnderItsMessageID(t *testing.T) {
	dir := t.TempDir()
	s := must(Open(ctx, dir))(t)
	m := queueOne(t, s)
	check(t, s.BeginMail(ctx, m.ID))
	check(t, s.Close())
	s = must(Open(ctx, dir))(t)
	defer s.Close()
	if n := must(s.ResumeMails(ctx))(t); n != 1 {
		t.Fatalf("%d resumed", n)
	}
	due := must(s.DueMails(ctx, time.Now(), 10))(t)
	if len(due) != 1 || due[0].MessageID != m.MessageID {
		t.Fatalf("got %+v", due)
	}
}

func TestHeldMailsAllWaitAndSayWhy(t *testing.T) {
	s, c := open(t)
	queueOne(t, s)
	queueOne(t, s)
	next := c.now().Add(time.Minute)
	check(t, s.HoldMails(ctx, c.now(), next, "connection refused"))
	for _, m := range must(s.OutboxPage(ctx, 0, 10))(t) {
		if !m.NextAt.Equal(next) || m.Answer != "connection refused" || m.Attempts != 1 || m.State != MailQueued {
			t.Errorf("got %+v", m)
		}
	}
}

func TestMailIsGivenUpAfterItsTimeAndRetriedWhenAsked(t *testing.T) {
	s, c := open(t)
	m := queueOne(t, s)
	c.pass(time.Hour)
	young := queueOne(t, s)
	if n := must(s.GiveUpMails(ctx, c.now().Add(-time.Minute)))(t); n != 1 {
		t.Fatalf("%d given up", n)
	}
	counts := must(s.OutboxCounts(ctx))(t)
	if fmt.Sprint(counts) != fmt.Sprint(map[MailState]int{MailDead: 1, MailQueued: 1}) {
		t.Fatalf("got %v", counts)
	}
	if err := s.RetryMail(ctx, young.ID); !errors.Is(err, ErrNotFound) {
		t.Fatalf("retried a mail that is not dead: %v", err)
	}
	check(t, s.RetryMail(ctx, m.ID))
	if n := must(s.GiveUpMails(ctx, c.now().Add(-time.Minute)))(t); n != 0 {
		t.Fatalf("%d given up right after the retry", n)
	}
}

func TestOutboxIsKeptInBounds(t *testing.T) {
	s, c := open(t)
	for range 4 {
		queueOne(t, s)
	}
	first := must(s.DueMails(ctx, c.now(), 1))(t)[0]
	check(t, s.BeginMail(ctx, first.ID))
	check(t, s.MailDone(ctx, first.ID, ""))
	must(s.sweepOutbox(ctx, 2))(t)
	counts := must(s.OutboxCounts(ctx))(t)
	if fmt.Sprint(counts) != fmt.Sprint(map[MailState]int{MailSent: 1, MailDead: 1, MailQueued: 2}) {
		t.Fatalf("got %v", counts)
	}
	if due := must(s.DueMails(ctx, c.now(), 9))(t); due[0].ID != 3 || due[1].ID != 4 {
		t.Fatalf("the newest should stay: %+v", due)
	}
	c.pass(KeepMails + time.Second)
	if n := must(s.Sweep(ctx, KeepJournalRows))(t); n != 2 {
		t.Fatalf("%d swept", n)
	}
}

func TestMailSettingsComeBackAsSavedAndThePasswordIsNeverPrinted(t *testing.T) {
	s, _ := open(t)
	if _, err := s.MailSettings(ctx); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	want := MailSettings{
		Host: "mail.example.org", Port: 587, Security: SecurityStartTLS, VerifyCert: true, CAPEM: "pem", User: "u", Password: "geheim",
		Auth: AuthPlain, From: "lvs@example.org", To: []string{"a@example.org", `"B, C" <b@example.org>`}, Helo: "lvs1",
		Timeout: 7 * time.Second, Scope: ScopeAll, Lang: "zh-CN",
	}
	check(t, s.SaveMailSettings(ctx, want))
	stale := want
	want.Version = must(s.MailSettings(ctx))(t).Version
	want.Host, want.VerifyCert, want.CAPEM = "mail2.example.org", false, ""
	check(t, s.SaveMailSettings(ctx, want))
	for stale.Version = range want.Version + 1 {
		if err := s.SaveMailSettings(ctx, stale); !errors.Is(err, ErrConflict) {
			t.Fatalf("saved over what somebody else had saved: %v", err)
		}
	}
	want.Version++
	if got := must(s.MailSettings(ctx))(t); !reflect.DeepEqual(got, want) || got.Password.Reveal() != "geheim" {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	for _, printed := range []string{fmt.Sprint(want), fmt.Sprintf("%+v", want), fmt.Sprintf("%#v", want), fmt.Sprintf("%s %q %x", want.Password, want.Password, want.Password)} {
		if containsSecret(printed) {
			t.Errorf("printed: %s", printed)
		}
	}
}
