package parent

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// The console notes in its own directory that it has an account. That note may be
// lost with the database; the mark in the data directory, which is root's, is not,
// and a console that finds it makes no account for the first who asks.
const (
	accountsNote  = "accounts"         // in the directory of the console's user
	accountsMark  = "console-accounts" // in the data directory
	accountsEvery = time.Second
)

// AccountsMark is the file that says that the console of a data directory had
// accounts.
func AccountsMark(data string) string { return filepath.Join(data, accountsMark) }

// HadAccounts says whether a mark is there; "" never is.
func HadAccounts(mark string) bool { return mark != "" && exists(mark) }

// KeepAccountsMark makes the mark as soon as the console has an account, and ends
// then, or with ctx. It looks whether the note is there and opens nothing that
// belongs to the console's user.
func KeepAccountsMark(ctx context.Context, data, dir string, log *slog.Logger) {
	tick := time.NewTicker(accountsEvery)
	defer tick.Stop()
	told := false
	for mark := AccountsMark(data); !HadAccounts(mark); {
		if info, err := os.Lstat(filepath.Join(dir, accountsNote)); err == nil && info.Mode().IsRegular() {
			err := makeMark(mark)
			if err != nil && !told {
				log.Warn("cannot note that the console has accounts", "error", err)
			}
			told = err != nil
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func makeMark(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
