package store

import (
	"fmt"
	"testing"
	"time"

	"holdfast/engine/journal"
)

// strewn stores entries that arrive in another order than they happened: at so many
// seconds after boot.
func strewn(t *testing.T, s *Store, seconds ...int) {
	t.Helper()
	var entries []journal.Entry
	for i, at := range seconds {
		entries = append(entries, journal.Entry{
			Seq: uint64(i + 1), Node: "lvs1", Role: []string{"vrrp", "lvs"}[i%2], At: boot.Add(time.Duration(at) * time.Second),
			Kind: journal.ServerState, Object: "tcp:192.0.2.100:80", Facts: map[string]string{"at": fmt.Sprint(at)},
		})
	}
	appended(t, s, entries)
}

func TestEventsAreOrderedByTheirTimeAndThenByArrival(t *testing.T) {
	s, _ := open(t)
	strewn(t, s, 28, 23, 21, 22, 22, 21)
	for _, f := range []JournalFilter{{}, {Kind: journal.ServerState}, {Object: "tcp:192.0.2.100:80"}} {
		var got []string
		for _, r := range must(s.JournalPage(ctx, f))(t) {
			got = append(got, fmt.Sprint(r.Entry.Facts["at"], "#", r.ID))
		}
		if want := "[28#1 23#2 22#5 22#4 21#6 21#3]"; fmt.Sprint(got) != want {
			t.Errorf("%+v: %v, want %v", f, got, want)
		}
	}
	if end := must(s.JournalEnd(ctx))(t); end != 6 {
		t.Errorf("the last to arrive is %d", end)
	}
}

func TestPagesOfEventsNeitherRepeatNorLeaveOut(t *testing.T) {
	s, _ := open(t)
	strewn(t, s, 28, 23, 21, 22, 22, 21, 30, 1, 22, 28)
	for limit := 1; limit <= 4; limit++ {
		seen, before := map[int64]bool{}, int64(0)
		last := boot.Add(time.Hour)
		for {
			page := must(s.JournalPage(ctx, JournalFilter{Before: before, Limit: limit}))(t)
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				if seen[r.ID] || r.Entry.At.After(last) {
					t.Fatalf("limit %d: row %d of %v comes again or late", limit, r.ID, r.Entry.At)
				}
				seen[r.ID], last = true, r.Entry.At
			}
			before = page[len(page)-1].ID
		}
		if len(seen) != 10 {
			t.Errorf("limit %d: %d rows of 10", limit, len(seen))
		}
	}
}

func TestAPageBehindARowThatWasSweptIsNotEmpty(t *testing.T) {
	s, _ := open(t)
	strewn(t, s, 1, 2, 3)
	if page := must(s.JournalPage(ctx, JournalFilter{Before: 99}))(t); len(page) != 3 {
		t.Errorf("%d rows", len(page))
	}
}

func TestPagesOfEventsAreReadFromAnIndex(t *testing.T) {
	s, _ := open(t)
	for _, where := range []string{"", "WHERE kind = 'x'", "WHERE kind = 'x' AND (at, id) < (5, 7)", "WHERE (at, id) < (5, 7)"} {
		rows, err := s.journal.pools[1].Query("EXPLAIN QUERY PLAN SELECT * FROM journal " + where + " ORDER BY at DESC, id DESC LIMIT 50")
		check(t, err)
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			check(t, rows.Scan(&id, &parent, &unused, &detail))
			if detail == "USE TEMP B-TREE FOR ORDER BY" || detail == "SCAN journal" {
				t.Errorf("%q: %s", where, detail)
			}
		}
		check(t, rows.Err())
	}
}
