package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/store"
	"holdfast/web/fault"
)

const right, wrong = "a long enough phrase", "not the right phrase"

// door is an authenticator with one account, "kim", and hashes that cost little.
// It is made outside of a bubble of synctest: the database's own goroutines do not
// end with it.
func door(t *testing.T) *Authenticator {
	t.Helper()
	s, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a := New(s)
	a.hasher = newHasherOf(cost{memory: 64, passes: 1, lanes: 1})
	hash, err := a.hasher.hash(t.Context(), right)
	if err == nil {
		_, err = s.CreateUser(t.Context(), "kim", hash, store.Admin, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *Authenticator) close(t *testing.T) {
	if err := a.store.Close(); err != nil {
		t.Error(err)
	}
}

// in logs in as one does who does what the answers say, and gives how long it took.
func (a *Authenticator) in(t *testing.T, password string, from Client) (Entry, time.Duration) {
	t.Helper()
	began := time.Now()
	for {
		e, err := a.LogIn(t.Context(), "kim", password, from)
		if err == nil {
			return e, time.Since(began)
		}
		if fault.Of(err).RetryAfter() == "" || time.Since(began) > time.Minute {
			t.Fatalf("after %v: %v", time.Since(began), err)
		}
		time.Sleep(time.Second)
	}
}

// guess fails as fast as it can until ctx ends.
func (a *Authenticator) guess(ctx context.Context, t *testing.T, name string, from Client, looked *atomic.Int64) {
	for ctx.Err() == nil {
		// A query that is cut makes the pool open a connection outside of the bubble.
		_, err := a.LogIn(context.WithoutCancel(ctx), name, wrong, from)
		code := fault.Of(err).Code
		if code == "login-refused" || code == "login-throttled" {
			looked.Add(1)
		} else if code != "overloaded" && ctx.Err() == nil {
			t.Errorf("a guess: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func TestAClientThatFailsKeepsNoOwnerOut(t *testing.T) {
	for guessers, strangerToo := range map[int]bool{1: true, 100: false} {
		t.Run(fmt.Sprint(guessers), func(t *testing.T) {
			a := door(t)
			defer a.close(t)
			synctest.Test(t, func(t *testing.T) {
				here, elsewhere := Client{Addr: "127.0.0.1"}, Client{Addr: "192.0.2.9"}
				entry, _ := a.in(t, right, here)
				known := Client{Addr: "127.0.0.1", Known: entry.Known}

				ctx, stop := context.WithCancel(t.Context())
				var all sync.WaitGroup
				var looked atomic.Int64
				for i := range guessers {
					all.Go(func() { a.guess(ctx, t, "kim", Client{Addr: fmt.Sprintf("127.0.0.%d", i+1)}, &looked) })
				}
				for minute := range 3 {
					time.Sleep(time.Minute)
					if _, took := a.in(t, right, known); took > time.Second {
						t.Errorf("minute %d: a browser that is known waits %v", minute, took)
					}
					if _, took := a.in(t, right, elsewhere); took > 10*time.Second {
						t.Errorf("minute %d: another address waits %v", minute, took)
					}
					if !strangerToo {
						continue
					}
					if _, took := a.in(t, right, here); took > patience {
						t.Errorf("minute %d: the same address waits %v", minute, took)
					}
				}
				stop()
				all.Wait()
				if looked.Load() == 0 {
					t.Error("nobody guessed")
				}
			})
		})
	}
}

func TestAnAccountHasABoundOfGuessesFromAnyNumberOfAddresses(t *testing.T) {
	a := door(t)
	defer a.close(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		defer stop()
		var all sync.WaitGroup
		var looked atomic.Int64
		for i := range 60 {
			all.Go(func() { a.guess(ctx, t, "kim", Client{Addr: fmt.Sprintf("192.0.2.%d", i)}, &looked) })
		}
		all.Wait()
		rows, err := a.store.AuditPage(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if most := int((2*time.Minute+patience)/accountMost) + 8; len(rows) > most || len(rows) < 12 {
			t.Errorf("%d passwords were looked at in two minutes, want at most %d", len(rows), most)
		}
	})
}

func TestANetworkIsSlowedDownWhateverNamesItTries(t *testing.T) {
	a := door(t)
	defer a.close(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var all sync.WaitGroup
		var looked atomic.Int64
		for i := range 30 { // a user of this host has as many addresses as he likes
			all.Go(func() { a.guess(ctx, t, fmt.Sprint("name", i), Client{Addr: fmt.Sprintf("127.0.%d.7", i)}, &looked) })
		}
		all.Wait()
		rows, err := a.store.AuditPage(t.Context(), 0, 1000)
		if err != nil || len(rows) > int((time.Minute+patience)/addressMost)+8 {
			t.Errorf("%d attempts in a minute, %v", len(rows), err)
		}
	})
}

func TestTheRightPasswordIsNotRefusedBecauseOfAttemptsUnderWay(t *testing.T) {
	a := door(t)
	defer a.close(t)
	synctest.Test(t, func(t *testing.T) {
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				for {
					_, err := a.LogIn(t.Context(), "kim", right, Client{Addr: "192.0.2.7"})
					if err == nil {
						return
					}
					if fault.Of(err).Code != "overloaded" || fault.Of(err).RetryAfter() != "2" {
						t.Errorf("refused: %v", err)
						return
					}
					time.Sleep(2 * time.Second)
				}
			})
		}
		all.Wait()
	})
}

func TestGuessesAtTheSameTimeAreNoFasterThanOneAfterTheOther(t *testing.T) {
	a := door(t)
	defer a.close(t)
	a.patience = 0
	var told atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := a.LogIn(t.Context(), "kim", wrong, Client{Addr: "192.0.2.7"}); errors.Is(err, errRefused) {
				told.Add(1)
			}
		})
	}
	all.Wait()
	if n := told.Load(); n > 4 {
		t.Errorf("%d of 20 passwords were looked at and told wrong", n)
	}
}

func TestACookieOfAnotherMakingMakesNoBrowserKnown(t *testing.T) {
	a := door(t)
	defer a.close(t)
	key, err := a.store.BrowserKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nonce := make([]byte, nonceLen)
	user, err := a.store.UserByName(t.Context(), "kim")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		value string
		known bool
	}{
		"ours":               {knownValue(key, user.ID, nonce), true},
		"of another account": {knownValue(key, user.ID+1, nonce), false},
		"of another key":     {knownValue(make([]byte, 32), user.ID, nonce), false},
		"cut":                {knownValue(key, user.ID, nonce)[1:], false},
		"nothing":            {"", false},
		"no text of ours":    {"%%%", false},
		"ours and some more": {knownValue(key, user.ID, append(nonce, 0)), false},
	} {
		browser, err := a.known(t.Context(), "kim", Client{Known: c.value})
		if err != nil || (browser != "") != c.known {
			t.Errorf("%s: %q, %v", what, browser, err)
		}
	}
}
