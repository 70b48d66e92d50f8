package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gorm.io/gorm"
)

func TestADiscardedTextIsFoundNowhere(t *testing.T) {
	s, _ := open(t)
	secret := "auth_pass s3cretpass"
	text := string(bytes.Repeat([]byte("! a line of a big configuration\n"), 2000)) + secret
	for range 3 {
		c := must(s.SaveCandidate(ctx, text, 0, "kim", 0))(t)
		c = must(s.SaveCandidate(ctx, text+"\n", 0, "kim", c.Version))(t)
		check(t, s.DropCandidate(ctx, "kim", c.Version))
	}
	check(t, s.Checkpoint(ctx))
	for _, file := range must(filepath.Glob(filepath.Join(s.dir, "*")))(t) {
		if bytes.Contains(must(os.ReadFile(file))(t), []byte(secret)) {
			t.Errorf("%s has it", filepath.Base(file))
		}
	}
	page := must(s.AuditPage(ctx, 0, 1))(t)
	if page[0].Action != "candidate-discarded" || page[0].Before != hashOf(text+"\n") || page[0].User != "kim" {
		t.Errorf("the audit has %+v", page[0])
	}
}

func TestTheConfigurationDatabaseHasABound(t *testing.T) {
	s, c := open(t)
	check(t, s.change(ctx, s.config, "fill", func(tx *gorm.DB, _ time.Time) error {
		var acts []auditRow
		for i := range int64(KeepActs + 500) {
			acts = append(acts, auditRow{At: i, Action: "login-refused", User: "eve"})
		}
		acts = append(acts, auditRow{Action: "login", User: "kim"})
		return tx.CreateInBatches(acts, 500).Error
	}))
	check(t, s.change(ctx, s.config, "fill", func(tx *gorm.DB, now time.Time) error {
		var failures []loginFailureRow
		for i := range int64(KeepFailures + 500) {
			failures = append(failures, loginFailureRow{fmt.Sprint("addr:", i), 1, nanos(now) - i})
		}
		return tx.CreateInBatches(failures, 500).Error
	}))
	c.pass(time.Second)
	must(s.Sweep(ctx, KeepJournalRows))(t)
	for query, want := range map[string]int{
		"SELECT count(*) FROM audit WHERE action = 'login-refused'":        KeepActs,
		"SELECT count(*) FROM audit WHERE action = 'login'":                1,
		"SELECT count(*) FROM login_failures":                              KeepFailures,
		"SELECT count(*) FROM login_failures WHERE account = 'addr:0'":     1,
		"SELECT count(*) FROM login_failures WHERE account = 'addr:20400'": 0,
	} {
		var n int
		check(t, s.config.pools[0].QueryRow(query).Scan(&n))
		if n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}

func TestTheOldestRevisionsGoAndWhatWasAppliedLastStays(t *testing.T) {
	for _, bound := range []struct {
		most int
		size int64
	}{{5, 1 << 20}, {100, 50}} {
		s, _ := open(t)
		parent := ""
		for i := range 12 {
			r := must(s.Commit(ctx, []byte(fmt.Sprintf("! text %02d\n", i)), parent, "kim", ""))(t)
			parent = r.Hash
			if i < 3 {
				check(t, s.MarkApplied(ctx, r.Number, Kept, ""))
			}
		}
		check(t, s.change(ctx, s.config, "sweep", func(tx *gorm.DB, _ time.Time) error {
			_, err := sweepRevisions(tx, bound.most, bound.size)
			return err
		}))
		var numbers []int64
		for _, r := range must(s.Revisions(ctx, 0, 100))(t) {
			numbers = append(numbers, r.Number)
		}
		if want := "[12 11 10 9 8 3]"; fmt.Sprint(numbers) != want {
			t.Errorf("%+v: kept %v, want %v", bound, numbers, want)
		}
		if got := must(s.Applications(ctx, 10))(t); len(got) != 1 || got[0].Revision != 3 {
			t.Errorf("history has %+v", got)
		}
	}
}
