package changes

import (
	"context"
	"errors"
	"slices"

	"holdfast/engine/convert"
	"holdfast/engine/model"
	"holdfast/engine/objects"
	"holdfast/store"
	"holdfast/web/fault"
)

// Edit makes another text of one, by its objects. It gives the same text back where
// there is nothing to change.
type Edit func(*objects.Text) (*objects.Text, error)

// Edited is what became of an edit of the candidate.
type Edited struct {
	store.Replaced        // the candidate, if Changed
	Before         Draft  // the text that was edited
	Text           string // after the edit
	Changed        bool   // false: there was nothing to change, and nothing was saved
}

// Objects reads the objects of a text.
func (w *Workflow) Objects(text string) *objects.Text { return objects.Open(text, w.facts()) }

// mostTries is how often an edit is done again on the text that somebody else saved
// meanwhile.
const mostTries = 5

// EditCandidate edits the text in the editor, and makes the outcome the candidate. What
// others save meanwhile is edited in their text, so that no change is lost. Faults:
// those of the edit, and of Save.
func (w *Workflow) EditCandidate(ctx context.Context, author string, edit Edit) (Edited, error) {
	w.edits.Lock()
	defer w.edits.Unlock()
	for try := 1; ; try++ {
		draft, err := w.Draft(ctx)
		if err != nil {
			return Edited{}, err
		}
		out := Edited{Before: draft}
		next, err := edit(w.Objects(draft.Text))
		if err != nil {
			return out, err
		}
		if out.Text = next.String(); out.Text == draft.Text {
			return out, nil
		}
		s := Saving{Author: author, Text: out.Text, Version: draft.Version, Base: model.Hash([]byte(draft.Text)), Grown: true}
		out.Replaced, err = w.Save(ctx, s)
		if err != nil && fault.Of(err).Code == fault.Conflict && try < mostTries {
			continue
		}
		out.Changed = err == nil
		return out, err
	}
}

// RunEdit edits the text that runs and runs the outcome as a revision of its own: what
// waits in the editor is not applied with it, and gets the same change where that is
// possible without a choice. The faults are those of ApplyCandidate and of the edit.
func (w *Workflow) RunEdit(ctx context.Context, req Request, edit Edit) (Done, error) {
	w.act.Lock()
	defer w.act.Unlock()
	running := w.Running(ctx)
	if len(running.Away) > 0 {
		return Done{}, away(running)
	}
	if running.Differ() {
		return Done{}, fault.New("running-changed")
	}
	next, err := edit(w.Objects(running.Text))
	if err != nil {
		return Done{}, err
	}
	text := next.String()
	if text == running.Text {
		return w.unchanged(ctx, running)
	}
	if req.Running == nil {
		req.Running = running.Hashes
	}
	if err := w.permit(ctx, text, req); err != nil {
		return Done{}, err
	}
	if err := w.keepFound(ctx, req.Author); err != nil {
		return Done{}, err
	}
	rev, err := w.commit(ctx, req.Author, text, req.Note)
	if err != nil {
		return Done{Revision: rev}, err
	}
	done, err := w.run(ctx, rev, req)
	if err != nil {
		return Done{Revision: rev}, err
	}
	return Done{rev, true, done}, w.rebase(ctx, running.Text, rev)
}

// rebase gives the candidate the change that a revision made of the text that ran
// before, if both changed different lines. Else the candidate stays as it is: its plan
// says what it would undo.
func (w *Workflow) rebase(ctx context.Context, before string, rev store.Revision) error {
	c, err := w.store.Candidate(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m := convert.Merge3(before, rev.Text, c.Text)
	whole, ok := m.Text()
	if !ok || len(m.Conflicts()) > 0 || whole == c.Text {
		return nil
	}
	_, err = w.store.GrowCandidate(ctx, whole, rev.Number, c.Author, c.Version)
	if errors.Is(err, store.ErrConflict) {
		return nil // saved this moment, and by somebody who knows both
	}
	return err
}

// TextOf is the text with a hash that an editor began with: of the editor, of a revision,
// a draft or a past candidate, or the running one. It is not known for ever.
func (w *Workflow) TextOf(ctx context.Context, hash string) (text string, known bool, err error) {
	now, err := w.Draft(ctx)
	if err != nil {
		return "", false, err
	}
	return w.textOf(ctx, hash, now)
}

// FindingsIn are what is found in a text in the lines of an object.
func (w *Workflow) FindingsIn(x *objects.Text, o objects.Object) []model.Finding {
	_, list := w.Check(x.String())
	return slices.DeleteFunc(list, func(f model.Finding) bool {
		return f.Range.File != FileName || f.Range.Line < o.Line || f.Range.Line > o.Last
	})
}
