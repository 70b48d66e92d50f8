package imports

import (
	"context"
	"time"

	"holdfast/engine/model"
	"holdfast/web/changes"
	"holdfast/web/live"
)

// Importer explains texts and joins the files of a pair. It is made once for a node.
type Importer struct {
	Drafts

	workflow *changes.Workflow
	watch    *live.Watch
	node     string
	facts    func() model.Facts // of this host, to check texts against
	turn     chan struct{}      // holds one while a text is read: a large one takes memory
}

// New gives the importer of a node; facts looks at its host.
func New(w *changes.Workflow, watch *live.Watch, node string, facts func() model.Facts) *Importer {
	return &Importer{workflow: w, watch: watch, node: node, facts: facts, turn: make(chan struct{}, 1)}
}

// enter waits until no other text is read. The caller must call leave unless there
// is an error, which is that of ctx.
func (im *Importer) enter(ctx context.Context) (leave func(), err error) {
	select {
	case im.turn <- struct{}{}:
		return func() { <-im.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// now is when a text was looked at, to the second, as pages show it.
func now() time.Time { return time.Now().Truncate(time.Second) }
