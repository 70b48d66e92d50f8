package changes

import (
	"context"
	"errors"

	"holdfast/engine/convert"
	"holdfast/engine/model"
	"holdfast/store"
)

// Meanwhile is what became of a text that two people changed at once.
type Meanwhile struct {
	Theirs     Draft  // the candidate, or where there is none the text to begin with
	TheirsHash string // of its text
	BaseHash   string // of the text that both began with; "": it is kept no longer
	Merge      convert.Merge
	Whole      string     // both changes in one text; "" with Conflicts
	Conflicts  int        // places that both changed, each in its own way
	ByThem     []DiffLine // from the base to their text
	ByYou      []DiffLine // from the base to yours, without a base from their text to yours
}

// Meanwhile puts the text of an editor and the candidate together, which has another
// version than the editor saw. Nothing is saved. Where the text that both began with is
// kept no longer, the whole of both is one conflict.
func (w *Workflow) Meanwhile(ctx context.Context, s Saving) (Meanwhile, error) {
	theirs, err := w.Draft(ctx)
	if err != nil {
		return Meanwhile{}, err
	}
	m := Meanwhile{Theirs: theirs, TheirsHash: model.Hash([]byte(theirs.Text))}
	base, known, err := w.began(ctx, s, theirs)
	if err != nil {
		return Meanwhile{}, err
	}
	if known {
		m.BaseHash = model.Hash([]byte(base))
		m.ByThem, m.ByYou = Diff(base, theirs.Text), Diff(base, s.Text)
		m.Merge = convert.Merge3(base, theirs.Text, s.Text)
	} else {
		m.ByYou = Diff(theirs.Text, s.Text)
		m.Merge = convert.Merge{Parts: []convert.Part{{Conflict: true, Line: 1, Theirs: theirs.Text, Mine: s.Text}}}
	}
	m.Conflicts = len(m.Merge.Conflicts())
	if m.Conflicts == 0 {
		m.Whole, _ = m.Merge.Text()
	}
	return m, nil
}

// began gives the text that an editor began with.
func (w *Workflow) began(ctx context.Context, s Saving, theirs Draft) (text string, known bool, err error) {
	if s.Base != "" {
		return w.textOf(ctx, s.Base, theirs)
	}
	if s.Version > 0 {
		return found(w.store.PastText(ctx, s.Version))
	}
	return "", false, nil
}

// textOf finds a text by its hash.
func (w *Workflow) textOf(ctx context.Context, hash string, theirs Draft) (text string, known bool, err error) {
	for _, near := range []string{"", theirs.Text} {
		if model.Hash([]byte(near)) == hash {
			return near, true, nil
		}
	}
	text, known, err = found(w.store.TextByHash(ctx, hash))
	if known || err != nil {
		return text, known, err
	}
	for _, role := range w.roles {
		if text, now, err := role.config(ctx); err == nil && now == hash {
			return text, true, nil
		}
	}
	return "", false, nil
}

func found(text string, err error) (string, bool, error) {
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	return text, err == nil, err
}
