package changes

import (
	"context"
	"errors"

	"holdfast/engine/model"
	"holdfast/store"
)

// Running is what the roles run now.
type Running struct {
	Known    bool   // at least one role answered
	Text     string // of the vrrp role, or of the lvs role where that is away
	Hash     string
	Revision int64             // number of the newest revision with this text; 0: none, it came from elsewhere
	Hashes   map[string]string // by role that answered
	Away     map[string]string // by role that did not: why
}

// Differ says whether the roles run different texts.
func (r Running) Differ() bool {
	for _, h := range r.Hashes {
		if h != r.Hash {
			return true
		}
	}
	return false
}

// runs says whether every role answers and runs the text with this hash.
func (r Running) runs(hash string) bool {
	return r.Known && r.Hash == hash && !r.Differ() && len(r.Away) == 0
}

// Running asks both roles for their text.
func (w *Workflow) Running(ctx context.Context) Running {
	r := Running{Hashes: map[string]string{}, Away: map[string]string{}}
	for _, role := range w.roles {
		text, hash, err := role.config(ctx)
		if err != nil {
			r.Away[role.name] = err.Error()
			continue
		}
		// The last one that answers speaks for both: vrrp stands last.
		r.Known, r.Text, r.Hash = true, text, hash
		r.Hashes[role.name] = hash
	}
	if r.Known && r.Text != "" {
		if number, err := w.store.NumberOf(ctx, model.Hash([]byte(r.Text))); err == nil {
			r.Revision = number
		}
	}
	return r
}

// Adopt makes a running text that came from elsewhere (the command line, a file)
// a revision of its own. The newest revision stays what it was if it runs.
func (w *Workflow) Adopt(ctx context.Context, author, note string) (store.Revision, error) {
	w.act.Lock()
	defer w.act.Unlock()
	running := w.Running(ctx)
	if !running.Known {
		return store.Revision{}, away(running)
	}
	if running.Revision != 0 {
		return w.store.RevisionByNumber(ctx, running.Revision)
	}
	rev, err := w.commit(ctx, author, running.Text, note)
	if err != nil {
		return rev, err
	}
	return rev, w.store.MarkApplied(ctx, rev.Number, store.Kept, "elsewhere")
}

// keepFound makes each text that a role runs and that no revision has a revision of its
// own, before another text replaces it: the way back to it is then in the history. It has
// no author, because nobody wrote it here; the audit names by, whose order replaces it.
func (w *Workflow) keepFound(ctx context.Context, by string) error {
	for _, role := range w.roles {
		text, hash, err := role.config(ctx)
		if err != nil {
			return role.named(err)
		}
		if text == "" {
			continue
		}
		_, err = w.store.NumberOf(ctx, hash)
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		head, err := w.store.Head(ctx)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		rev, err := w.store.Commit(ctx, []byte(text), head.Hash, "", "")
		if err != nil {
			return err
		}
		err = errors.Join(
			w.store.MarkApplied(ctx, rev.Number, store.Kept, asFound),
			w.store.Audit(ctx, by, "commit", revisionName(rev), head.Hash, rev.Hash),
		)
		if err != nil {
			return err
		}
	}
	return nil
}

// commit makes text the newest revision, whatever that is now. The texts are in
// the history; the audit names them.
func (w *Workflow) commit(ctx context.Context, author, text, note string) (store.Revision, error) {
	head, err := w.store.Head(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Revision{}, err
	}
	rev, err := w.store.Commit(ctx, []byte(text), head.Hash, author, note)
	if err != nil {
		return rev, err
	}
	return rev, w.store.Audit(ctx, author, "commit", revisionName(rev), head.Hash, rev.Hash)
}
