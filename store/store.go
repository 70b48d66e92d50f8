package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
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
	dir             string
	changed         atomic.Bool // config.db has changed since its last checkpoint
	unwritten       *unwritten
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
	s := &Store{config: config, journal: journal, now: clock.Wall, steady: clock.steady(), uptime: uptime, dir: dir, unwritten: newUnwritten()}
	s.changed.Store(true)
	if has, err := s.HasUsers(ctx); err == nil && has {
		err = s.markAccounts()
		if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) && !errors.Is(err, syscall.ENOSPC) {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// AccountsMark is the name of the file beside the databases that says that there
// is an account, or was one.
const AccountsMark = "accounts"

// markAccounts notes that there is an account.
func (s *Store) markAccounts() error {
	f, err := os.OpenFile(filepath.Join(s.dir, AccountsMark), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return wrap("note that there is an account", err)
	}
	return wrap("note that there is an account", f.Close())
}

// There says whether both databases still lie where they were opened. ErrGone: one
// was deleted or replaced; nothing is written then.
func (s *Store) There() error { return errors.Join(s.config.there(), s.journal.there()) }

// Checkpoint makes config.db whole by itself, if it has changed: a copy of that one
// file has everything but what is written meanwhile.
func (s *Store) Checkpoint(ctx context.Context) error {
	if !s.changed.Swap(false) {
		return nil
	}
	done, err := s.config.checkpoint(ctx)
	if !done {
		s.changed.Store(true)
	}
	return err
}

// Close ends both databases, after a last attempt to write what was kept in memory. No
// other method may be called afterwards.
func (s *Store) Close() error {
	var kept error
	if s.Unwritten() != nil {
		if kept = s.WriteKept(context.Background()); unwritable(kept) {
			kept = nil // it was told while the program ran
		}
	}
	return errors.Join(kept, s.config.close(), s.journal.close())
}

// change runs f in one immediate transaction with one instant. What config.db lacks is
// written before, in the same transaction.
func (s *Store) change(ctx context.Context, d *database, doing string, f func(tx *gorm.DB, now time.Time) error) error {
	if err := d.there(); err != nil {
		return wrap(doing, err)
	}
	if d.frozen.Load() {
		return wrap(doing, d.trouble())
	}
	now := s.now()
	kept := newUnwritten()
	if d == s.config {
		s.changed.Store(true)
	}
	err := wrap(doing, d.write.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if d == s.config {
			kept = s.unwritten.take()
			if err := kept.write(tx); err != nil {
				return err
			}
		}
		return f(tx, now)
	}))
	switch {
	case err == nil:
		s.unwritten.wrote(kept)
	case unwritable(err):
		d.failed.Store(&err)
	}
	return err
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
