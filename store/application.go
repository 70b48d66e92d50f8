package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Outcome is what became of an attempt to run a revision.
type Outcome string

// The outcomes. Applied is followed by kept, reverted or split where a
// confirmation was asked for; split is kept in one role and not in the other.
const (
	Applied  Outcome = "applied"
	Kept     Outcome = "kept"
	Reverted Outcome = "reverted"
	Refused  Outcome = "refused"
	Split    Outcome = "split"
)

// Application is one line of the history of what ran.
type Application struct {
	ID       int64
	Revision int64
	Outcome  Outcome
	Detail   string
	At       time.Time
}

type applicationRow struct {
	ID       int64 `gorm:"primaryKey;autoIncrement"`
	Revision int64
	Outcome  string
	Detail   string
	At       int64
}

func (applicationRow) TableName() string { return "applications" }

func (r applicationRow) application() Application {
	return Application{r.ID, r.Revision, Outcome(r.Outcome), r.Detail, instant(r.At)}
}

// lastID is the last number that was given to a row of a table.
const lastID = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?"

// MarkApplied writes down what became of revision number. Where the database cannot
// be written the line is kept in memory: the roles have done it.
func (s *Store) MarkApplied(ctx context.Context, number int64, outcome Outcome, detail string) error {
	row := applicationRow{Revision: number, Outcome: string(outcome), Detail: detail}
	return s.changeOrKeep(ctx, "mark revision", func(tx *gorm.DB, now time.Time) error {
		row.At = nanos(now)
		return tx.Create(&row).Error
	}, func(u *unwritten, now time.Time) error {
		if err := s.config.read.WithContext(ctx).Raw(lastID, row.TableName()).Scan(&row.ID).Error; err != nil {
			return err
		}
		row.ID += int64(len(u.lines)) + 1 // as it will be stored
		row.At = nanos(now)
		u.lines = append(u.lines, row)
		return nil
	})
}

// history gives the lines that are kept in memory, newest first.
func (u *unwritten) history() []Application {
	u.mu.Lock()
	defer u.mu.Unlock()
	var lines []Application
	for _, l := range slices.Backward(u.lines) {
		lines = append(lines, l.application())
	}
	return lines
}

// Applications gives the newest limit lines of the history, newest first.
func (s *Store) Applications(ctx context.Context, limit int) ([]Application, error) {
	page := s.unwritten.history()
	var rows []applicationRow
	if err := olderThan(s.config.read.WithContext(ctx), "id", 0, limit).Find(&rows).Error; err != nil {
		return nil, wrap("read applications", err)
	}
	for _, r := range rows {
		page = append(page, r.application())
	}
	return page[:min(limit, len(page))], nil
}

// LastApplications gives the newest line of the history of each of these
// revisions, by its number; one that was never run has none.
func (s *Store) LastApplications(ctx context.Context, revisions []int64) (map[int64]Application, error) {
	kept := s.unwritten.history() // before the database: what is written meanwhile is in both
	tx := s.config.read.WithContext(ctx)
	newest := tx.Model(&applicationRow{}).Select("max(id)").Where("revision IN ?", revisions).Group("revision")
	var rows []applicationRow
	if err := tx.Where("id IN (?)", newest).Find(&rows).Error; err != nil {
		return nil, wrap("read last applications", err)
	}
	last := map[int64]Application{}
	for _, r := range rows {
		last[r.Revision] = r.application()
	}
	for _, a := range slices.Backward(kept) {
		if slices.Contains(revisions, a.Revision) {
			last[a.Revision] = a
		}
	}
	return last, nil
}
