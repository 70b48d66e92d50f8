package api

import (
	"context"
	"time"

	"holdfast/web/changes"
)

// meanwhile is what somebody else made of a text that was edited, beside what the
// sender made of it.
type meanwhile struct {
	BaseHash  string     `json:"base_hash" doc:"Of the text that both began with; empty: it is kept no longer, and all of both is one conflict"`
	Theirs    theirs     `json:"theirs"`
	Merged    *string    `json:"merged,omitempty" doc:"Both changes in one text; missing where both changed the same lines"`
	Conflicts []conflict `json:"conflicts" doc:"Places that both changed, each in its own way; nothing is chosen"`
}

// theirs is the text that is saved.
type theirs struct {
	Text    string    `json:"text"`
	Hash    string    `json:"hash"`
	Version int       `json:"version" doc:"To be sent with the text that is to take its place; 0: the candidate was applied or discarded, and this is what runs"`
	Author  string    `json:"author,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// conflict is one place that both changed.
type conflict struct {
	Line   int    `json:"line" doc:"Of the base, from 1"`
	Base   string `json:"base" doc:"The lines as they were"`
	Theirs string `json:"theirs"`
	Yours  string `json:"yours"`
}

// meanwhile adds to the problem of an order to save what is needed to go on.
func (r *routes) meanwhile(ctx context.Context, s changes.Saving, err error) error {
	m, readErr := r.Workflow.Meanwhile(ctx, s)
	if readErr != nil {
		return readErr
	}
	out := problemOf(langOf(ctx), err)
	out.Meanwhile = &meanwhile{
		BaseHash: m.BaseHash, Conflicts: []conflict{},
		Theirs: theirs{Text: m.Theirs.Text, Hash: m.TheirsHash, Version: m.Theirs.Version, Author: m.Theirs.Author, At: m.Theirs.At},
	}
	for _, c := range m.Merge.Conflicts() {
		out.Meanwhile.Conflicts = append(out.Meanwhile.Conflicts, conflict{c.Line, c.Base, c.Theirs, c.Mine})
	}
	if m.Conflicts == 0 {
		out.Meanwhile.Merged = &m.Whole
	}
	return out
}
