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
func (d *Desk) History(ctx context.Context, before int64, limit int) ([]Past, error) {
	revisions, err := d.store.Revisions(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	// Each revision has at most a handful of lines, the newest first.
	lines, err := d.store.Applications(ctx, 1000)
	if err != nil {
		return nil, err
	}
	last := map[int64]store.Application{}
	for _, a := range lines {
		if _, newer := last[a.Revision]; !newer {
			last[a.Revision] = a
		}
	}
	past := make([]Past, 0, len(revisions))
	for _, r := range revisions {
		a := last[r.Number]
		past = append(past, Past{r, a.Outcome, a.Detail, a})
	}
	return past, nil
}

// Revision gives one revision.
func (d *Desk) Revision(ctx context.Context, number int64) (store.Revision, error) {
	return d.store.RevisionByNumber(ctx, number)
}
