package changes

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"holdfast/store"
	"holdfast/web/fault"
)

// mostName is how many characters the name of a draft has at most.
const mostName = 80

// OpenDraft makes the text of a draft the candidate, if the candidate is still the one
// of version; the draft stays. A candidate that it replaces becomes a draft. Faults:
// not-found, conflict, drafts-full.
func (w *Workflow) OpenDraft(ctx context.Context, author string, id int64, version int) (store.Replaced, error) {
	d, err := w.store.DraftByID(ctx, id)
	if err != nil {
		return store.Replaced{}, err
	}
	return w.save(ctx, Saving{Author: author, Text: d.Text, Version: version, Keep: true}, d.Base)
}

// RenameDraft gives a draft a name; "" takes its name away. Faults: not-found,
// draft-name, draft-name-taken.
func (w *Workflow) RenameDraft(ctx context.Context, author string, id int64, name string) error {
	name = strings.TrimSpace(name)
	if !utf8.ValidString(name) || utf8.RuneCountInString(name) > mostName || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.In("name", "draft-name")
	}
	err := w.store.RenameDraft(ctx, id, name, author)
	if errors.Is(err, store.ErrConflict) {
		return fault.In("name", "draft-name-taken")
	}
	return err
}

// Other is a text that a draft is compared with: of the candidate, of what runs, or of
// another draft by its number.
type Other string

// The texts that have no number.
const (
	WithCandidate Other = "candidate"
	WithRunning   Other = "running"
)

// CompareDraft gives the difference from another text to the draft, with secrets only where
// see is. Faults: not-found,
// no-candidate, role-away.
func (w *Workflow) CompareDraft(ctx context.Context, id int64, with Other, see bool) (store.Draft, []DiffLine, error) {
	d, err := w.store.DraftByID(ctx, id)
	if err != nil {
		return d, nil, err
	}
	other, err := w.other(ctx, with)
	if err != nil {
		return d, nil, err
	}
	if !see {
		d.Text, other = Veil(d.Text), Veil(other)
	}
	return d, Diff(other, d.Text), nil
}

func (w *Workflow) other(ctx context.Context, with Other) (string, error) {
	switch with {
	case WithCandidate:
		c, err := w.store.Candidate(ctx)
		if errors.Is(err, store.ErrNotFound) {
			return "", fault.New("no-candidate")
		}
		return c.Text, err
	case WithRunning:
		running := w.Running(ctx)
		if !running.Known {
			return "", away(running)
		}
		return running.Text, nil
	}
	id, err := strconv.ParseInt(string(with), 10, 64)
	if err != nil {
		return "", fault.New(fault.NotFound)
	}
	d, err := w.store.DraftByID(ctx, id)
	return d.Text, err
}
