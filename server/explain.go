package main

import (
	"errors"
	"strconv"

	"holdfast/engine/explain"
	"holdfast/engine/model"
	"holdfast/engine/preview"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// explainFile tells of each line of a file, and of those it includes, what it became
// and what it would do in this kernel now, were this node master of everything.
func explainFile(e *env, file, node string, asked bool, runDir string, asJSON bool) error {
	defer deferGC()()
	x, err := explainedFrom(e, file, node, asked, runDir)
	if err != nil {
		return err
	}
	if asJSON {
		err = x.PrintJSON()
	} else {
		err = x.Print(terminal.Width(e.Out))
	}
	if err == nil && x.Failed {
		err = errors.New(e.Text("explain.refused", nil))
	}
	return err
}

// explainedFrom reads a file and ties its plan to its lines.
func explainedFrom(e *env, file, node string, asked bool, runDir string) (*show.Explained, error) {
	text, err := readText(e, file)
	if err != nil {
		return nil, err
	}
	in := explain.Read(file, text, localFacts(pickNode(e, text, node, asked)))
	if in.TooLong() {
		return nil, refuseLong(e, file, in.Findings)
	}
	if !in.Failed() {
		if in.Planned, err = preview.Preview(model.Resolve(in.Config), runDir); err != nil {
			return nil, err
		}
	}
	x, err := explain.Explain(in)
	return show.NewExplained(e, x), err
}

// refuseLong prints what was found in a text that is too long to be explained.
func refuseLong(e *env, file string, findings []model.Finding) error {
	if err := show.PrintFindings(e, file, findings, tally(findings)); err != nil {
		return err
	}
	return errors.New(e.Text("explain.too-long", map[string]string{"File": file, "Most": strconv.Itoa(explain.MostLines)}))
}
