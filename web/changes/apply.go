package changes

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

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
	Window  time.Duration     // how long the roles wait for a confirmation; 0: Window
	Kept    bool              // it is confirmed at once: nobody is to say that it can stay
}

// Done is what an order to run a text came to.
type Done struct {
	store.Revision      // the one that runs now; Number 0: the running text is no revision
	Changed        bool // false: both roles run this very text, so nothing was done
	Operations     int  // that both roles carried out in the kernel
}

// ApplyCandidate commits the candidate and runs it, to be confirmed within
// Window. A candidate that runs already is dropped and nothing is done. The same
// order twice is done once. Faults: conflict, invalid, needs-yes, pending,
// role-away, running-changed, role-failed.
func (w *Workflow) ApplyCandidate(ctx context.Context, req Request) (Done, error) {
	w.act.Lock()
	defer w.act.Unlock()
	c, err := w.store.Candidate(ctx)
	if errors.Is(err, store.ErrNotFound) || err == nil && model.Hash([]byte(c.Text)) != req.Hash {
		return w.again(ctx, req.Hash)
	}
	if err != nil {
		return Done{}, err
	}
	if err := w.permit(ctx, c.Text, req); err != nil {
		return Done{}, err
	}
	if running := w.Running(ctx); running.runs(req.Hash) {
		same, err := w.unchanged(ctx, running)
		return same, errors.Join(err, w.store.DropCandidate(ctx, req.Author, c.Version))
	}
	if err := w.keepFound(ctx, req.Author); err != nil {
		return Done{}, err
	}
	rev, err := w.commit(ctx, req.Author, c.Text, req.Note)
	if err != nil {
		return Done{Revision: rev}, err
	}
	done, err := w.run(ctx, rev, req)
	if err != nil {
		// Nothing typed is lost: the text is in the editor again.
		_, again := w.store.SaveCandidate(ctx, rev.Text, rev.Number, req.Author, 0)
		return Done{Revision: rev}, errors.Join(err, again)
	}
	return Done{rev, true, done}, nil
}

// again finds the revision a repeated order has made already.
func (w *Workflow) again(ctx context.Context, hash string) (Done, error) {
	head, err := w.store.Head(ctx)
	if err == nil && head.Hash == hash && w.Running(ctx).runs(hash) {
		return Done{Revision: head, Changed: true}, nil
	}
	return Done{}, fault.New(fault.Conflict)
}

// unchanged is the answer to an order to run what runs already.
func (w *Workflow) unchanged(ctx context.Context, running Running) (Done, error) {
	if running.Revision == 0 {
		return Done{Revision: store.Revision{Hash: running.Hash}}, nil
	}
	rev, err := w.store.RevisionByNumber(ctx, running.Revision)
	return Done{Revision: rev}, err
}

// RunRevision runs the text of an earlier revision as a new one: going back is
// going on, and each run has a revision of its own. The newest revision is run
// as it is if it never was. A text that runs already is left alone. The faults
// are those of ApplyCandidate.
func (w *Workflow) RunRevision(ctx context.Context, number int64, req Request) (Done, error) {
	w.act.Lock()
	defer w.act.Unlock()
	rev, err := w.store.RevisionByNumber(ctx, number)
	if err != nil {
		return Done{}, err
	}
	if rev.Hash != req.Hash {
		return Done{}, fault.New(fault.Conflict)
	}
	if running := w.Running(ctx); running.runs(rev.Hash) {
		return w.unchanged(ctx, running)
	}
	if err := w.permit(ctx, rev.Text, req); err != nil {
		return Done{}, err
	}
	if err := w.keepFound(ctx, req.Author); err != nil {
		return Done{}, err
	}
	fresh, err := w.neverRun(ctx, rev)
	if err != nil {
		return Done{}, err
	}
	if !fresh {
		if rev, err = w.commit(ctx, req.Author, rev.Text, req.Note); err != nil {
			return Done{Revision: rev}, err
		}
	}
	done, err := w.run(ctx, rev, req)
	return Done{rev, true, done}, err
}

// neverRun says whether a revision is the newest one and no attempt was made to
// run it.
func (w *Workflow) neverRun(ctx context.Context, rev store.Revision) (bool, error) {
	newest, err := w.store.Newest(ctx)
	if err != nil || newest != rev.Number {
		return false, err
	}
	last, err := w.store.LastApplications(ctx, []int64{rev.Number})
	return len(last) == 0, err
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
// lost its answer. The revision is marked as refused. done is how many operations the
// roles carried out.
func (w *Workflow) run(ctx context.Context, rev store.Revision, req Request) (done int, err error) {
	// An order that was given is carried out, also when the browser has left.
	ctx = context.WithoutCancel(ctx)
	for i, role := range w.roles {
		operations, err := role.apply(ctx, control.ApplyRequest{
			Text: rev.Text, IfMatch: req.Running[role.name], Confirm: cmp.Or(req.Window, Window).Seconds(),
		})
		if err != nil {
			for _, asked := range slices.Backward(w.roles[:i+1]) {
				err = errors.Join(err, asked.undo(ctx, rev.Hash))
			}
			return 0, errors.Join(err, w.mark(ctx, req.Author, rev, store.Refused, err.Error()))
		}
		done += operations
	}
	err = w.mark(ctx, req.Author, rev, store.Applied, "")
	if err == nil && req.Kept {
		err = w.keepNow(ctx, req.Author, rev.Hash)
	}
	return done, err
}

func (w *Workflow) mark(ctx context.Context, author string, rev store.Revision, outcome store.Outcome, detail string) error {
	return errors.Join(
		w.store.MarkApplied(ctx, rev.Number, outcome, detail),
		w.store.Note(ctx, author, "revision-"+string(outcome), revisionName(rev), "", detail),
	)
}
