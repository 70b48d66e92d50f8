package cli

import (
	"context"
	"os"
	"path/filepath"

	"holdfast/server/parent"
	"holdfast/server/show"
	"holdfast/store"
)

// Database opens the console's database under a data directory, as the user that it
// belongs to. Where there is none the error says so in the reader's language.
func Database(ctx context.Context, e *show.Env, data string) (*store.Store, error) {
	dir := parent.DatabaseDir(data)
	if _, err := os.Stat(filepath.Join(dir, "config.db")); err != nil {
		return nil, Said(e, "user.no-database", "Dir", dir)
	}
	if err := parent.BecomeOwner(dir); err != nil {
		return nil, err
	}
	return store.Open(ctx, dir)
}
