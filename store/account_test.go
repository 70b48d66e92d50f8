package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var ctx = context.Background()

func TestNamesOfUsersAreTakenWhateverTheirCase(t *testing.T) {
	s, _ := open(t)
	if must(s.HasUsers(ctx))(t) {
		t.Fatal("an empty store has users")
	}
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, "zh-CN"))(t)
	if !must(s.HasUsers(ctx))(t) {
		t.Fatal("no users after one was made")
	}
	if _, err := s.CreateUser(ctx, "KIM", "other", Viewer, ""); !errors.Is(err, ErrConflict) {
		t.Fatalf("got %v", err)
	}
	if got := must(s.UserByName(ctx, "Kim"))(t); got != kim || got.Role != Admin || got.Lang != "zh-CN" {
		t.Fatalf("got %+v, want %+v", got, kim)
	}
	if _, err := s.UserByName(ctx, "lee"); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	if _, err := s.CreateUser(ctx, "lee", "hash", "king", ""); err == nil {
		t.Fatal("a role that does not exist was stored")
	}
}

func TestPreferencesAreStored(t *testing.T) {
	s, _ := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, "zh-CN"))(t)
	check(t, s.SetPreferences(ctx, kim.ID, "", "dark"))
	if got := must(s.ListUsers(ctx))(t); len(got) != 1 || got[0].Lang != "" || got[0].Theme != "dark" {
		t.Fatalf("got %+v", got)
	}
	if err := s.SetPreferences(ctx, 99, "", ""); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestNewPasswordEndsSessionsAndRehashDoesNot(t *testing.T) {
	s, _ := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	token := must(s.CreateSession(ctx, kim.ID, "Firefox", "192.0.2.7"))(t)
	check(t, s.RehashPassword(ctx, kim.ID, "hash of today"))
	if got := must(s.SessionByToken(ctx, token))(t); got.User.PasswordHash != "hash of today" {
		t.Fatalf("got %+v", got)
	}
	check(t, s.SetPassword(ctx, kim.ID, "new"))
	if _, err := s.SessionByToken(ctx, token); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestIdleSessionEndsAndUsedOneLivesOnUntilItsAbsoluteEnd(t *testing.T) {
	s, c := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	idle := must(s.CreateSession(ctx, kim.ID, "Firefox", "192.0.2.7"))(t)
	used := must(s.CreateSession(ctx, kim.ID, "Chromium", "192.0.2.8"))(t)
	end := c.now().Add(AbsoluteLimit)
	c.pass(IdleLimit - time.Second)
	must(s.SessionByToken(ctx, used))(t)
	c.pass(time.Second)
	if _, err := s.SessionByToken(ctx, idle); !errors.Is(err, ErrNotFound) {
		t.Fatalf("idle session: %v", err)
	}
	for c.now().Before(end) {
		got := must(s.SessionByToken(ctx, used))(t)
		if got.User.Name != "kim" || got.Agent != "Chromium" || !got.Ends.After(c.now()) || got.Ends.After(end) {
			t.Fatalf("got %+v at %v", got, c.now())
		}
		c.pass(20 * time.Minute)
	}
	if _, err := s.SessionByToken(ctx, used); !errors.Is(err, ErrNotFound) {
		t.Fatalf("session after twelve hours: %v", err)
	}
}

func TestUseOfASessionCostsAtMostOneWriteAMinute(t *testing.T) {
	s, c := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	token := must(s.CreateSession(ctx, kim.ID, "", ""))(t)
	var before, after int64
	changes := func() (n int64) {
		check(t, s.config.pools[0].QueryRow("SELECT total_changes()").Scan(&n))
		return n
	}
	before = changes()
	for range 10 {
		c.pass(5 * time.Second)
		must(s.SessionByToken(ctx, token))(t)
	}
	if after = changes(); after != before {
		t.Fatalf("%d writes within a minute", after-before)
	}
	c.pass(time.Minute)
	must(s.SessionByToken(ctx, token))(t)
	if after = changes(); after != before+1 {
		t.Fatalf("%d writes after a minute", after-before)
	}
}

func TestSessionsAreListedAndEndedOneByOneOrAll(t *testing.T) {
	s, _ := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	lee := must(s.CreateUser(ctx, "lee", "hash", Viewer, ""))(t)
	one := must(s.CreateSession(ctx, kim.ID, "one", ""))(t)
	two := must(s.CreateSession(ctx, kim.ID, "two", ""))(t)
	other := must(s.CreateSession(ctx, lee.ID, "other", ""))(t)
	list := must(s.ListSessions(ctx, kim.ID))(t)
	if len(list) != 2 || list[0].Agent != "two" {
		t.Fatalf("got %+v", list)
	}
	if err := s.RevokeSession(ctx, lee.ID, list[0].ID); !errors.Is(err, ErrNotFound) {
		t.Fatalf("lee ended kim's session: %v", err)
	}
	check(t, s.RevokeSession(ctx, kim.ID, list[0].ID))
	check(t, s.EndSession(ctx, one))
	for _, token := range []string{one, two} {
		if _, err := s.SessionByToken(ctx, token); !errors.Is(err, ErrNotFound) {
			t.Fatalf("got %v", err)
		}
	}
	check(t, s.EndSessionsOf(ctx, kim.ID))
	must(s.SessionByToken(ctx, other))(t)
}

func TestSetupTokenWorksOnceAndForHalfAnHour(t *testing.T) {
	s, c := open(t)
	first := must(s.IssueSetupToken(ctx, SetupTTL))(t)
	second := must(s.IssueSetupToken(ctx, SetupTTL))(t)
	if err := s.UseSetupToken(ctx, first); !errors.Is(err, ErrNotFound) {
		t.Fatalf("the older token: %v", err)
	}
	check(t, s.CheckSetupToken(ctx, second))
	check(t, s.UseSetupToken(ctx, second))
	if err := s.UseSetupToken(ctx, second); !errors.Is(err, ErrNotFound) {
		t.Fatalf("used twice: %v", err)
	}
	third := must(s.IssueSetupToken(ctx, SetupTTL))(t)
	c.pass(SetupTTL)
	if err := s.CheckSetupToken(ctx, third); !errors.Is(err, ErrNotFound) {
		t.Fatalf("after half an hour: %v", err)
	}
	if err := s.UseSetupToken(ctx, third); !errors.Is(err, ErrNotFound) {
		t.Fatalf("after half an hour: %v", err)
	}
}

func TestTokensAreNowhereOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := must(Open(ctx, dir))(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	tokens := []string{must(s.CreateSession(ctx, kim.ID, "", ""))(t), must(s.IssueSetupToken(ctx, SetupTTL))(t)}
	if tokens[0] == tokens[1] || len(tokens[0]) < 43 {
		t.Fatalf("tokens %q are not 256 random bits", tokens)
	}
	for _, name := range must(filepath.Glob(filepath.Join(dir, "*")))(t) {
		text := string(must(os.ReadFile(name))(t))
		for _, token := range tokens {
			if strings.Contains(text, token) {
				t.Errorf("%s holds a token", name)
			}
		}
	}
	check(t, s.Close())
}

func TestFailedLoginsWaitLongerAndLonger(t *testing.T) {
	dir := t.TempDir()
	c := &clock{at: time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)}
	s := must(Open(ctx, dir))(t)
	s.now, s.steady = c.now, c.now
	kim := []LoginKey{{Name: "user:kim"}}
	begin := func(keys []LoginKey) (wait, next time.Duration) {
		t.Helper()
		wait, next, err := s.BeginLogin(ctx, keys)
		check(t, err)
		return wait, next
	}
	for i, want := range []time.Duration{0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second} {
		wait, next := begin(kim)
		if wait != 0 || next != want {
			t.Fatalf("failure %d: waits %v and then %v, want %v", i+1, wait, next, want)
		}
		if again, _ := begin(kim); again != want && want > 0 {
			t.Fatalf("after failure %d: wait %v, want %v", i+1, again, want)
		} else if want == 0 {
			check(t, s.TakeBackLogin(ctx, kim))
		}
		c.pass(want)
	}
	for range 100 {
		_, next := begin(kim)
		c.pass(next)
	}
	_, next := begin(kim)
	check(t, s.Close())

	s = must(Open(ctx, dir))(t) // a restart forgets nothing
	s.now, s.steady = c.now, c.now
	defer s.Close()
	if wait, _ := begin(kim); wait != longestWait || next != longestWait {
		t.Fatalf("wait %v", wait)
	}
	if wait, _ := begin([]LoginKey{{Name: "user:lee"}}); wait != 0 {
		t.Fatalf("another account waits %v", wait)
	}
	c.pass(longestWait)
	if wait, _ := begin(kim); wait != 0 {
		t.Fatalf("wait %v after it was over", wait)
	}
	check(t, s.ForgetLoginFailures(ctx, kim))
	if _, next := begin(kim); next != 0 {
		t.Fatalf("wait %v for a first failure", next)
	}
}

