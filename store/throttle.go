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

type loginFailureRow struct {
	Account  string `gorm:"primaryKey"`
	Failures int64
	LastAt   int64
}

func (loginFailureRow) TableName() string { return "login_failures" }

// wait is how long after now the next attempt is welcome.
func (r loginFailureRow) wait(now time.Time) time.Duration {
	if r.Failures <= freeFailures {
		return 0
	}
	pause := longestWait
	if doublings := r.Failures - freeFailures - 1; doublings < 16 {
		pause = min(longestWait, firstWait<<doublings)
	}
	return max(0, instant(r.LastAt).Add(pause).Sub(now))
}

// LoginWait is how long an account (or an address: any text that is throttled
// by itself, such as "addr:192.0.2.7") has to wait before its next attempt is
// looked at. It does not matter whether the account exists.
func (s *Store) LoginWait(ctx context.Context, account string) (time.Duration, error) {
	var row loginFailureRow
	err := s.config.read.WithContext(ctx).Where("account = ?", account).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return 0, nil
	}
	return row.wait(s.now()), wrap("read login wait", err)
}

// RecordLoginFailure counts a failed log-in and tells the wait that follows.
// It outlives a restart, so restarting does not help who guesses.
func (s *Store) RecordLoginFailure(ctx context.Context, account string) (time.Duration, error) {
	var wait time.Duration
	err := s.change(ctx, s.config, "record login failure", func(tx *gorm.DB, now time.Time) error {
		if err := tx.Where("last_at < ?", nanos(now.Add(-throttleReach))).Delete(&loginFailureRow{}).Error; err != nil {
			return err
		}
		row := loginFailureRow{Account: account}
		if err := tx.Where("account = ?", account).Take(&row).Error; err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		row.Failures++
		row.LastAt = nanos(now)
		wait = row.wait(now)
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	return wait, err
}

// ForgetLoginFailures clears the count after a log-in that succeeded.
func (s *Store) ForgetLoginFailures(ctx context.Context, account string) error {
	return s.change(ctx, s.config, "forget login failures", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("account = ?", account).Delete(&loginFailureRow{}).Error
	})
}
