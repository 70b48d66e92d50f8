package store

import (
	"context"
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

// MarkApplied writes down what became of revision number.
func (s *Store) MarkApplied(ctx context.Context, number int64, outcome Outcome, detail string) error {
	return s.change(ctx, s.config, "mark revision", func(tx *gorm.DB, now time.Time) error {
		return tx.Create(&applicationRow{Revision: number, Outcome: string(outcome), Detail: detail, At: nanos(now)}).Error
	})
}

// Applications gives the newest limit lines of the history, newest first.
func (s *Store) Applications(ctx context.Context, limit int) ([]Application, error) {
	var rows []applicationRow
	if err := olderThan(s.config.read.WithContext(ctx), "id", 0, limit).Find(&rows).Error; err != nil {
		return nil, wrap("read applications", err)
	}
	page := make([]Application, 0, len(rows))
	for _, r := range rows {
		page = append(page, r.application())
	}
	return page, nil
}

// LastApplications gives the newest line of the history of each of these
// revisions, by its number; one that was never run has none.
func (s *Store) LastApplications(ctx context.Context, revisions []int64) (map[int64]Application, error) {
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
	return last, nil
}
