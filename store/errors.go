package store

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// Errors that callers branch on.
var (
	// ErrNotFound: there is no such thing, or it has expired.
	ErrNotFound = errors.New("not found")
	// ErrConflict: somebody else was first; read again and decide again.
	ErrConflict = errors.New("changed by somebody else")
	// ErrNewerSchema: the file was written by a newer version of the program.
	ErrNewerSchema = errors.New("written by a newer version of this program")
	// ErrBusy: another process holds the database for longer than we wait.
	ErrBusy = errors.New("database is held by another process")
	// ErrFull: there is no room for what was to be written.
	ErrFull = errors.New("no room left for the database")
	// ErrReadOnly: the database can be read and not written.
	ErrReadOnly = errors.New("database cannot be written")
	// ErrGone: the file was deleted, or another one lies in its place. What is
	// written to the old one would be lost.
	ErrGone = errors.New("database was deleted or replaced while it was open")
	// ErrTokens: there are as many tokens as there may be.
	ErrTokens = errors.New("too many tokens")
	// ErrLastAdmin: without this account nobody would manage the others.
	ErrLastAdmin = errors.New("the last administrator")
	// ErrDamaged: the file is no database, or not a whole one.
	ErrDamaged = errors.New("database is damaged")
)

// states are the library's codes for a database that cannot be used now.
var states = map[sqlite3.ErrNo]error{
	sqlite3.ErrBusy: ErrBusy, sqlite3.ErrLocked: ErrBusy, sqlite3.ErrFull: ErrFull, sqlite3.ErrReadonly: ErrReadOnly,
	sqlite3.ErrPerm: ErrReadOnly, sqlite3.ErrCorrupt: ErrDamaged, sqlite3.ErrNotADB: ErrDamaged,
}

// unwritables are the causes of the library's I/O error that leave the file readable.
var unwritables = map[sqlite3.ErrNoExtended]bool{
	sqlite3.ErrIoErrWrite: true, sqlite3.ErrIoErrFsync: true, sqlite3.ErrIoErrDirFsync: true, sqlite3.ErrIoErrTruncate: true,
	sqlite3.ErrIoErrDelete: true, sqlite3.ErrIoErrSHMOpen: true,
}

// wrap says what was being done and turns the library's sentinels into ours.
func wrap(doing string, err error) error {
	var said sqlite3.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		err = ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		err = ErrConflict
	case errors.As(err, &said) && said.ExtendedCode == sqlite3.ErrIoErrSHMSize:
		err = fmt.Errorf("%w (%w)", ErrFull, err)
	case unwritables[said.ExtendedCode]:
		err = fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case said.Code != 0 && states[said.Code] != nil:
		err = fmt.Errorf("%w (%w)", states[said.Code], err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
