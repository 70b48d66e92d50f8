package main

import (
	"errors"

	"holdfast/engine/facts"
	"holdfast/engine/model"
)

// readText reads a file that the operator named. Its errors say what is wrong with
// the file and what to do.
func readText(e *env, name string) ([]byte, error) {
	text, err := facts.ReadText(name)
	var refused *facts.RefusedError
	if errors.As(err, &refused) {
		return nil, errors.New(e.Text("file."+refused.Code, map[string]string{"File": refused.File, "Like": refused.Like}))
	}
	return text, err
}

// localFacts is this host, with the files that an include names and the programs
// that commands run.
func localFacts(node string) model.Facts { return facts.Local(node) }

// consoleFacts is this host as the console sees it.
func consoleFacts(node string) model.Facts { return facts.Console(node) }
