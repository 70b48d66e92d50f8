package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAReplacedTextOfAnotherPersonBecomesADraft(t *testing.T) {
	s, c := open(t)
	one := must(s.ReplaceCandidate(ctx, "a", 3, "kim", 0, false))(t)
	own := must(s.ReplaceCandidate(ctx, "b", 3, "kim", one.Version, false))(t)
	if one.Kept != nil || own.Kept != nil {
		t.Error("what somebody types on is kept as a draft")
	}
	saved := c.now()
	c.pass(time.Minute)
	other := must(s.ReplaceCandidate(ctx, "c", 0, "lee", own.Version, false))(t)
	want := Draft{1, "", hashOf("b"), "b", 1, 3, "kim", instant(nanos(saved)), "lee", instant(nanos(c.now()))}
	if other.Kept == nil || *other.Kept != want {
		t.Fatalf("kept %+v, want %+v", other.Kept, want)
	}
	if got := must(s.DraftByID(ctx, 1))(t); got != want {
		t.Errorf("found %+v", got)
	}
	imported := must(s.ReplaceCandidate(ctx, "d", 0, "lee", other.Version, true))(t)
	if imported.Kept == nil || imported.Kept.Author != "lee" {
		t.Errorf("an import over one's own text keeps %+v", imported.Kept)
	}
	same := must(s.ReplaceCandidate(ctx, "d", 0, "kim", imported.Version, true))(t)
	if same.Kept != nil {
		t.Error("the same text is kept beside itself")
	}
	list := must(s.Drafts(ctx))(t)
	if len(list) != 2 || list[0].Hash != hashOf("c") || list[0].Text != "" || list[0].Size != 1 {
		t.Errorf("the list is %+v", list)
	}
	page := must(s.AuditPage(ctx, 0, 20))(t)
	if page[2].Action != "draft-kept" || page[2].User != "lee" || page[2].After != hashOf("c") {
		t.Errorf("the audit has %+v", page[2])
	}
}

func TestATextThatIsADraftAlreadyIsNotKeptTwice(t *testing.T) {
	s, c := open(t)
	v := must(s.ReplaceCandidate(ctx, "a", 0, "kim", 0, true))(t).Version
	v = must(s.ReplaceCandidate(ctx, "b", 0, "kim", v, true))(t).Version
	check(t, s.RenameDraft(ctx, 1, "before the move", "kim"))
	c.pass(time.Hour)
	v = must(s.ReplaceCandidate(ctx, "a", 0, "kim", v, true))(t).Version
	again := must(s.ReplaceCandidate(ctx, "c", 0, "lee", v, true))(t)
	if again.Kept == nil || again.Kept.ID != 1 || again.Kept.Name != "before the move" {
		t.Errorf("kept %+v", again.Kept)
	}
	if n := len(must(s.Drafts(ctx))(t)); n != 2 {
		t.Errorf("%d drafts", n)
	}
}

func TestTheOldestDraftWithoutANameMakesRoomAndItIsSaid(t *testing.T) {
	s, c := open(t)
	v := 0
	replace := func(text string) (Replaced, error) {
		c.pass(time.Minute)
		r, err := s.ReplaceCandidate(ctx, text, 0, "kim", v, true)
		if err == nil {
			v = r.Version
		}
		return r, err
	}
	for i := range KeepDrafts + 1 {
		if r := must(replace(fmt.Sprint(i)))(t); len(r.Gone) != 0 {
			t.Fatalf("gone %+v", r.Gone)
		}
	}
	check(t, s.RenameDraft(ctx, 1, "the first", "kim"))
	r := must(replace("one more"))(t)
	if len(r.Gone) != 1 || r.Gone[0].ID != 2 {
		t.Fatalf("gone %+v", r.Gone)
	}
	if _, err := s.DraftByID(ctx, 1); err != nil {
		t.Errorf("the one with a name: %v", err)
	}
	page := must(s.AuditPage(ctx, 0, 3))(t)
	if page[2].Action != "draft-gone" || page[2].User != "" || page[2].Before != hashOf("1") {
		t.Errorf("the audit has %+v", page)
	}
	for _, d := range must(s.Drafts(ctx))(t) {
		check(t, s.RenameDraft(ctx, d.ID, fmt.Sprint("n", d.ID), "kim"))
	}
	if _, err := replace("too many"); !errors.Is(err, ErrDrafts) {
		t.Errorf("a draft where all have names: %v", err)
	}
	if got := must(s.Candidate(ctx))(t); got.Text != "one more" {
		t.Errorf("the candidate is %q", got.Text)
	}
}

