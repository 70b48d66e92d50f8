package web

import (
	"context"
	"io"
	"log/slog"
	"net"

	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/store"
)

// Options is what the console needs from the process around it. Store, RunDir
// and Listener are required.
type Options struct {
	Store    *store.Store // stays open; the caller closes it after Run
	RunDir   string       // where the roles' control sockets are: RUN/vrrp.sock, RUN/lvs.sock
	Listener net.Listener // closed when Run returns
	Behind   *Proxy       // nil: browsers come to the listener itself
	Name     string       // the host name in the listener's address, if it was given as one
	Node     string
	Version  string
	Log      *slog.Logger
	// Facts looks at this host, for the findings of a text. Nil: texts are checked
	// without a host.
	Facts func(node string) model.Facts
	// HadAccounts says whether this console had an account at any time. If it did
	// and has none now, its database was lost: it prints no setup link by itself.
	// Nil: it never had.
	HadAccounts func() bool
	// Out receives what an operator has to see: at the first start the setup link, and
	// where the console is. Nil is os.Stdout.
	Out  io.Writer
	Lang string // of what is written to Out; "" is English
	// TestMail sends one message with these settings now and gives each step of
	// the dialogue. Nil: the page offers no test.
	TestMail func(ctx context.Context, settings store.MailSettings, to string) (store.Dialogue, error)
	// MailInForce gives the mail settings of the running configuration, which hold
	// while none are saved; Host "" in them: there are none. Nil: they are not known.
	MailInForce func(ctx context.Context) (store.MailSettings, error)
	// Entries carries journal entries as they are stored, to push them to
	// browsers. The sender must not wait for the console: if the channel is full,
	// the browsers read the entries from the store within a second. Nil: no push.
	Entries <-chan journal.Entry
}

// facts is this host, as far as it is looked at.
func (o Options) facts() model.Facts {
	if o.Facts == nil {
		return model.Facts{Node: o.Node}
	}
	return o.Facts(o.Node)
}

// lost says whether the accounts were there and are gone, given that there are none.
func (o Options) lost() bool { return o.HadAccounts != nil && o.HadAccounts() }
