package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// A file that cannot be written when it is opened (its disk is read-only, or so full
// that SQLite's own files beside it cannot be made) is opened frozen: for reading
// alone, and without those files. It thaws when it can be written.

// dialer opens the connections of one pool, frozen or not as the file then is.
type dialer struct {
	d        *database
	settings url.Values
}

// Connect opens one connection.
func (c dialer) Connect(context.Context) (driver.Conn, error) {
	frozen, settings := c.d.frozen.Load(), c.settings
	if frozen {
		settings = url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_txlock": {"immediate"}}
		if c.d.whole() {
			settings.Set("immutable", "1")
			c.d.alone.Store(true)
		}
	}
	at := url.URL{Scheme: "file", Opaque: (&url.URL{Path: c.d.path}).EscapedPath(), RawQuery: settings.Encode()}
	opened, err := c.Driver().Open(at.String())
	if err != nil {
		return nil, err
	}
	return &conn{opened.(*sqlite3.SQLiteConn), c.d, frozen}, nil
}

// Driver is the library's.
func (c dialer) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }

// conn is a connection that is used as long as the file is what it was.
type conn struct {
	*sqlite3.SQLiteConn
	d      *database
	frozen bool
}

// IsValid says whether the pool may keep the connection.
func (c *conn) IsValid() bool { return c.frozen == c.d.frozen.Load() }

// ResetSession refuses a connection that the pool must not use again.
func (c *conn) ResetSession(context.Context) error {
	if !c.IsValid() {
		return driver.ErrBadConn
	}
	return nil
}

// whole says whether the file is read as it is: nothing lies in SQLite's journal
// beside it, as after it was closed well, or the journal's index is missing, without
// which the journal cannot be read here.
func (d *database) whole() bool {
	journal, err := os.Stat(d.path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || err == nil && journal.Size() == 0 {
		return true
	}
	_, err = os.Stat(d.path + "-shm")
	return errors.Is(err, fs.ErrNotExist)
}

// lookAt remembers the file, and makes it where it is missing. A file that is there
// and cannot be written is frozen.
func (d *database) lookAt() error {
	if err := d.regular(); err != nil {
		return err
	}
	// SQLite would make the file readable to all; its journals take the mode of the file.
	f, err := os.OpenFile(d.path, os.O_RDWR|os.O_CREATE, 0o600)
	if errors.Is(err, syscall.EROFS) || errors.Is(err, fs.ErrPermission) {
		if d.opened, err = os.Stat(d.path); err == nil {
			d.freeze(ErrReadOnly)
		}
		return err
	}
	if err != nil {
		return err
	}
	d.opened, err = f.Stat()
	return errors.Join(err, f.Close())
}

// regular says ErrDamaged where the database or a file of SQLite's beside it is no file:
// a FIFO in its place would keep whatever opens or reads it for ever.
func (d *database) regular() error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(d.path + suffix)
		if err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s%s: %w: it is not a regular file", d.path, suffix, ErrDamaged)
		}
	}
	return nil // what cannot be looked at is told when it is opened
}

func (d *database) freeze(cause error) {
	d.failed.Store(&cause)
	d.frozen.Store(true)
}

// thaw tries whether a frozen file can be written, and then lets all write.
func (d *database) thaw(ctx context.Context) error {
	if !d.frozen.Load() {
		return nil
	}
	f, err := os.OpenFile(d.path, os.O_RDWR, 0)
	if err != nil {
		return ErrReadOnly
	}
	if err := f.Close(); err != nil {
		return err
	}
	if d.alone.Load() { // else the others keep SQLite from writing until they are closed
		trial := sql.OpenDB(dialer{&database{path: d.path}, d.writing})
		defer trial.Close()
		if err := try(ctx, trial); err != nil {
			return err
		}
	}
	d.turn(false)
	if err := try(ctx, d.pools[0]); err != nil {
		d.turn(true)
		return err
	}
	return nil
}

// rewrite writes the first page as it is.
const rewrite = "PRAGMA user_version = 0"

func try(ctx context.Context, pool *sql.DB) error {
	_, err := pool.ExecContext(ctx, rewrite)
	return wrap("open database for writing", err)
}

// turn freezes or thaws the file, and closes the connections that were opened as it
// was: those in use follow when they come back.
func (d *database) turn(frozen bool) {
	d.frozen.Store(frozen)
	for i, p := range d.pools {
		p.SetMaxIdleConns(0)
		p.SetMaxIdleConns([]int{1, readers}[i])
	}
}
