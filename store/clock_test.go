package store

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestNoSessionOutlivesItsLimitsForADateThatIsSet(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour, 96 * time.Hour, -96 * time.Hour, 8760 * time.Hour, -8760 * time.Hour} {
		wall, up := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC), time.Duration(0)
		dir := t.TempDir()
		clock := Clock{Wall: func() time.Time { return wall }, Uptime: func() time.Duration { return up }}
		s := must(OpenAt(context.Background(), dir, clock))(t)
		user := must(s.CreateUser(t.Context(), "ann", "x", Admin, "en"))(t)
		token := must(s.CreateSession(t.Context(), user.ID, "browser", "192.0.2.1"))(t)
		wall = wall.Add(by)
		for ; up < AbsoluteLimit; up, wall = up+20*time.Minute, wall.Add(20*time.Minute) {
			got, err := s.SessionByToken(t.Context(), token)
			if err != nil {
				t.Fatalf("date set by %v: after %v: %v", by, up, err)
			}
			if ends := got.Ends.Sub(wall); ends <= 0 || ends > IdleLimit {
				t.Errorf("date set by %v: it ends %v from now", by, ends)
			}
		}
		if _, err := s.SessionByToken(t.Context(), token); !errors.Is(err, ErrNotFound) {
			t.Errorf("date set by %v: after %v it lives: %v", by, up, err)
		}
		token = must(s.CreateSession(t.Context(), user.ID, "browser", "192.0.2.1"))(t)
		check(t, s.Close())
		wall = wall.Add(-2 * 8760 * time.Hour)
		s = must(OpenAt(context.Background(), dir, clock))(t)
		if _, err := s.SessionByToken(t.Context(), token); !errors.Is(err, ErrNotFound) {
			t.Errorf("a session from the future lives: %v", err)
		}
		check(t, s.Close())
	}
}

func TestWaitingCountsWhileSomebodyTriedOnly(t *testing.T) {
	s, c := open(t)
	check(t, s.Enqueue(t.Context(), []Mail{{To: "ops@example.org"}}))
	c.pass(time.Hour)
	check(t, s.BeginMail(t.Context(), 1))
	check(t, s.MailFailed(t.Context(), 1, c.now(), "come back later"))
	c.pass(96 * time.Hour) // nobody tried
	must(s.ResumeMails(t.Context()))(t)
	if n := must(s.GiveUpMails(t.Context(), c.now().Add(-2*time.Hour)))(t); n != 0 {
		t.Errorf("%d given up after an hour of trying", n)
	}
	if n := must(s.GiveUpMails(t.Context(), c.now().Add(-time.Hour/2)))(t); n != 1 {
		t.Errorf("%d given up after half an hour", n)
	}
}

func TestADateThatWasSetThrowsNothingAway(t *testing.T) {
	s, c := open(t)
	check(t, s.Enqueue(t.Context(), []Mail{{To: "ops@example.org"}}))
	check(t, s.BeginMail(t.Context(), 1))
	check(t, s.MailDone(t.Context(), 1, "250 ok"))
	stood := c.now()
	s.steady = func() time.Time { return stood }
	c.pass(8760 * time.Hour)
	if n := must(s.Sweep(t.Context(), KeepJournalRows))(t); n != 0 {
		t.Errorf("%d rows went for a date that was set", n)
	}
	s.steady, s.uptime = c.now, func() time.Duration { return 0 }
	if n := must(s.Sweep(t.Context(), KeepJournalRows))(t); n != 0 {
		t.Errorf("%d rows went for the date of a start", n)
	}
	s.uptime = func() time.Duration { return dateStands }
	if n := must(s.Sweep(t.Context(), KeepJournalRows))(t); n != 1 {
		t.Errorf("%d rows went for a date that stands", n)
	}
}
