package main

import (
	"context"

	"holdfast/server/parent"
	"holdfast/store"
)

// openDatabase opens the console's database of a data directory, as the user that it
// belongs to: root follows no link that this user made.
func openDatabase(ctx context.Context, data string) (*store.Store, error) {
	dir := parent.DatabaseDir(data)
	if err := parent.BecomeOwner(dir); err != nil {
		return nil, err
	}
	return store.Open(ctx, dir)
}