func TestAKeyMayHaveAShorterLongestWait(t *testing.T) {
	s, c := open(t)
	keys := []LoginKey{{Name: "user:kim", Most: 10 * time.Second}}
	next := time.Duration(0)
	for range 20 {
		var err error
		_, next, err = s.BeginLogin(ctx, keys)
		check(t, err)
		c.pass(next)
	}
	if next != 10*time.Second {
		t.Errorf("wait %v, want 10 s", next)
	}
}

func TestAttemptsAtTheSameTimeAreCountedBeforeTheyFail(t *testing.T) {
	s, _ := open(t)
	var let atomic.Int32
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			wait, _, err := s.BeginLogin(ctx, []LoginKey{{Name: "addr:192.0.2.7"}, {Name: "user:kim"}})
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if n := let.Load(); n != freeFailures+1 {
		t.Errorf("%d of 30 were let in, want %d", n, freeFailures+1)
	}
}

func TestAClockThatWasSetBackLocksNobodyOut(t *testing.T) {
	s, c := open(t)
	keys := []LoginKey{{Name: "user:kim"}}
	for range 20 {
		_, next, err := s.BeginLogin(ctx, keys)
		check(t, err)
		c.pass(next)
	}
	if _, _, err := s.BeginLogin(ctx, keys); err != nil {
		t.Fatal(err)
	}
	c.pass(-time.Minute)
	if wait, _, err := s.BeginLogin(ctx, keys); err != nil || wait != longestWait {
		t.Errorf("a minute back: wait %v, %v", wait, err)
	}
	c.pass(-24 * time.Hour)
	if wait, _, err := s.BeginLogin(ctx, keys); err != nil || wait != 0 {
		t.Errorf("a day back: wait %v, %v", wait, err)
	}
}

