package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"holdfast/engine/journal"
)

func TestACopyOfTheConfigurationAloneIsWhole(t *testing.T) {
	s, _ := open(t)
	must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	must(s.Commit(ctx, []byte("! text\n"), "", "kim", "note"))(t)
	check(t, s.Checkpoint(ctx))
	copied := t.TempDir()
	text := must(os.ReadFile(filepath.Join(s.dir, "config.db")))(t)
	check(t, os.WriteFile(filepath.Join(copied, "config.db"), text, 0o600))
	other := must(Open(ctx, copied))(t)
	defer other.Close()
	if got := must(other.Head(ctx))(t); got.Text != "! text\n" {
		t.Errorf("the copy has %+v", got)
	}
	if got := must(other.ListUsers(ctx))(t); len(got) != 1 {
		t.Errorf("the copy has the users %+v", got)
	}
}

func TestADatabaseThatIsGoneIsNotWritten(t *testing.T) {
	for _, name := range []string{"config.db", "journal.db"} {
		s, _ := open(t)
		user := must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
		token := must(s.CreateSession(ctx, user.ID, "", ""))(t)
		check(t, s.There())
		check(t, os.Remove(filepath.Join(s.dir, name)))
		if err := s.There(); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %v", name, err)
		}
		_, err := s.SaveCandidate(ctx, "text", 0, "kim", 0)
		if errors.Is(err, ErrGone) != (name == "config.db") {
			t.Errorf("%s: saving: %v", name, err)
		}
		_, err = s.AppendJournal(ctx, []journal.Entry{{Seq: 1, Node: "n", Role: "vrrp", Kind: journal.Started}}, nil)
		if errors.Is(err, ErrGone) != (name == "journal.db") {
			t.Errorf("%s: journal: %v", name, err)
		}
		must(s.SessionByToken(ctx, token))(t) // what is there is still read
	}
}

func TestTheFirstAccountLeavesItsNote(t *testing.T) {
	s, _ := open(t)
	note := filepath.Join(s.dir, AccountsMark)
	if _, err := os.Stat(note); err == nil {
		t.Error("noted before there is one")
	}
	must(s.CreateUser(ctx, "kim", "hash", Admin, ""))(t)
	must(os.Stat(note))(t)
	check(t, os.Remove(note))
	other := must(Open(ctx, s.dir))(t) // a database of an older version
	defer other.Close()
	must(os.Stat(note))(t)
}
