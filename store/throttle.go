package store

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The log-in throttle: the first failures cost nothing (people mistype), then
// each doubles the wait.
const (
	freeFailures  = 4
	firstWait     = time.Second
	longestWait   = 5 * time.Minute
	throttleReach = 24 * time.Hour // after this long without a failure all is forgotten
)

// LoginKey is what failures are counted against: an address, an account, or
// both, as any text such as "addr:192.0.2.7". It does not matter whether the
// account exists.
type LoginKey struct {
	Name string
	Most time.Duration // the longest wait; 0 is the usual one
}

type loginFailureRow struct {
	Account  string `gorm:"primaryKey"`
	Failures int64
	LastAt   int64
}

func (loginFailureRow) TableName() string { return "login_failures" }

// wait is how long after now the next attempt is welcome.
func (r loginFailureRow) wait(now time.Time, most time.Duration) time.Duration {
	if r.Failures <= freeFailures {
		return 0
	}
	pause := longestWait
	if doublings := r.Failures - freeFailures - 1; doublings < 16 {
		pause = min(longestWait, firstWait<<doublings)
	}
	if most > 0 {
		pause = min(pause, most)
	}
	// A last failure that lies ahead (the clock was set back) is as one just now.
	return min(pause, max(0, instant(r.LastAt).Add(pause).Sub(now)))
}

// BeginLogin asks for an attempt. If each key is past its wait, the attempt is
// counted as failed at once, in the same transaction, so that many at a time
// gain nothing: wait is 0, and next is the wait that follows if it fails. Else
// nothing is counted and wait is the longest. The count outlives a restart.
func (s *Store) BeginLogin(ctx context.Context, keys []LoginKey) (wait, next time.Duration, err error) {
	err = s.change(ctx, s.config, "begin login", func(tx *gorm.DB, now time.Time) error {
		// An end far in the future was counted by a clock that was wrong.
		past, ahead := nanos(now.Add(-throttleReach)), nanos(now.Add(longestWait))
		if err := tx.Where("last_at < ? OR last_at > ?", past, ahead).Delete(&loginFailureRow{}).Error; err != nil {
			return err
		}
		rows := make([]loginFailureRow, 0, len(keys))
		for _, key := range keys {
			row := loginFailureRow{Account: key.Name}
			if err := tx.Where("account = ?", key.Name).Take(&row).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
				return err
			}
			wait = max(wait, row.wait(now, key.Most))
			row.Failures++
			row.LastAt = nanos(now)
			next = max(next, row.wait(now, key.Most))
			rows = append(rows, row)
		}
		if wait > 0 || len(rows) == 0 {
			return nil
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error
	})
	return wait, next, err
}

// TakeBackLogin takes back what BeginLogin counted for an attempt that did not
// fail, or was not looked at.
func (s *Store) TakeBackLogin(ctx context.Context, keys []LoginKey) error {
	return s.change(ctx, s.config, "take back login", func(tx *gorm.DB, _ time.Time) error {
		return tx.Model(&loginFailureRow{}).Where("account IN ? AND failures > 0", names(keys)).
			Update("failures", gorm.Expr("failures - 1")).Error
	})
}

// ForgetLoginFailures clears the counts after a log-in that succeeded.
func (s *Store) ForgetLoginFailures(ctx context.Context, keys []LoginKey) error {
	return s.change(ctx, s.config, "forget login failures", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("account IN ?", names(keys)).Delete(&loginFailureRow{}).Error
	})
}

// ForgetAllLoginFailures clears every count.
func (s *Store) ForgetAllLoginFailures(ctx context.Context) error {
	return s.change(ctx, s.config, "forget login failures", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("1 = 1").Delete(&loginFailureRow{}).Error
	})
}

func names(keys []LoginKey) []string {
	all := make([]string, 0, len(keys))
	for _, key := range keys {
		all = append(all, key.Name)
	}
	return all
}
