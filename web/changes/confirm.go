package changes

import (
	"context"
	"errors"

	"holdfast/store"
	"holdfast/web/fault"
)

// How an application ended, beside its outcome. The words are "ui.ending.NAME".
const (
	byOperator  = "operator"
	byTimeout   = "timeout"
	byElsewhere = "elsewhere"
)

// Confirm keeps the text with this hash, in each role that waits for it. Faults:
// nothing-pending, role-away.
func (d *Desk) Confirm(ctx context.Context, author, hash string) error {
	return d.end(ctx, author, hash, store.Kept, func(ctx context.Context, r role) error {
		return r.Confirm(ctx, hash)
	})
}

// Revert takes the text with this hash back now, in each role that waits.
// Faults: nothing-pending, role-away.
func (d *Desk) Revert(ctx context.Context, author, hash string) error {
	return d.end(ctx, author, hash, store.Reverted, func(ctx context.Context, r role) error {
		_, err := r.Revert(ctx, hash)
		return err
	})
}

// end does the same in each role that waits for hash, and marks the outcome.
func (d *Desk) end(ctx context.Context, author, hash string, outcome store.Outcome, do func(context.Context, role) error) error {
	d.act.Lock()
	defer d.act.Unlock()
	ctx = context.WithoutCancel(ctx)
	waits, err := d.pending(ctx)
	if err != nil && len(waits) == 0 {
		return err
	}
	var errs []error
	asked := 0
	for _, role := range d.roles {
		if p, waiting := waits[role.name]; waiting && p.Hash == hash {
			asked++
			errs = append(errs, do(ctx, role))
		}
	}
	if asked == 0 {
		return d.endedSo(ctx, hash, outcome)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	rev, err := d.store.RevisionByHash(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil // applied from elsewhere: there is no history of it here
	}
	if err != nil {
		return err
	}
	return d.mark(ctx, author, rev, outcome, byOperator)
}

// endedSo answers a repeated order: it is good if it ended that way already.
func (d *Desk) endedSo(ctx context.Context, hash string, outcome store.Outcome) error {
	last, err := d.store.Applications(ctx, 1)
	if err != nil {
		return err
	}
	if len(last) == 1 && last[0].Outcome == outcome {
		rev, err := d.store.RevisionByNumber(ctx, last[0].Revision)
		if err != nil {
			return err
		}
		if rev.Hash == hash {
			return nil
		}
	}
	return fault.New("nothing-pending")
}

// Settle brings the history up to what the roles did by themselves: an applied
// revision that no role waits for any more was kept, or went back. It says
// whether something changed.
func (d *Desk) Settle(ctx context.Context) (bool, error) {
	d.act.Lock()
	defer d.act.Unlock()
	last, err := d.store.Applications(ctx, 1)
	if err != nil || len(last) == 0 || last[0].Outcome != store.Applied {
		return false, err
	}
	waits, err := d.pending(ctx)
	if err != nil || len(waits) > 0 {
		return false, nil // a role that is away is asked again; one that waits is not done
	}
	rev, err := d.store.RevisionByNumber(ctx, last[0].Revision)
	if err != nil {
		return false, err
	}
	outcome, how := store.Reverted, byTimeout
	if running := d.Running(ctx); running.Hash == rev.Hash && !running.Differ() {
		outcome, how = store.Kept, byElsewhere
	}
	return true, d.mark(ctx, "", rev, outcome, how)
}
