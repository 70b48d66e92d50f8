package changes

import (
	"context"
	"errors"

	"holdfast/store"
)

// Settle brings the history up to what the roles did by themselves: an applied
// revision that no role waits for any more was kept, went back, or was kept in
// one role only. With again it looks also whether a revision that was kept still
// runs: a role that lost the confirmation goes back at its next start. It says whether
// something changed; done is false if a role could not be asked, or has to be again.
func (w *Workflow) Settle(ctx context.Context, again bool) (changed, done bool, err error) {
	if !w.act.TryLock() {
		return false, false, nil // the running change marks its own outcome
	}
	defer w.act.Unlock()
	last, err := w.store.Applications(ctx, 1)
	if err != nil || len(last) == 0 {
		return false, err == nil, err
	}
	kept := last[0].Outcome == store.Kept
	if last[0].Outcome != store.Applied && (!kept || !again) {
		return false, true, nil
	}
	now, away := w.look(ctx)
	if away != nil || now.waits() {
		return false, false, nil // a role that is away is asked again; one that waits is not done
	}
	rev, err := w.store.RevisionByNumber(ctx, last[0].Revision)
	if err != nil {
		return false, false, err
	}
	if kept {
		return w.lookAgain(ctx, rev, now)
	}
	outcome, how := store.Split, bySplit
	switch now.run(rev.Hash) {
	case len(now):
		outcome, how = store.Kept, byElsewhere
	case 0:
		outcome, how = store.Reverted, byTimeout
	}
	if how == byTimeout {
		// Nothing typed is lost: unless somebody edits another text already, this one
		// is in the editor again before the history says that it was rolled back.
		_, err := w.store.SaveCandidate(ctx, rev.Text, rev.Number, rev.Author, 0)
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return false, false, err
		}
	}
	return true, true, w.mark(ctx, "", rev, outcome, how)
}

// run is how many roles run the text with this hash.
func (s seen) run(hash string) int {
	n := 0
	for _, status := range s {
		if status.Hash == hash {
			n++
		}
	}
	return n
}

// lookAgain marks a revision that was kept and does not run in every role: if the
// others run what ran before, they went back. Any other text came from elsewhere, and
// this one was kept until then. A text from elsewhere reaches one role before the
// other, so it is looked at twice.
func (w *Workflow) lookAgain(ctx context.Context, rev store.Revision, now seen) (changed, done bool, err error) {
	runs := now.run(rev.Hash)
	if runs == len(now) {
		w.odd = ""
		return false, true, nil
	}
	before, err := w.before(ctx, rev)
	if err != nil || before == "" || runs+now.run(before) < len(now) {
		return false, err == nil, err
	}
	odd := rev.Hash
	for _, r := range w.roles {
		odd += " " + now[r.name].Hash
	}
	if odd != w.odd {
		w.odd = odd
		return false, false, nil
	}
	outcome, how := store.Split, bySplit
	if runs == 0 {
		outcome, how = store.Reverted, byLoss
	}
	return true, true, w.mark(ctx, "", rev, outcome, how)
}

// before is the hash of the text that was kept last before rev; "" is: none that is known.
func (w *Workflow) before(ctx context.Context, rev store.Revision) (string, error) {
	const reach = 50
	list, err := w.store.Applications(ctx, reach)
	for _, a := range list {
		if err != nil || a.Outcome != store.Kept || a.Revision == rev.Number {
			continue
		}
		r, err := w.store.RevisionByNumber(ctx, a.Revision)
		return r.Hash, err
	}
	return "", err
}
