package mail

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/store"
)

// Options is what Run works with.
type Options struct {
	Store  *store.Store
	RunDir string // where the roles' sockets are
	Node   string
	Log    *slog.Logger

	// Stored: settings saved in the store come first; then, and always if
	// Stored is false, global_defs of the running configuration with Scope.
	Stored bool
	Scope  store.Scope
	Lang   string // of mails whose settings name none; "" is English

	// Entries gets every new entry once it is stored; nil gets none. An entry that
	// does not fit is left out: the store has it. It is not closed.
	Entries chan<- journal.Entry
	// Keep is how many entries stay in the store; 0 is store.KeepJournalRows.
	Keep int64
	// Retry is how patient the sender is; zero fields are the defaults.
	Retry RetryPolicy
}

// Run reads journals and sends mails until ctx ends, and a moment longer: when
// everything is stopped at once, what the roles say at their end is read and
// mailed (Retry.Leave bounds it). Its error is the store's: roles that are away
// and mail servers that refuse are waited for.
func Run(ctx context.Context, o Options) error {
	retry := o.Retry.orDefault()
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(retry.Leave, cancel) })()

	settings := newSettings(o)
	due := make(chan struct{}, 1) // one wish to look is as good as many
	quiet := make(chan struct{})  // closed when no more mails come
	var reading sync.WaitGroup    // the collectors
	tasks, work := errgroup.WithContext(work)
	for _, role := range control.Roles {
		c := collector{role: role, options: o, settings: settings, due: due}
		reading.Add(1)
		tasks.Go(func() error {
			defer reading.Done()
			return c.run(work, ctx.Done())
		})
	}
	tasks.Go(func() error {
		reading.Wait()
		close(quiet)
		return nil
	})
	tasks.Go(func() error {
		s := sender{store: o.Store, settings: settings.now, log: o.Log, retry: retry}
		return s.run(work, due, quiet)
	})
	tasks.Go(func() error { return sweep(work, ctx.Done(), o.Store, cmp.Or(o.Keep, store.KeepJournalRows)) })
	err := tasks.Wait()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// sweepEvery is how often the store is kept in bounds; a sweep that finds
// nothing costs a few reads.
const sweepEvery = time.Minute

func sweep(ctx context.Context, leave <-chan struct{}, s *store.Store, keep int64) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if _, err := s.Sweep(ctx, keep); err != nil {
			return ended(ctx, err)
		}
		select {
		case <-tick.C:
		case <-leave:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// roleKeeps is how many entries the mail process of `holdfast run` keeps: no
// console reads them there, and its store may lie in memory.
const roleKeeps = 5_000

// RunRole is the mail process of `holdfast run`: exactly the mails keepalived
// would send, for the settings in global_defs, with an outbox in dir.
func RunRole(ctx context.Context, dir, runDir, node string, log *slog.Logger) error {
	s, err := store.Open(ctx, dir)
	switch {
	case ctx.Err() != nil && err != nil:
		return nil
	case err != nil:
		return err
	}
	err = Run(ctx, Options{Store: s, RunDir: runDir, Node: node, Log: log, Scope: store.ScopeSMTPAlert, Keep: roleKeeps})
	return errors.Join(err, s.Close())
}

// hostName is this machine's name for HELO, addresses without a domain and
// Message-IDs.
func hostName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "localhost"
	}
	return name
}
