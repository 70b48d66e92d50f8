package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
)

func TestCommitChainsRevisionsByHash(t *testing.T) {
	s, c := open(t)
	if _, err := s.Head(ctx); !errors.Is(err, ErrNotFound) {
		t.Fatalf("head of nothing: %v", err)
	}
	one := must(s.Commit(ctx, []byte("a\n"), "", "kim", "import"))(t)
	sum := sha256.Sum256([]byte("a\n"))
	if one.Number != 1 || one.Hash != hex.EncodeToString(sum[:]) || one.Parent != "" || !one.At.Equal(c.now()) {
		t.Fatalf("got %+v", one)
	}
	two := must(s.Commit(ctx, []byte("b\n"), one.Hash, "lee", "weight"))(t)
	if _, err := s.Commit(ctx, []byte("c\n"), one.Hash, "kim", "too late"); !errors.Is(err, ErrConflict) {
		t.Fatalf("commit over somebody else's: %v", err)
	}
	back := must(s.Commit(ctx, []byte("a\n"), two.Hash, "kim", "roll back"))(t)
	if back.Number != 3 || back.Hash != one.Hash || back.Parent != two.Hash {
		t.Fatalf("got %+v", back)
	}
	if got := must(s.RevisionByHash(ctx, one.Hash))(t); got.Number != 3 {
		t.Fatalf("by hash: %+v", got)
	}
	if got := must(s.RevisionByNumber(ctx, 1))(t); !got.At.Equal(one.At) || got.Note != "import" || got.Text != "a\n" {
		t.Fatalf("by number: %+v", got)
	}
	if got := must(s.Head(ctx))(t); got.Number != 3 {
		t.Fatalf("head: %+v", got)
	}
	if n := must(s.Newest(ctx))(t); n != 3 {
		t.Fatalf("the newest is %d", n)
	}
	if n := must(s.NumberOf(ctx, one.Hash))(t); n != 3 {
		t.Fatalf("the text is that of %d", n)
	}
	page := must(s.Revisions(ctx, 3, 1))(t)
	if len(page) != 1 || page[0].Number != 2 || page[0].Hash != two.Hash || page[0].Text != "" {
		t.Fatalf("page: %+v", page)
	}
}

func TestRevisionsNeverChange(t *testing.T) {
	s, _ := open(t)
	must(s.Commit(ctx, []byte("a\n"), "", "kim", ""))(t)
	if _, err := s.config.pools[0].Exec("UPDATE revisions SET note = 'x'"); err == nil {
		t.Error("a revision was changed")
	}
}

func TestCandidateIsSavedOnlyOverTheVersionThatWasSeen(t *testing.T) {
	s, _ := open(t)
	if _, err := s.Candidate(ctx); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
	one := must(s.SaveCandidate(ctx, "a", 0, "kim", 0))(t)
	two := must(s.SaveCandidate(ctx, "b", 0, "kim", one.Version))(t)
	for _, stale := range []int{0, one.Version} {
		if _, err := s.SaveCandidate(ctx, "c", 0, "lee", stale); !errors.Is(err, ErrConflict) {
			t.Fatalf("saved over version %d: %v", stale, err)
		}
	}
	if !must(s.HasCandidate(ctx))(t) {
		t.Fatal("there is no candidate")
	}
	if got := must(s.Candidate(ctx))(t); got.Text != "b" || got.Author != "kim" || got.Version != two.Version {
		t.Fatalf("got %+v", got)
	}
	if err := s.DropCandidate(ctx, "kim", one.Version); !errors.Is(err, ErrConflict) {
		t.Fatalf("dropped what somebody else had saved: %v", err)
	}
	check(t, s.DropCandidate(ctx, "kim", two.Version))
	check(t, s.DropCandidate(ctx, "kim", two.Version))
	if must(s.HasCandidate(ctx))(t) {
		t.Fatal("it is still there")
	}
	if _, err := s.SaveCandidate(ctx, "c", 0, "lee", two.Version); !errors.Is(err, ErrConflict) {
		t.Fatalf("saved over a dropped one: %v", err)
	}
	three := must(s.SaveCandidate(ctx, "c", 0, "lee", 0))(t)
	if three.Version <= two.Version {
		t.Fatalf("version %d came back after %d", three.Version, two.Version)
	}
}

func TestCommittedCandidateIsDroppedAndAnotherStays(t *testing.T) {
	s, _ := open(t)
	must(s.SaveCandidate(ctx, "mine", 0, "kim", 0))(t)
	rev := must(s.Commit(ctx, []byte("imported"), "", "lee", ""))(t)
	must(s.Candidate(ctx))(t)
	must(s.Commit(ctx, []byte("mine"), rev.Hash, "kim", ""))(t)
	if _, err := s.Candidate(ctx); !errors.Is(err, ErrNotFound) {
		t.Fatalf("got %v", err)
	}
}

func TestHistoryOfApplicationsNamesRealRevisions(t *testing.T) {
	s, _ := open(t)
	rev := must(s.Commit(ctx, []byte("a"), "", "kim", ""))(t)
	check(t, s.MarkApplied(ctx, rev.Number, Applied, "1 operation"))
	check(t, s.MarkApplied(ctx, rev.Number, Reverted, "not confirmed"))
	if err := s.MarkApplied(ctx, 7, Applied, ""); err == nil {
		t.Fatal("a revision that does not exist was applied")
	}
	got := must(s.Applications(ctx, 10))(t)
	if len(got) != 2 || got[0].Outcome != Reverted || got[1].Detail != "1 operation" {
		t.Fatalf("got %+v", got)
	}
}

func TestWhatBecameOfARevisionIsKnownHoweverMuchCameAfterIt(t *testing.T) {
	s, _ := open(t)
	old := must(s.Commit(ctx, []byte("a"), "", "kim", ""))(t)
	check(t, s.MarkApplied(ctx, old.Number, Applied, ""))
	check(t, s.MarkApplied(ctx, old.Number, Reverted, "timeout"))
	busy := must(s.Commit(ctx, []byte("b"), old.Hash, "kim", ""))(t)
	must(s.config.pools[0].Exec(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
		INSERT INTO applications (revision, outcome, detail, at) SELECT ?, 'kept', '', i FROM n`, busy.Number))(t)
	got := must(s.LastApplications(ctx, []int64{old.Number, busy.Number, 99}))(t)
	if len(got) != 2 || got[old.Number].Outcome != Reverted || got[old.Number].Detail != "timeout" || got[busy.Number].Outcome != Kept {
		t.Fatalf("got %+v", got)
	}
}
