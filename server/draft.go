package main

import (
	"bytes"
	"context"
	"errors"
	"unicode/utf8"

	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/store"
)

// draft keeps a text with errors as the text being edited, where the console shows
// each error beside its line, and gives an error that says so. A text that somebody
// edits already is never replaced.
func draft(ctx context.Context, e *env, file string, text []byte, data, node string) error {
	if len(text) >= facts.Largest { // there is more than was read
		return errors.New(e.Text("import.refused", map[string]string{"File": file}))
	}
	one, _ := convert.Inline(file, text, node, facts.Reading)
	if !utf8.Valid(one) || bytes.IndexByte(one, 0) >= 0 {
		return errors.New(e.Text("import.not-text", map[string]string{"File": file}))
	}
	who := author()
	s, err := openDatabase(ctx, data)
	if err != nil {
		return err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	now, err := s.Candidate(ctx)
	switch {
	case err == nil && now.Text != string(one):
		return errors.New(e.Text("import.edited", map[string]string{"File": file, "Author": now.Author}))
	case err == nil:
		// It is there already.
	case !errors.Is(err, store.ErrNotFound):
		return err
	default:
		if _, err := s.SaveCandidate(ctx, string(one), head.Number, who, 0); err != nil {
			return err
		}
	}
	return errors.New(e.Text("import.draft", map[string]string{"File": file}))
}