func TestAuditIsReadInPagesNewestFirst(t *testing.T) {
	s, c := open(t)
	for _, action := range []string{"a", "b", "c"} {
		check(t, s.Audit(ctx, "kim", action, "mail", "old", "new"))
		c.pass(time.Second)
	}
	page := must(s.AuditPage(ctx, 0, 2))(t)
	if len(page) != 2 || page[0].Action != "c" || page[1].Action != "b" || page[0].Before != "old" || page[0].After != "new" {
		t.Fatalf("got %+v", page)
	}
	page = must(s.AuditPage(ctx, page[1].ID, 2))(t)
	if len(page) != 1 || page[0].Action != "a" || !page[0].At.Equal(c.now().Add(-3*time.Second)) {
		t.Fatalf("got %+v", page)
	}
}

func TestAListOfTheAuditHasOnlyWhereTextsBegin(t *testing.T) {
	s, _ := open(t)
	check(t, s.Audit(ctx, "kim", "candidate-discarded", "", strings.Repeat("语", 100_000), "after"))
	page := must(s.AuditPage(ctx, 0, 1))(t)
	if len(page) != 1 || page[0].Before != strings.Repeat("语", auditBegin) || page[0].After != "after" {
		t.Fatalf("got %d bytes", len(page[0].Before))
	}
}
