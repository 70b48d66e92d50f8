package parent

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestThatThereWereAccountsOutlivesTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		data := t.TempDir()
		dir := filepath.Join(data, DatabaseName)
		note, mark := filepath.Join(dir, accountsNote), AccountsMark(data)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		over := make(chan struct{})
		go func() {
			defer close(over)
			KeepAccountsMark(ctx, data, dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
		}()
		// What the console's user puts in the place of its note is not followed.
		if err := os.Symlink("/etc/passwd", note); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * accountsEvery)
		if HadAccounts(mark) {
			t.Fatal("marked without an account")
		}
		if err := os.Remove(note); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(note, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		<-over
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if !HadAccounts(mark) || HadAccounts("") {
			t.Error("the mark is lost with the database")
		}
	})
}
