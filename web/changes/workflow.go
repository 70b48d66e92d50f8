package changes

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/store"
	"holdfast/web/fault"
	"holdfast/web/live"
)

// Window is how long the roles wait for a confirmation before they go back.
const Window = 60 * time.Second

// FileName is the name a text has in findings.
const FileName = "keepalived.conf"

// Workflow takes a text from the editor to the kernel and back. It is made once for
// a node.
type Workflow struct {
	store *store.Store
	roles []role // in the order in which they are written to
	node  string
	facts func() model.Facts // of this host, to check texts against
	act   turn
	edits sync.Mutex // is held while an object of the candidate is edited
	odd   string     // which texts Settle saw last where it has to look twice; act is held
	cache *cache
}

// NewWorkflow gives the workflow of a node; facts looks at its host. The table is written
// before the addresses move, so that an address never leads to an empty table. Without a
// store, where the database cannot be opened, texts can be confirmed and reverted, and
// nothing else.
func NewWorkflow(s *store.Store, roles live.Roles, node string, facts func() model.Facts) *Workflow {
	return &Workflow{store: s, act: turn{store: s}, node: node, facts: facts, cache: newCache(), roles: []role{{"lvs", roles.LVS}, {"vrrp", roles.VRRP}}}
}

// Draft is the text in the editor.
type Draft struct {
	Text    string
	Version int    // of the candidate; 0: there is none yet
	Author  string // of the candidate
	At      time.Time
	Base    int64 // revision it was made from; 0 is none
}

// Draft is the candidate, or else the text to begin with: the running one, or
// where no role answers the newest revision.
func (w *Workflow) Draft(ctx context.Context) (Draft, error) {
	c, err := w.store.Candidate(ctx)
	if err == nil {
		return Draft{c.Text, c.Version, c.Author, c.At, c.Base}, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return Draft{}, err
	}
	running := w.Running(ctx)
	if running.Known && running.Text != "" {
		return Draft{Text: running.Text, Base: running.Revision}, nil
	}
	head, err := w.store.Head(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return Draft{}, nil
	}
	return Draft{Text: head.Text, Base: head.Number}, err
}

// Saving is an editor's order to make a text the candidate.
type Saving struct {
	Author  string
	Text    string
	Version int    // of the candidate that the editor saw; 0: there was none
	Base    string // hash of the text that the editor began with; "": that of Version
	Keep    bool   // the text that it replaces becomes a draft, also one of the author's own
	Grown   bool   // it is the text of Version with one edit: nothing of that is lost, so it becomes no draft
}

// NoBase is the base of a text that was made from nothing known here, such as a file.
const NoBase = "none"

// Save makes a text the candidate, if the candidate, or where there was none the text
// to begin with, is still the one the editor saw. A replaced text of another person becomes a draft. Faults: not-text,
// too-large, conflict, drafts-full.
func (w *Workflow) Save(ctx context.Context, s Saving) (store.Replaced, error) {
	base := int64(0)
	if old, err := w.Draft(ctx); err == nil {
		if moved(s, old) {
			return store.Replaced{}, fault.New(fault.Conflict)
		}
		base = old.Base
	}
	return w.save(ctx, s, base)
}

// moved says whether the text to begin with is another one than the editor began with,
// so that saving would undo in silence what somebody else has applied since. Where there
// is a candidate its version says so; Keep is said by those who have seen both.
func moved(s Saving, now Draft) bool {
	return s.Version == 0 && now.Version == 0 && !s.Keep && s.Base != "" && s.Base != NoBase && s.Base != model.Hash([]byte(now.Text))
}

func (w *Workflow) save(ctx context.Context, s Saving, base int64) (store.Replaced, error) {
	if err := Fits(s.Text); err != nil {
		return store.Replaced{}, err
	}
	if s.Grown {
		return w.store.GrowCandidate(ctx, s.Text, base, s.Author, s.Version)
	}
	return w.store.ReplaceCandidate(ctx, s.Text, base, s.Author, s.Version, s.Keep)
}

// Fits says why a text cannot be saved or run at all; nil is: it can. Faults: not-text,
// too-large.
func Fits(text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fault.In("text", "not-text")
	}
	if len(text) > control.MaxText {
		return fault.In("text", "too-large")
	}
	return nil
}

// Typed undoes what a browser does to the text of an edit field, whose lines it
// ends with CR LF: the ends are those of the text that was being edited.
func Typed(text, before string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.Contains(before, "\r\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// Discard throws the candidate away, if it is still the one that was seen;
// version 0 is whichever it is. Fault: conflict.
func (w *Workflow) Discard(ctx context.Context, author string, version int) error {
	c, err := w.store.Candidate(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if version != 0 && version != c.Version {
		return fault.New(fault.Conflict)
	}
	return w.store.DropCandidate(ctx, author, c.Version)
}

// Check reads text against this host and gives all that was found.
func (w *Workflow) Check(text string) (model.Config, []model.Finding) {
	return model.Parse(FileName, []byte(text), w.facts())
}
