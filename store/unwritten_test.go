package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// unwritten lets every write fail from here on, as on a disk that became read-only
// under an open file, until the returned function is called.
func refuse(t *testing.T, s *Store) (again func()) {
	t.Helper()
	set := func(value string) {
		for _, d := range []*database{s.config, s.journal} {
			if _, err := d.pools[0].Exec("PRAGMA query_only = " + value); err != nil {
				t.Fatal(err)
			}
		}
	}
	set("1")
	return func() { set("0") }
}

func TestLogInsAreThrottledTheSameWhileNothingCanBeWritten(t *testing.T) {
	for name, unwritten := range map[string]bool{"written": false, "unwritten": true, "unwritten after some": true} {
		s, c := open(t)
		keys := []LoginKey{{Name: "user:kim", Most: time.Minute}, {Name: "addr:192.0.2.1", Most: 2 * time.Second}}
		var got []string
		for i := range 9 {
			if unwritten && (i == 0 || i == 4) && (name == "unwritten") == (i == 0) {
				refuse(t, s)
			}
			wait, next, err := s.BeginLogin(ctx, keys)
			check(t, err)
			again, _, err := s.BeginLogin(ctx, keys)
			check(t, err)
			if again == 0 { // the failures so far cost nothing yet
				check(t, s.TakeBackLogin(ctx, keys))
			}
			got = append(got, fmt.Sprint(wait, next, again))
			c.pass(next)
		}
		check(t, s.ForgetLoginFailures(ctx, keys[:1]))
		wait, next, err := s.BeginLogin(ctx, keys)
		got = append(got, fmt.Sprint(wait, next, err))
		want := "[0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 0s 1s 1s 0s 2s 2s 0s 4s 4s 0s 8s 8s 0s 16s 16s 0s 2s <nil>]"
		if fmt.Sprint(got) != want {
			t.Errorf("%s:\n%v, want\n%s", name, got, want)
		}
		if (s.Unwritten() != nil) != unwritten {
			t.Errorf("%s: %v", name, s.Unwritten())
		}
	}
}

func TestWhatWasKeptInMemoryIsWrittenInItsOrderWithItsInstants(t *testing.T) {
	s, c := open(t)
	user := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	old := must(s.CreateSession(ctx, user.ID, "old", ""))(t)
	ends := must(s.CreateSession(ctx, user.ID, "ends", ""))(t)
	rev := must(s.Commit(ctx, []byte("! text\n"), "", "kim", ""))(t)
	check(t, s.MarkApplied(ctx, rev.Number, Applied, ""))
	again := refuse(t, s)

	c.pass(20 * time.Minute)
	began := c.now()
	must(s.SessionByToken(ctx, old))(t) // prolonged
	fresh := must(s.CreateSession(ctx, user.ID, "fresh", ""))(t)
	short := must(s.CreateSession(ctx, user.ID, "short", ""))(t)
	check(t, s.EndSession(ctx, ends))
	check(t, s.EndSession(ctx, short))
	check(t, s.Note(ctx, "kim", "login", "kim", "", ""))
	check(t, s.MarkApplied(ctx, rev.Number, Kept, "operator"))
	c.pass(20 * time.Minute)
	for token, lives := range map[string]bool{old: true, fresh: true, ends: false, short: false, "unknown": false} {
		if _, err := s.SessionByToken(ctx, token); (err == nil) != lives || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("a session that lives (%v): %v", lives, err)
		}
	}
	before := fmt.Sprint(must(s.ListSessions(ctx, user.ID))(t), must(s.Applications(ctx, 9))(t), must(s.LastApplications(ctx, []int64{rev.Number}))(t))
	if _, err := s.SaveCandidate(ctx, "text", 0, "kim", 0); !errors.Is(err, ErrReadOnly) {
		t.Error("a candidate:", err)
	}
	if err := s.WriteKept(ctx); !errors.Is(err, ErrReadOnly) {
		t.Error("written:", err)
	}
	again()
	check(t, s.WriteKept(ctx))
	c.pass(time.Second)
	after := fmt.Sprint(must(s.ListSessions(ctx, user.ID))(t), must(s.Applications(ctx, 9))(t), must(s.LastApplications(ctx, []int64{rev.Number}))(t))
	if before != after {
		t.Errorf("read\n%s\nand, once written\n%s", before, after)
	}
	if u := s.unwritten; len(u.acts)+len(u.lines)+len(u.sessions)+len(u.failures) > 0 {
		t.Errorf("still kept: %+v", u)
	}
	other := must(OpenAt(ctx, s.dir, Clock{Wall: c.now, Uptime: func() time.Duration { return 0 }}))(t)
	defer other.Close()
	if got := fmt.Sprint(must(other.ListSessions(ctx, user.ID))(t), must(other.Applications(ctx, 9))(t), must(other.LastApplications(ctx, []int64{rev.Number}))(t)); got != before {
		t.Errorf("another process reads\n%s, want\n%s", got, before)
	}
	page := must(other.AuditPage(ctx, 0, 1))(t)
	if len(page) != 1 || page[0].Action != "login" || !page[0].At.Equal(began) {
		t.Errorf("the audit has %+v", page)
	}
}

