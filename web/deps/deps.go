package deps

import (
	"context"
	"log/slog"

	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/changes"
	"holdfast/web/imports"
	"holdfast/web/live"
	"holdfast/web/orders"
)

// Deps is what the handlers work with, made once for a console.
type Deps struct {
	Store    *store.Store
	Auth     *auth.Authenticator
	Workflow *changes.Workflow
	Imports  *imports.Importer
	Orders   *orders.Orders
	Watch    *live.Watch
	Hub      *live.Hub // woken when something was changed
	Node     string    // as in the configuration
	Version  string    // of the program
	Log      *slog.Logger
	Lost     func() bool // whether there were accounts once, asked where there are none
	// TestMail sends one message with these settings now. Nil: no test is offered.
	TestMail func(ctx context.Context, settings store.MailSettings, to string) (store.Dialogue, error)
	// MailInForce gives the mail settings of the running configuration, which hold
	// while none are saved; Host "" in them: there are none. Nil: they are not known.
	MailInForce func(ctx context.Context) (store.MailSettings, error)
}
