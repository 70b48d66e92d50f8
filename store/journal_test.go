package store

import (
	"fmt"
	"testing"
	"time"

	"holdfast/engine/journal"
)

var boot = time.Date(2026, 11, 22, 8, 0, 0, 1, time.UTC)

// ring makes entries from..to of a ring that began at began, one per second.
func ring(began time.Time, from, to uint64) []journal.Entry {
	var entries []journal.Entry
	for seq := from; seq <= to; seq++ {
		entries = append(entries, journal.Entry{
			Seq: seq, Node: "lvs1", Role: "vrrp", At: began.Add(time.Duration(seq) * time.Second), Kind: journal.InstanceState,
			Object: "VI_1", Mail: true, Facts: map[string]string{"from": "BACKUP", "to": "MASTER", "seq": fmt.Sprint(seq)},
		})
	}
	return entries
}

func appended(t *testing.T, s *Store, entries []journal.Entry) int {
	t.Helper()
	return len(must(s.AppendJournal(ctx, entries, nil))(t))
}

func TestEntriesReadTwiceAreStoredOnce(t *testing.T) {
	s, _ := open(t)
	if n := appended(t, s, ring(boot, 1, 5)); n != 5 {
		t.Fatalf("%d new", n)
	}
	fresh := must(s.AppendJournal(ctx, ring(boot, 3, 7), nil))(t)
	if len(fresh) != 2 || fresh[0].Entry.Seq != 6 || fresh[1].Entry.Seq != 7 {
		t.Fatalf("got %+v", fresh)
	}
	page := must(s.JournalPage(ctx, JournalFilter{}))(t)
	if len(page) != 7 || page[0].ID != fresh[1].ID || page[0].Entry.Facts["seq"] != "7" || !page[0].Entry.At.Equal(boot.Add(7*time.Second)) || !page[0].Entry.Mail {
		t.Fatalf("got %+v", page)
	}
	cursor := must(s.JournalCursor(ctx, "lvs1", "vrrp"))(t)
	if cursor.Seq != 7 || !cursor.At.Equal(boot.Add(7*time.Second)) {
		t.Fatalf("cursor %+v", cursor)
	}
}

func TestEntriesAfterARebootAreNotTakenForOldOnes(t *testing.T) {
	s, _ := open(t)
	appended(t, s, ring(boot, 1, 100))
	reboot := boot.Add(time.Hour)
	if n := appended(t, s, ring(reboot, 1, 3)); n != 3 {
		t.Fatalf("%d new after the reboot", n)
	}
	if n := appended(t, s, ring(reboot, 1, 5)); n != 2 {
		t.Fatalf("%d new of the same ring", n)
	}
	cursor := must(s.JournalCursor(ctx, "lvs1", "vrrp"))(t)
	if cursor.Epoch != 1 || cursor.Seq != 5 {
		t.Fatalf("cursor %+v", cursor)
	}
	if n := len(must(s.JournalPage(ctx, JournalFilter{Limit: 1000}))(t)); n != 105 {
		t.Fatalf("%d rows", n)
	}
}

func TestClockSetBackAtARebootLosesNothing(t *testing.T) {
	s, _ := open(t)
	appended(t, s, ring(boot, 1, 100))
	if n := appended(t, s, ring(boot.Add(-24*time.Hour), 1, 3)); n != 3 {
		t.Fatalf("%d new", n)
	}
}

func TestRingReadAgainFromItsBeginningInANewEpochIsNotDoubled(t *testing.T) {
	s, _ := open(t)
	appended(t, s, ring(boot, 1, 10))
	check(t, s.NewRing(ctx, "lvs1", "vrrp"))
	if cursor := must(s.JournalCursor(ctx, "lvs1", "vrrp"))(t); cursor.Seq != 0 {
		t.Fatalf("cursor of a new ring: %+v", cursor)
	}
	// The last entry was never written to the ring: its number is used again.
	again := append(ring(boot, 1, 9), ring(boot.Add(time.Minute), 10, 12)...)
	if n := appended(t, s, again); n != 3 {
		t.Fatalf("%d new", n)
	}
}

func TestRolesAndNodesHaveCursorsOfTheirOwn(t *testing.T) {
	s, _ := open(t)
	entries := ring(boot, 1, 9)
	for i := range entries {
		entries[i].Node, entries[i].Role = []string{"lvs1", "lvs2"}[i%2], []string{"vrrp", "lvs"}[i%4/2]
	}
	if n := appended(t, s, entries); n != 9 {
		t.Fatalf("%d new", n)
	}
	for _, c := range []struct {
		node, role string
		seq        uint64
	}{{"lvs1", "vrrp", 9}, {"lvs2", "vrrp", 6}, {"lvs1", "lvs", 7}, {"lvs2", "lvs", 8}, {"lvs3", "vrrp", 0}} {
		if got := must(s.JournalCursor(ctx, c.node, c.role))(t); got.Seq != c.seq {
			t.Errorf("%s of %s: %+v", c.role, c.node, got)
		}
	}
}

