package migrations

import (
	"embed"
	"io/fs"
)

//go:embed config/*.sql journal/*.sql
var files embed.FS

// Config gives the migrations of config.db: accounts, revisions and settings.
func Config() fs.FS { return sub("config") }

// Journal gives the migrations of journal.db: the journal and the outbox.
func Journal() fs.FS { return sub("journal") }

func sub(folder string) fs.FS {
	steps, err := fs.Sub(files, folder)
	if err != nil {
		panic(err) // only a folder name that is no path
	}
	return steps
}
