package migrations

import "embed"

// Config holds the migrations of config.db under "config": accounts, revisions
// and settings.
//
//go:embed config/*.sql
var Config embed.FS

// Journal holds the migrations of journal.db under "journal": the journal and
// the outbox.
//
//go:embed journal/*.sql
var Journal embed.FS