func TestGapsAreStoredOnceAndProveNothing(t *testing.T) {
	s, _ := open(t)
	appended(t, s, ring(boot, 1, 5))
	gap := journal.Entry{Seq: 9, Node: "lvs1", Role: "vrrp", At: boot.Add(time.Hour), Kind: journal.Lost, Facts: map[string]string{"count": "4"}}
	if n := appended(t, s, append([]journal.Entry{gap}, ring(boot, 10, 12)...)); n != 4 {
		t.Fatalf("%d new", n)
	}
	gap.At = gap.At.Add(time.Minute)
	if n := appended(t, s, append([]journal.Entry{gap}, ring(boot, 10, 12)...)); n != 0 {
		t.Fatalf("%d new", n)
	}
	if cursor := must(s.JournalCursor(ctx, "lvs1", "vrrp"))(t); cursor.Epoch != 0 || cursor.Seq != 12 {
		t.Fatalf("cursor %+v", cursor)
	}
}

func TestSweptEntriesAreNotTakenForNewOnes(t *testing.T) {
	s, c := open(t)
	appended(t, s, ring(boot, 1, 10))
	c.pass(KeepJournal + time.Hour)
	if n := must(s.Sweep(ctx, KeepJournalRows))(t); n != 10 {
		t.Fatalf("%d swept", n)
	}
	if n := appended(t, s, ring(boot, 4, 10)); n != 0 {
		t.Fatalf("%d came back", n)
	}
	if n := appended(t, s, ring(boot.Add(time.Hour), 1, 2)); n != 2 {
		t.Fatalf("%d of a new ring", n)
	}
}

func TestJournalKeepsTheNewestRows(t *testing.T) {
	s, _ := open(t)
	appended(t, s, ring(boot, 1, 50))
	if n := must(s.sweepJournal(ctx, 20))(t); n != 30 {
		t.Fatalf("%d swept", n)
	}
	page := must(s.JournalPage(ctx, JournalFilter{Limit: 1000}))(t)
	if len(page) != 20 || page[19].Entry.Seq != 31 {
		t.Fatalf("%d rows, the oldest %+v", len(page), page[len(page)-1])
	}
}

func TestPagesAreFiltered(t *testing.T) {
	s, _ := open(t)
	entries := ring(boot, 1, 4)
	for i, e := range []struct {
		kind   journal.Kind
		object string
		reason string
	}{
		{journal.InstanceState, "VI_1", "priority 0"},
		{journal.ServerState, "tcp:192.0.2.100:80/192.0.2.33:80", "connection refused"},
		{journal.QuorumState, "tcp:192.0.2.100:80", "100% gone"},
		{journal.QuorumState, "tcp:192.0.2.100:8080", "1000 gone"},
	} {
		entries[i].Kind, entries[i].Object, entries[i].Facts = e.kind, e.object, map[string]string{"reason": e.reason}
	}
	appended(t, s, entries)
	for _, c := range []struct {
		filter JournalFilter
		want   string
	}{
		{JournalFilter{}, "[4 3 2 1]"},
		{JournalFilter{Limit: 2}, "[4 3]"},
		{JournalFilter{Before: 3}, "[2 1]"},
		{JournalFilter{Kind: journal.QuorumState}, "[4 3]"},
		{JournalFilter{Object: "tcp:192.0.2.100:80"}, "[3 2]"},
		{JournalFilter{Text: "REFUSED"}, "[2]"},
		{JournalFilter{Text: "100%"}, "[3]"},
		{JournalFilter{Text: "VI_1"}, "[1]"},
		{JournalFilter{Node: "lvs2"}, "[]"},
		{JournalFilter{Object: "tcp:192.0.2.100:80", Text: "gone", Before: 4}, "[3]"},
	} {
		var got []uint64
		for _, r := range must(s.JournalPage(ctx, c.filter))(t) {
			got = append(got, r.Entry.Seq)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%+v: %v, want %v", c.filter, got, c.want)
		}
	}
	since := must(s.JournalSince(ctx, 2, 10))(t)
	if len(since) != 2 || since[0].Entry.Seq != 3 {
		t.Fatalf("since 2: %+v", since)
	}
}

func TestEntryAndItsMailsAreStoredTogetherAndOnce(t *testing.T) {
	s, _ := open(t)
	mails := func(e journal.Entry) []Mail {
		return []Mail{{To: "a@example.org", Subject: e.Facts["seq"]}, {To: "b@example.org", Subject: e.Facts["seq"]}}
	}
	must(s.AppendJournal(ctx, ring(boot, 1, 2), mails))(t)
	must(s.AppendJournal(ctx, ring(boot, 1, 3), mails))(t)
	if n := len(must(s.OutboxPage(ctx, 0, 100))(t)); n != 6 {
		t.Fatalf("%d mails", n)
	}
	// A mail that cannot be stored takes its entry with it.
	twice := func(journal.Entry) []Mail { return []Mail{{MessageID: "<same@x>"}, {MessageID: "<same@x>"}} }
	if _, err := s.AppendJournal(ctx, ring(boot, 4, 4), twice); err == nil {
		t.Fatal("two mails under one Message-ID")
	}
	if cursor := must(s.JournalCursor(ctx, "lvs1", "vrrp"))(t); cursor.Seq != 3 {
		t.Fatalf("cursor %+v", cursor)
	}
}
