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
// nothing is counted and wait is the longest. The count outlives a restart; where the
// database cannot be written it goes on in memory.
func (s *Store) BeginLogin(ctx context.Context, keys []LoginKey) (wait, next time.Duration, err error) {
	err = s.changeOrKeep(ctx, "begin login", func(tx *gorm.DB, now time.Time) error {
		past, ahead := throttled(now)
		if err := tx.Where("last_at < ? OR last_at > ?", past, ahead).Delete(&loginFailureRow{}).Error; err != nil {
			return err
		}
		var rows []loginFailureRow
		wait, next, rows, err = count(keys, now, func(name string) (loginFailureRow, error) { return failuresIn(tx, name) })
		if err != nil || wait > 0 || len(rows) == 0 {
			return err
		}
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error
	}, func(u *unwritten, now time.Time) error {
		var rows []loginFailureRow
		wait, next, rows, err = count(keys, now, func(name string) (loginFailureRow, error) { return s.failures(ctx, u, name, now) })
		if err != nil || wait > 0 {
			return err
		}
		for _, row := range rows {
			u.failed(row)
		}
		return nil
	})
	return wait, next, err
}

// throttled is from when to when a last failure counts, as stored: one far in the
// future was counted by a clock that was wrong.
func throttled(now time.Time) (past, ahead int64) {
	return nanos(now.Add(-throttleReach)), nanos(now.Add(longestWait))
}

// count gives the longest wait of the keys, the one that follows if the attempt fails,
// and their rows with the attempt counted.
func count(keys []LoginKey, now time.Time, of func(name string) (loginFailureRow, error)) (wait, next time.Duration, rows []loginFailureRow, err error) {
	for _, key := range keys {
		row, err := of(key.Name)
		if err != nil {
			return 0, 0, nil, err
		}
		wait = max(wait, row.wait(now, key.Most))
		row.Failures++
		row.LastAt = nanos(now)
		next = max(next, row.wait(now, key.Most))
		rows = append(rows, row)
	}
	return wait, next, rows, nil
}

// failuresIn reads what the database counted against a key.
func failuresIn(tx *gorm.DB, name string) (loginFailureRow, error) {
	row := loginFailureRow{Account: name}
	err := tx.Where("account = ?", name).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = nil
	}
	return row, err
}

// failures is what is counted against a key in memory, else in the database. The lock
// of u is held, so that many attempts at once gain nothing.
func (s *Store) failures(ctx context.Context, u *unwritten, name string, now time.Time) (row loginFailureRow, err error) {
	row, kept := u.failures[name]
	if !kept {
		row, err = failuresIn(s.config.read.WithContext(ctx), name)
	}
	if past, ahead := throttled(now); row.LastAt < past || row.LastAt > ahead {
		row = loginFailureRow{Account: name}
	}
	return row, err
}

// failed keeps the count of a key, and forgets the oldest where there are as many as
// the database would keep. u.mu is held.
func (u *unwritten) failed(row loginFailureRow) {
	if _, kept := u.failures[row.Account]; !kept && len(u.failures) >= KeepFailures {
		oldest := row
		for _, r := range u.failures {
			if r.LastAt < oldest.LastAt {
				oldest = r
			}
		}
		delete(u.failures, oldest.Account)
	}
	u.failures[row.Account] = row
}

// TakeBackLogin takes back what BeginLogin counted for an attempt that did not
// fail, or was not looked at.
func (s *Store) TakeBackLogin(ctx context.Context, keys []LoginKey) error {
	return s.changeOrKeep(ctx, "take back login", func(tx *gorm.DB, _ time.Time) error {
		return tx.Model(&loginFailureRow{}).Where("account IN ? AND failures > 0", names(keys)).
			Update("failures", gorm.Expr("failures - 1")).Error
	}, func(u *unwritten, now time.Time) error {
		for _, key := range keys {
			row, err := s.failures(ctx, u, key.Name, now)
			if err != nil {
				return err
			}
			if row.Failures > 0 {
				row.Failures--
				u.failed(row)
			}
		}
		return nil
	})
}

// ForgetLoginFailures clears the counts after a log-in that succeeded.
func (s *Store) ForgetLoginFailures(ctx context.Context, keys []LoginKey) error {
	return s.changeOrKeep(ctx, "forget login failures", func(tx *gorm.DB, _ time.Time) error {
		return tx.Where("account IN ?", names(keys)).Delete(&loginFailureRow{}).Error
	}, func(u *unwritten, now time.Time) error {
		for _, key := range keys {
			u.failed(loginFailureRow{Account: key.Name, LastAt: nanos(now)})
		}
		return nil
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