func TestANewPasswordEndsTheSessionsThatAreKeptInMemory(t *testing.T) {
	s, _ := open(t)
	user := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	again := refuse(t, s)
	token := must(s.CreateSession(ctx, user.ID, "", ""))(t)
	list := must(s.ListSessions(ctx, user.ID))(t)
	other := must(s.CreateSession(ctx, user.ID, "", ""))(t)
	check(t, s.RevokeSession(ctx, user.ID, list[0].ID))
	if _, err := s.SessionByToken(ctx, token); !errors.Is(err, ErrNotFound) {
		t.Error("it was ended, and lives:", err)
	}
	again()
	check(t, s.SetPassword(ctx, user.ID, "other"))
	if _, err := s.SessionByToken(ctx, other); !errors.Is(err, ErrNotFound) {
		t.Error("it outlives the password:", err)
	}
}

func TestWhatIsKeptInMemoryHasABound(t *testing.T) {
	s, c := open(t)
	refuse(t, s)
	for i := range keepUnwritten + 50 {
		check(t, s.Note(ctx, "eve", "login-refused", fmt.Sprint(i), "", ""))
	}
	check(t, s.Note(ctx, "kim", "login", "kim", "", ""))
	if got := s.unwritten.acts; len(got) != keepUnwritten+1 || got[0].Object != "50" {
		t.Errorf("%d acts are kept, the oldest is %+v", len(got), got[0])
	}
	s.unwritten.mu.Lock()
	for i := range KeepFailures {
		s.unwritten.failed(loginFailureRow{fmt.Sprint("addr:", i), 1, nanos(c.now()) + int64(i)})
	}
	s.unwritten.mu.Unlock()
	c.pass(time.Minute)
	if _, _, err := s.BeginLogin(ctx, []LoginKey{{Name: "user:kim"}}); err != nil || len(s.unwritten.failures) != KeepFailures {
		t.Errorf("%d counts are kept, %v", len(s.unwritten.failures), err)
	}
	if _, kept := s.unwritten.failures["addr:0"]; kept {
		t.Error("the oldest is kept, and not the newest")
	}
}

// A director that was not shut down comes up with a disk that is read-only: what was
// written last lies in SQLite's journal beside the file.
func TestADatabaseOnAReadOnlyDiskIsReadAndThawsWhenItCanBeWritten(t *testing.T) {
	for _, crashed := range []bool{false, true} {
		dir := t.TempDir()
		first := must(Open(ctx, dir))(t)
		must(first.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
		copied := t.TempDir()
		if crashed {
			check(t, os.CopyFS(copied, os.DirFS(dir)))
		}
		check(t, first.Close())
		if !crashed {
			check(t, os.CopyFS(copied, os.DirFS(dir)))
			if left := must(filepath.Glob(filepath.Join(copied, "*.db-*")))(t); len(left) > 0 {
				t.Error("closed, and still there:", left)
			}
		}
		check(t, unix.Mount(copied, copied, "", unix.MS_BIND, ""))
		t.Cleanup(func() { unix.Unmount(copied, unix.MNT_DETACH) })
		check(t, unix.Mount("", copied, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""))
		s := must(Open(ctx, copied))(t)
		kim := must(s.UserByName(ctx, "kim"))(t)
		token := must(s.CreateSession(ctx, kim.ID, "", ""))(t)
		if err := s.WriteKept(ctx); !errors.Is(err, ErrReadOnly) {
			t.Error("it was written:", err)
		}
		must(s.SessionByToken(ctx, token))(t)
		check(t, unix.Mount("", copied, "", unix.MS_REMOUNT|unix.MS_BIND, ""))
		check(t, s.WriteKept(ctx))
		must(s.SaveCandidate(ctx, "text", 0, "kim", 0))(t)
		check(t, s.Close())
		s = must(Open(ctx, copied))(t)
		must(s.SessionByToken(ctx, token))(t)
		check(t, s.Close())
	}
}
