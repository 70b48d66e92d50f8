package store

import (
	"errors"
	"fmt"

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
)

// wrap says what was being done and turns the library's sentinels into ours.
func wrap(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		err = ErrNotFound
	case errors.Is(err, gorm.ErrDuplicatedKey):
		err = ErrConflict
	}
	return fmt.Errorf("%s: %w", doing, err)
}
