package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"holdfast/migrations"
)

// Store is the two databases of one data directory. All methods may be called
// from any goroutine.
type Store struct {
	config, journal *database
	now             func() time.Time     // the date
	steady          func() time.Time     // the date of the opening, and the uptime since
	uptime          func() time.Duration // since the opening
}

// Open opens the databases in dir, makes them where they are missing and brings
// them to this binary's schema. A database that already holds something is
// copied beside itself first (NAME.YYYYMMDDTHHMMSSZ.bak). One written by a newer
// version is refused with ErrNewerSchema and not touched.
func Open(ctx context.Context, dir string) (*Store, error) { return OpenAt(ctx, dir, system()) }

// OpenAt is Open with another clock.
func OpenAt(ctx context.Context, dir string, clock Clock) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, wrap("make data directory", err)
	}
	config, err := openDatabase(ctx, filepath.Join(dir, "config.db"), "FULL", migrations.Config())
	if err != nil {
		return nil, err
	}
	journal, err := openDatabase(ctx, filepath.Join(dir, "journal.db"), "NORMAL", migrations.Journal())
	if err != nil {
		return nil, errors.Join(err, config.close())
	}
	began := clock.Uptime()
	uptime := func() time.Duration { return clock.Uptime() - began }
	return &Store{config: config, journal: journal, now: clock.Wall, steady: clock.steady(), uptime: uptime}, nil
}

// Close ends both databases. No other method may be called afterwards.
func (s *Store) Close() error {
	return errors.Join(s.config.close(), s.journal.close())
}

// change runs f in one immediate transaction with one instant.
func (s *Store) change(ctx context.Context, d *database, doing string, f func(tx *gorm.DB, now time.Time) error) error {
	now := s.now()
	return wrap(doing, d.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error { return f(tx, now) }))
}

// nanos is how an instant is stored; the zero instant is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// instant reads what nanos wrote.
func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n)
}
