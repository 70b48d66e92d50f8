package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// importPair makes one text of the files of two nodes and keeps it as the newest
// revision.
func importPair(ctx context.Context, e *env, names, nodes []string, data string, asJSON bool) error {
	sides, err := readPair(e, names, nodes, asJSON)
	if err != nil {
		return err
	}
	both, err := convert.Pair(sides[0], sides[1], facts.Reading)
	if err != nil {
		return errors.New(e.Text("pair.refused", map[string]string{"File": names[0], "Other": names[1]}))
	}
	from := filepath.Base(names[0]) + " + " + filepath.Base(names[1])
	if asJSON {
		kept, err := commit(ctx, e, []byte(both.Text), data, from)
		if err != nil {
			return err
		}
		return show.Encode(e, pairJSON{[2]string{sides[0].Node, sides[1].Node}, both.Differences, kept.number, kept.same, both.Text})
	}
	if err := printPair(e, sides, both); err != nil {
		return err
	}
	return keep(ctx, e, []byte(both.Text), data, from)
}

// pairJSON is what import FILE FILE --json prints.
type pairJSON struct {
	Nodes       [2]string            `json:"nodes"`
	Differences []convert.Difference `json:"differences"`
	Revision    int64                `json:"revision"`
	Same        bool                 `json:"same"` // the revision had this text already
	Text        string               `json:"text"`
}

// readPair reads both files, each as its node does, and refuses what has errors.
func readPair(e *env, names, nodes []string, quiet bool) (sides [2]convert.Side, err error) {
	if len(nodes) == 0 {
		nodes = []string{convert.NodeOf(names[0]), convert.NodeOf(names[1])}
	}
	if len(nodes) != 2 || !convert.DistinctNodes(nodes[0], nodes[1]) {
		return sides, usage(e, "pair.nodes", "One", strings.Join(nodes, ", "))
	}
	var refused error
	for i, name := range names {
		text, err := readText(e, name)
		if err != nil {
			return sides, err
		}
		sides[i] = convert.ReadSide(name, text, localFacts(nodes[i]))
		findings := sides[i].Findings
		if !quiet {
			if err := show.PrintFindings(e, name, findings, tally(findings)); err != nil {
				return sides, err
			}
		}
		if model.Failed(findings) {
			refused = errors.New(e.Text("import.refused", map[string]string{"File": name}))
		}
	}
	return sides, refused
}

// printPair prints the differences as a table, and what they ask for.
func printPair(e *env, sides [2]convert.Side, both convert.Joined) error {
	var b strings.Builder
	rows := [][]string{{e.Text("pair.where", nil), sides[0].Node, sides[1].Node, e.Text("pair.note", nil)}}
	for _, d := range both.Differences {
		rows = append(rows, differenceRow(e, d))
	}
	if len(both.Differences) == 0 {
		fmt.Fprintln(&b, e.Text("pair.equal", nil))
	} else {
		fmt.Fprintln(&b, e.Text("pair.differ", nil))
		terminal.Table(&b, rows)
	}
	for _, w := range both.Ineffective {
		fmt.Fprintln(&b, e.Text("pair.powerless", map[string]string{"Name": w.Name, "Instance": w.Instance,
			"Left": strconv.Itoa(w.Left), "Top": strconv.Itoa(w.Top)}))
	}
	fmt.Fprintln(&b, e.Text("pair.joined", map[string]string{"One": sides[0].Node, "Other": sides[1].Node}))
	_, err := fmt.Fprint(e.Out, b.String())
	return err
}

// differenceRow is a difference as a row of the table: where, both values, a note.
func differenceRow(e *env, d convert.Difference) []string {
	row := []string{strings.TrimPrefix(d.Block+" / "+d.Word, " / ")}
	for i, v := range d.Values {
		switch {
		case v == nil:
			row = append(row, e.Text("pair.unwritten", nil))
		case *v == convert.WholeBlock:
			row = append(row, e.Text("pair.block", map[string]string{"Place": d.Places[i].String()}))
		case *v == "":
			row = append(row, e.Text("pair.written", nil))
		default:
			row = append(row, *v)
		}
	}
	if d.Kind == convert.Setting {
		return append(row, "")
	}
	return append(row, e.Text("pair.kind."+string(d.Kind), nil))
}

// tally counts findings by their severity.
func tally(findings []model.Finding) map[model.Severity]int {
	count := map[model.Severity]int{}
	for _, f := range findings {
		count[f.Severity] += f.Times()
	}
	return count
}
