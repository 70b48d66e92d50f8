package store

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
)

// AuditRow is one thing a user did. Before and After are the thing as text, as
// far as it can be shown: never a password, a token or a configuration, of which
// there is the hash. A list has only where they begin.
type AuditRow struct {
	ID     int64
	At     time.Time
	User   string
	Action string // a code, worded when it is shown
	Object string
	Before string
	After  string
}

type auditRow struct {
	ID     int64 `gorm:"primaryKey;autoIncrement"`
	At     int64
	User   string
	Action string
	Object string
	Before string
	After  string
}

func (auditRow) TableName() string { return "audit" }

// Audit writes down what a user did.
func (s *Store) Audit(ctx context.Context, user, action, object, before, after string) error {
	return s.change(ctx, s.config, "write audit", func(tx *gorm.DB, now time.Time) error {
		return audit(tx, now, user, action, object, before, after)
	})
}

// Note is Audit for what goes on while the database cannot be written: the row is
// then kept in memory and written later, with the instant of the act.
func (s *Store) Note(ctx context.Context, user, action, object, before, after string) error {
	return s.changeOrKeep(ctx, "write audit", func(tx *gorm.DB, now time.Time) error {
		return audit(tx, now, user, action, object, before, after)
	}, func(u *unwritten, now time.Time) error {
		u.act(actRow(now, user, action, object, before, after))
		return nil
	})
}

// auditMost is how many bytes of each text a row has at most.
const auditMost = 1000

// audit writes a row in the transaction that does what it tells of.
func audit(tx *gorm.DB, now time.Time, user, action, object, before, after string) error {
	row := actRow(now, user, action, object, before, after)
	return tx.Create(&row).Error
}

// actRow is a row of the audit, each text cut to its bound.
func actRow(now time.Time, user, action, object, before, after string) auditRow {
	cut := func(s string) string {
		if len(s) > auditMost {
			s = strings.ToValidUTF8(s[:auditMost], "")
		}
		return s
	}
	return auditRow{At: nanos(now), User: cut(user), Action: action, Object: cut(object), Before: cut(before), After: cut(after)}
}

// auditBegin is how many characters of Before and After a list has.
const auditBegin = 200

// AuditPage gives up to limit rows older than the row with ID before, newest
// first; before 0 is the newest page.
func (s *Store) AuditPage(ctx context.Context, before int64, limit int) ([]AuditRow, error) {
	var rows []auditRow
	columns := "id, at, user, action, object, substr(before, 1, ?) AS before, substr(after, 1, ?) AS after"
	page := olderThan(s.config.read.WithContext(ctx), "id", before, limit).Select(columns, auditBegin, auditBegin)
	if err := page.Find(&rows).Error; err != nil {
		return nil, wrap("read audit", err)
	}
	list := make([]AuditRow, 0, len(rows))
	for _, r := range rows {
		list = append(list, AuditRow{r.ID, instant(r.At), r.User, r.Action, r.Object, r.Before, r.After})
	}
	return list, nil
}

// LastLogins gives the instant of the newest log-in by the name of the account, the setup
// of the first one included, as far as the audit reaches back. A name that somebody else had before may stand there too.
func (s *Store) LastLogins(ctx context.Context) (map[string]time.Time, error) {
	var rows []auditRow
	err := s.config.read.WithContext(ctx).Model(&auditRow{}).Select("object, max(at) AS at").Where("action IN ?", []string{"login", "setup"}).Group("object").Find(&rows).Error
	if err != nil {
		return nil, wrap("read log-ins", err)
	}
	last := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		last[r.Object] = instant(r.At)
	}
	return last, nil
}

// olderThan is one page going back from before (0: from the newest).
func olderThan(tx *gorm.DB, column string, before int64, limit int) *gorm.DB {
	if before > 0 {
		tx = tx.Where(column+" < ?", before)
	}
	return tx.Order(column + " DESC").Limit(limit)
}
