package changes

import (
	"context"
	"errors"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/store"
	"holdfast/web/fault"
)

// How an application ended, beside its outcome. The words are "ui.ending.NAME".
const (
	byOperator  = "operator"
	byTimeout   = "timeout"
	byElsewhere = "elsewhere"
	bySplit     = "split"
	byLoss      = "lost"  // both roles lost the confirmation
	asFound     = "found" // it ran before anything was applied from here
)

// Confirm keeps the text with this hash, in both roles or in none: it asks none
// of them unless both answer and run the text. Faults: nothing-pending,
// role-away, gone-back, half-kept.
func (w *Workflow) Confirm(ctx context.Context, author, hash string) error {
	w.act.Lock()
	defer w.act.Unlock()
	return w.keepNow(context.WithoutCancel(ctx), author, hash)
}

// keepNow is Confirm where act is held.
func (w *Workflow) keepNow(ctx context.Context, author, hash string) error {
	now, err := w.look(ctx)
	if err != nil {
		return err
	}
	waiting := w.waiting(now, hash)
	if len(waiting) == 0 {
		return w.endedSo(ctx, hash, store.Kept)
	}
	for _, role := range w.roles {
		if now[role.name].Hash != hash {
			return fault.New("gone-back", "Role", role.name)
		}
	}
	for i, role := range waiting {
		err := keep(ctx, role, *now[role.name].Pending)
		if err != nil && i > 0 {
			return &fault.Error{Code: "half-kept", Args: map[string]string{"Role": role.name}, Err: err}
		}
		if err != nil {
			return err // the roles not asked go back by themselves, as this one does
		}
	}
	return w.ended(ctx, author, hash, store.Kept)
}

// keepAgain is the pause before a role that did not take a confirmation is asked
// again.
const keepAgain = 500 * time.Millisecond

// keep confirms in one role. The other may have confirmed already, so it is
// tried until the role has gone back by itself.
func keep(ctx context.Context, r role, p control.Pending) error {
	for {
		err := r.confirm(ctx, p.Hash)
		if err == nil {
			return nil
		}
		if unknown(err) {
			// An attempt may have got through whose answer was lost.
			s, err := r.status(ctx)
			switch {
			case err == nil && s.Hash == p.Hash && s.Pending == nil:
				return nil
			case err == nil:
				return fault.New("gone-back", "Role", r.name)
			}
		}
		if time.Until(p.Until) < keepAgain {
			return err
		}
		pause := time.NewTimer(keepAgain)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return err
		}
	}
}

// Revert takes the text with this hash back now, in each role that waits and can be
// reached. Nothing typed is lost: the text becomes a draft, and kept is whether there is
// one with it; there is none where an earlier revision has it, or where nothing more can be stored:
// the text is taken back all the same, and stays in its revision. Faults:
// nothing-pending, role-away.
func (w *Workflow) Revert(ctx context.Context, author, hash string) (kept bool, err error) {
	if err := w.revert(ctx, author, hash); err != nil {
		return false, err
	}
	if w.store == nil {
		return false, nil
	}
	if rev, err := w.store.RevisionByHash(ctx, hash); err == nil {
		_, kept, err = w.store.KeepRevisionText(ctx, rev.Number, author)
		return kept && err == nil, nil
	}
	return false, nil // applied from elsewhere
}

func (w *Workflow) revert(ctx context.Context, author, hash string) error {
	w.act.Lock()
	defer w.act.Unlock()
	ctx = context.WithoutCancel(ctx)
	now, away := w.look(ctx)
	waiting := w.waiting(now, hash)
	if len(waiting) == 0 && away == nil {
		return w.endedSo(ctx, hash, store.Reverted)
	}
	errs := []error{away}
	for _, role := range slices.Backward(waiting) {
		errs = append(errs, role.revert(ctx, hash))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return w.ended(ctx, author, hash, store.Reverted)
}

// ended marks how the application of the text with this hash ended.
func (w *Workflow) ended(ctx context.Context, author, hash string, outcome store.Outcome) error {
	if w.store == nil {
		return nil // the console finds out what the roles did
	}
	rev, err := w.store.RevisionByHash(ctx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return nil // applied from elsewhere: there is no history of it here
	}
	if err != nil {
		return err
	}
	return w.mark(ctx, author, rev, outcome, byOperator)
}

// endedSo answers a repeated order: it is good if it ended that way already.
func (w *Workflow) endedSo(ctx context.Context, hash string, outcome store.Outcome) error {
	if w.store == nil {
		return fault.New("nothing-pending")
	}
	last, err := w.store.Applications(ctx, 1)
	if err != nil {
		return err
	}
	if len(last) == 1 && last[0].Outcome == outcome {
		rev, err := w.store.RevisionByNumber(ctx, last[0].Revision)
		if err != nil {
			return err
		}
		if rev.Hash == hash {
			return nil
		}
	}
	return fault.New("nothing-pending")
}

// RolledBack gives the newest application if it was rolled back because nobody
// confirmed it in time; ok is false if it ended otherwise, or there is none.
func (w *Workflow) RolledBack(ctx context.Context) (last store.Application, ok bool, err error) {
	list, err := w.store.Applications(ctx, 1)
	if err != nil || len(list) == 0 {
		return store.Application{}, false, err
	}
	return list[0], list[0].Outcome == store.Reverted && list[0].Detail == byTimeout, nil
}

// Pending is the text that waits to be confirmed, in either role: the one that goes back
// first. Faults: nothing-pending, role-away.
func (w *Workflow) Pending(ctx context.Context) (control.Pending, error) {
	now, away := w.look(ctx)
	var first control.Pending
	for _, s := range now {
		if p := s.Pending; p != nil && (first.Hash == "" || p.Until.Before(first.Until)) {
			first = *p
		}
	}
	if first.Hash != "" {
		return first, nil
	}
	return first, errors.Join(away, fault.New("nothing-pending"))
}
