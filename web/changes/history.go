package changes

import (
	"context"

	"holdfast/store"
)

// Past is a revision and what became of it last.
type Past struct {
	store.Revision
	Outcome store.Outcome // "" is: it was never run
	Detail  string
	Ended   store.Application // the line of history Outcome is from
}

// History gives up to limit revisions below before (0: from the newest), newest
// first, each with its last outcome.
func (w *Workflow) History(ctx context.Context, before int64, limit int) ([]Past, error) {
	revisions, err := w.store.Revisions(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, 0, len(revisions))
	for _, r := range revisions {
		numbers = append(numbers, r.Number)
	}
	last, err := w.store.LastApplications(ctx, numbers)
	if err != nil {
		return nil, err
	}
	past := make([]Past, 0, len(revisions))
	for _, r := range revisions {
		a := last[r.Number]
		past = append(past, Past{r, a.Outcome, a.Detail, a})
	}
	return past, nil
}

// Revision gives one revision.
func (w *Workflow) Revision(ctx context.Context, number int64) (store.Revision, error) {
	return w.store.RevisionByNumber(ctx, number)
}
