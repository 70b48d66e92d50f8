package mail

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/store"
)

// collector reads one role's journal into the store and makes the mails.
type collector struct {
	role     string
	options  Options
	settings *settings
	due      chan<- struct{} // wakes the sender
}

// awayPause is the wait before a role that is away is asked again.
const awayPause = 300 * time.Millisecond

// batch bounds the entries of one transaction.
const batch = 256

// errSeen ends a stream after the one entry that was wanted.
var errSeen = errors.New("seen")

// storeError marks an error of the store, which ends the collector.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// run follows the role, through all its restarts, until ctx ends. Once leave is
// closed it goes with the role.
func (c collector) run(ctx context.Context, leave <-chan struct{}) error {
	log, away := c.options.Log.With("role", c.role), false
	for {
		err := c.follow(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var broken storeError
		if errors.As(err, &broken) {
			return broken.error
		}
		if !away {
			log.Debug("journal not readable", "err", err)
		}
		away = !errors.Is(err, io.EOF)
		select {
		case <-leave:
			return nil
		case <-time.After(awayPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// follow reads one stream to its end. It begins one entry before the cursor: if
// the cursor's entry comes back as it was, the ring is the one we know; if not,
// a new one runs (the machine booted) and is read from its beginning.
func (c collector) follow(ctx context.Context) error {
	client := control.Dial(control.Socket(c.options.RunDir, c.role))
	ask, cancel := context.WithTimeout(ctx, askWithin)
	status, err := client.Status(ask)
	cancel()
	if err != nil {
		return err
	}
	cursor, err := c.options.Store.JournalCursor(ctx, status.Node, c.role)
	if err != nil {
		return storeError{err}
	}
	if status.Seq < cursor.Seq {
		if err := c.options.Store.NewRing(ctx, status.Node, c.role); err != nil {
			return storeError{err}
		}
		cursor = store.Cursor{}
	}
	known, err := c.sameRing(ctx, client, cursor)
	if err != nil {
		return err
	}
	if !known {
		if err := c.options.Store.NewRing(ctx, status.Node, c.role); err != nil {
			return storeError{err}
		}
		cursor = store.Cursor{}
	}
	return c.stream(ctx, client, cursor.Seq)
}

// sameRing looks at the entry under the cursor. If it has fallen out of the
// ring, nothing speaks against the ring being the one we know.
func (c collector) sameRing(ctx context.Context, client *control.Client, cursor store.Cursor) (bool, error) {
	if cursor.Seq == 0 {
		return true, nil
	}
	within, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	same := true
	err := client.Journal(within, cursor.Seq-1, func(e journal.Entry) error {
		same = e.Kind == journal.Lost || e.Seq != cursor.Seq || e.At.Equal(cursor.At)
		return errSeen
	})
	if errors.Is(err, errSeen) || within.Err() != nil && ctx.Err() == nil {
		err = nil
	}
	return same, err
}

// stream stores the entries of the journal as they come, in batches.
func (c collector) stream(ctx context.Context, client *control.Client, after uint64) error {
	entries := make(chan journal.Entry, batch) // closed by the reader
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(entries)
		return client.Journal(ctx, after, func(e journal.Entry) error {
			select {
			case entries <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	group.Go(func() error {
		for e := range entries {
			got := []journal.Entry{e}
			for len(got) < batch && len(entries) > 0 {
				got = append(got, <-entries)
			}
			if err := c.keep(ctx, got); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// keep stores entries with their mails, wakes the sender and pushes the entries to
// Options.Entries.
func (c collector) keep(ctx context.Context, entries []journal.Entry) error {
	p, err := c.settings.read(ctx, c.role)
	if err != nil {
		return err
	}
	mailed := false
	fresh, err := c.options.Store.AppendJournal(ctx, entries, func(e journal.Entry) []store.Mail {
		mails := p.mails(e, hostName())
		mailed = mailed || len(mails) > 0
		return mails
	})
	if err != nil {
		return storeError{err}
	}
	if mailed {
		select {
		case c.due <- struct{}{}:
		default: // it is awake already
		}
	}
	for _, row := range fresh {
		select {
		case c.options.Entries <- row.Entry:
		default: // full: a browser finds the entry in the store
		}
	}
	return nil
}
