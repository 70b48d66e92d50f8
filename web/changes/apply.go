package changes

import (
	"context"
	"errors"
	"maps"
	"slices"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/fault"
)

// Request is an operator's order to run a text, with the state it was given for.
type Request struct {
	Author  string
	Note    string
	Hash    string            // of the text that was reviewed
	Running map[string]string // by role: hash of the text that ran then
	Yes     bool              // a heavy loss was accepted
}

// ApplyCandidate commits the candidate and runs it, to be confirmed within
// Window. The same order twice is done once. Faults: conflict, invalid,
// needs-yes, pending, role-away, running-changed, role-failed.
func (w *Workflow) ApplyCandidate(ctx context.Context, req Request) (store.Revision, error) {
	w.act.Lock()
	defer w.act.Unlock()
	c, err := w.store.Candidate(ctx)
	if errors.Is(err, store.ErrNotFound) || err == nil && model.Hash([]byte(c.Text)) != req.Hash {
		return w.again(ctx, req.Hash)
	}
	if err != nil {
		return store.Revision{}, err
	}
	if err := w.permit(ctx, c.Text, req); err != nil {
		return store.Revision{}, err
	}
	rev, err := w.commit(ctx, req.Author, c.Text, req.Note)
	if err != nil {
		return rev, err
	}
	if err := w.run(ctx, rev, req); err != nil {
		// Nothing typed is lost: the text is in the editor again.
		_, again := w.store.SaveCandidate(ctx, rev.Text, rev.Number, req.Author, 0)
		return rev, errors.Join(err, again)
	}
	return rev, nil
}

// again finds the revision a repeated order has made already.
func (w *Workflow) again(ctx context.Context, hash string) (store.Revision, error) {
	head, err := w.store.Head(ctx)
	if err == nil && head.Hash == hash {
		if running := w.Running(ctx); running.Hash == hash && !running.Differ() && len(running.Away) == 0 {
			return head, nil
		}
	}
	return store.Revision{}, fault.New(fault.Conflict)
}

// RunRevision runs the text of an earlier revision as a new one: going back is
// going on. The newest revision is run as it is. The faults are those of
// ApplyCandidate.
func (w *Workflow) RunRevision(ctx context.Context, number int64, req Request) (store.Revision, error) {
	w.act.Lock()
	defer w.act.Unlock()
	rev, err := w.store.RevisionByNumber(ctx, number)
	if err != nil {
		return rev, err
	}
	if rev.Hash != req.Hash {
		return rev, fault.New(fault.Conflict)
	}
	head, err := w.store.Head(ctx)
	if err != nil {
		return rev, err
	}
	if running := w.Running(ctx); head.Hash == rev.Hash && running.Hash == rev.Hash && !running.Differ() {
		return head, nil
	}
	if err := w.permit(ctx, rev.Text, req); err != nil {
		return rev, err
	}
	if head.Hash == rev.Hash {
		rev = head
	} else if rev, err = w.commit(ctx, req.Author, rev.Text, req.Note); err != nil {
		return rev, err
	}
	return rev, w.run(ctx, rev, req)
}

// permit says why a text may not be run now; nil is: it may.
func (w *Workflow) permit(ctx context.Context, text string, req Request) error {
	running := w.Running(ctx)
	if len(running.Away) > 0 {
		return away(running)
	}
	if !maps.Equal(running.Hashes, req.Running) {
		return fault.New("running-changed")
	}
	now, err := w.look(ctx)
	if err != nil {
		return err
	}
	if now.waits() {
		return fault.New("pending")
	}
	next, findings := w.Check(text)
	if model.Failed(findings) {
		return fault.New("invalid")
	}
	old, _ := model.Parse(FileName, []byte(running.Text), model.Facts{Node: w.node})
	if lossOf(model.Resolve(old), model.Resolve(next)).Heavy() && !req.Yes {
		return fault.In("yes", "needs-yes")
	}
	return nil
}

// run applies a revision in each role. If one refuses, all that were asked go
// back at once, it included: it may have failed half way, or have done it and
// lost its answer. The revision is marked as refused.
func (w *Workflow) run(ctx context.Context, rev store.Revision, req Request) error {
	// An order that was given is carried out, also when the browser has left.
	ctx = context.WithoutCancel(ctx)
	for i, role := range w.roles {
		err := role.apply(ctx, control.ApplyRequest{
			Text: rev.Text, IfMatch: req.Running[role.name], Confirm: Window.Seconds(),
		})
		if err != nil {
			for _, asked := range slices.Backward(w.roles[:i+1]) {
				err = errors.Join(err, asked.undo(ctx, rev.Hash))
			}
			return errors.Join(err, w.mark(ctx, req.Author, rev, store.Refused, err.Error()))
		}
	}
	return w.mark(ctx, req.Author, rev, store.Applied, "")
}

func (w *Workflow) mark(ctx context.Context, author string, rev store.Revision, outcome store.Outcome, detail string) error {
	return errors.Join(
		w.store.MarkApplied(ctx, rev.Number, outcome, detail),
		w.store.Audit(ctx, author, "revision-"+string(outcome), revisionName(rev), "", detail),
	)
}