func TestDraftsHaveABoundInBytes(t *testing.T) {
	all := []Draft{{ID: 3, Size: 4}, {ID: 2, Size: 3, Name: "named"}, {ID: 1, Size: 2}} // newest first
	for _, row := range []struct {
		size, bytes int
		gone        []int64
		ok          bool
	}{
		{1, 10, nil, true},
		{2, 10, []int64{1}, true},
		{4, 10, []int64{1, 3}, true},
		{7, 10, []int64{1, 3}, true},
		{8, 10, []int64{1, 3}, false},
	} {
		gone, ok := surplus(all, row.size, 10, row.bytes)
		var ids []int64
		for _, d := range gone {
			ids = append(ids, d.ID)
		}
		if !slices.Equal(ids, row.gone) || ok != row.ok {
			t.Errorf("one of %d bytes: %v goes, fits %v", row.size, ids, ok)
		}
	}
}

func TestADraftIsRenamedAndDeleted(t *testing.T) {
	s, _ := open(t)
	v := 0
	for _, text := range []string{"a", "b", "c"} {
		v = must(s.ReplaceCandidate(ctx, text, 0, "kim", v, true))(t).Version
	}
	check(t, s.RenameDraft(ctx, 1, "One", "kim"))
	if err := s.RenameDraft(ctx, 2, "one", "lee"); !errors.Is(err, ErrConflict) {
		t.Errorf("a name twice: %v", err)
	}
	check(t, s.RenameDraft(ctx, 2, "", "lee")) // as many as like have none
	check(t, s.DropDraft(ctx, 1, "lee"))
	for _, err := range []error{s.DropDraft(ctx, 1, "lee"), s.RenameDraft(ctx, 1, "x", "lee"), func() error { _, err := s.DraftByID(ctx, 1); return err }()} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("of a draft that is gone: %v", err)
		}
	}
	page := must(s.AuditPage(ctx, 0, 1))(t)
	if page[0].Action != "draft-deleted" || page[0].Object != "One" || page[0].User != "lee" || page[0].Before != hashOf("a") {
		t.Errorf("the audit has %+v", page[0])
	}
}

func TestAnEditorFindsTheTextItBeganWith(t *testing.T) {
	s, c := open(t)
	v := 0
	for i := range keepPasts + 3 {
		v = must(s.ReplaceCandidate(ctx, fmt.Sprint("text ", i), 0, "kim", v, false))(t).Version
	}
	for version, want := range map[int]string{v: fmt.Sprint("text ", keepPasts+2), v - keepPasts: "text 2"} {
		if got := must(s.PastText(ctx, version))(t); got != want {
			t.Errorf("version %d: %q, want %q", version, got, want)
		}
		if got := must(s.TextByHash(ctx, hashOf(want)))(t); got != want {
			t.Errorf("by hash: %q, want %q", got, want)
		}
	}
	if _, err := s.PastText(ctx, 1); !errors.Is(err, ErrNotFound) {
		t.Errorf("more than are kept: %v", err)
	}
	c.pass(keepPastFor + time.Minute)
	s.uptime = func() time.Duration { return dateStands }
	must(s.Sweep(ctx, KeepJournalRows))(t)
	if _, err := s.PastText(ctx, v-1); !errors.Is(err, ErrNotFound) {
		t.Errorf("of yesterday: %v", err)
	}
}
