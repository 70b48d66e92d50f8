package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// readers bounds the pool of reading connections of one file: pages are short,
// and more than this only wait for the same disk.
const readers = 4

// database is one SQLite file with one writing connection and a few reading
// ones. A single writer makes "database is locked" impossible inside a process;
// immediate transactions make it harmless between two.
type database struct {
	path        string
	opened      fs.FileInfo // the file that was opened
	write, read *gorm.DB
	pools       []*sql.DB
	failed      atomic.Pointer[error] // why the last attempt to write failed; nil: it did not
	frozen      atomic.Bool           // it was opened for reading alone
	alone       atomic.Bool           // as it is, without SQLite's own files beside it
	writing     url.Values            // the settings of the writing connection
}

// trouble is why the file cannot be written, as the last attempt found; nil: it can.
func (d *database) trouble() error {
	if err := d.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func openDatabase(ctx context.Context, path, synchronous string, steps fs.FS) (*database, error) {
	// Settings stand in the DSN: a PRAGMA sent through a pool reaches one connection only.
	d := &database{path: path, writing: url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {synchronous}, "_busy_timeout": {"5000"},
		"_foreign_keys": {"1"}, "_txlock": {"immediate"},
		"_secure_delete": {"1"}, // what is deleted may hold passwords
	}}
	if err := d.lookAt(); err != nil {
		return nil, wrap("open database", err)
	}
	writer, err := d.pool(ctx, 1, d.writing)
	if unwritable(err) && !errors.Is(err, ErrBusy) && !d.frozen.Load() {
		d.freeze(err)
		err = wrap("open "+filepath.Base(path), writer.PingContext(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	if err := migrate(ctx, writer, path, steps); err != nil {
		return nil, errors.Join(err, d.close())
	}
	reader, err := d.pool(ctx, readers, url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_busy_timeout": {"5000"}})
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	if d.write, err = speak(writer); err == nil {
		d.read, err = speak(reader)
	}
	if err != nil {
		return nil, errors.Join(wrap("open database", err), d.close())
	}
	return d, nil
}

func (d *database) pool(ctx context.Context, size int, settings url.Values) (*sql.DB, error) {
	db := sql.OpenDB(dialer{d, settings})
	d.pools = append(d.pools, db)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, wrap("open "+filepath.Base(d.path), db.PingContext(ctx))
}

// there says whether the file that was opened still lies in its place: ErrGone, if
// not.
func (d *database) there() error {
	now, err := os.Stat(d.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, d.opened) {
		return fmt.Errorf("%s: %w", d.path, ErrGone)
	}
	return nil // what cannot be looked at is told when it is written
}

// checkpoint brings what was committed from the journal beside the file into the
// file, and empties the journal. Readers under way make it wait for the next time:
// done is false.
func (d *database) checkpoint(ctx context.Context) (done bool, err error) {
	var busy, frames, moved int
	err = d.pools[0].QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
	return busy == 0, wrap("checkpoint "+filepath.Base(d.path), err)
}

// close ends with the writer: the last connection takes what is in the journal beside
// the file into the file, and a reader may not.
func (d *database) close() error {
	var errs []error
	for _, p := range slices.Backward(d.pools) {
		errs = append(errs, p.Close())
	}
	return wrap("close database", errors.Join(errs...))
}

// speak puts gorm on top of a pool.
func speak(pool *sql.DB) (*gorm.DB, error) {
	return gorm.Open(sqlite.New(sqlite.Config{Conn: pool}), &gorm.Config{
		TranslateError: true, PrepareStmt: true, SkipDefaultTransaction: true, Logger: logger.Discard,
	})
}

// migrate brings a database to the schema of steps, after a dated copy if it
// holds anything.
func migrate(ctx context.Context, db *sql.DB, path string, steps fs.FS) error {
	name := filepath.Base(path)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, steps)
	if err != nil {
		return wrap("read migrations", err)
	}
	sources := provider.ListSources()
	want := sources[len(sources)-1].Version
	have, err := version(ctx, db)
	switch {
	case err != nil:
		return wrap("read schema version of "+name, err)
	case have > want:
		return fmt.Errorf("%s has schema %d, this binary knows schemas up to %d: %w; start the newer binary, or put back the copy made before the upgrade (%s.*.bak)",
			path, have, want, ErrNewerSchema, name)
	case have == want:
		return nil
	}
	beside := ""
	if have > 0 {
		beside = fmt.Sprintf("%s.%s.bak", path, time.Now().UTC().Format("20060102T150405Z"))
		if err := backUp(ctx, db, beside); err != nil {
			return wrap("copy "+name+" before migrating", err)
		}
	}
	if _, err = provider.Up(ctx); err == nil {
		return nil
	}
	// A start that fails is tried again and again: it must not fill the disk with
	// copies of a database that is still what it was.
	if now, readErr := version(ctx, db); beside != "" && readErr == nil && now == have {
		err = errors.Join(err, os.Remove(beside))
	}
	return wrap("migrate "+name, err)
}

func backUp(ctx context.Context, db *sql.DB, path string) error {
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// version is the schema a database has; 0 is an empty file. It writes nothing,
// so that a refused file stays as it was.
func version(ctx context.Context, db *sql.DB) (int64, error) {
	var tables int
	err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	var v sql.NullInt64
	err = db.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&v)
	return v.Int64, err
}
