package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/show"
)

func newImport(e *env) *cobra.Command {
	var data, node, runDir string
	var explained, asJSON bool
	var nodes []string
	cmd := &cobra.Command{Use: "import FILE [FILE]", Args: files(e, 1, 2), RunE: func(cmd *cobra.Command, args []string) error {
		switch {
		case explained && len(args) == 1:
			return explainFile(e, args[0], node, cmd.Flags().Changed("node"), runDir, asJSON)
		case explained:
			return usage(e, "explain.one-file")
		case len(args) == 2:
			return importPair(cmd.Context(), e, args, nodes, data, asJSON)
		}
		return importFile(cmd.Context(), e, args[0], data, node, cmd.Flags().Changed("node"), asJSON)
	}}
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&node, "node", hostName(), "")
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&explained, "explain", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringSliceVar(&nodes, "nodes", nil, "")
	return cmd
}

// importFile makes a file the newest revision, byte for byte (in one piece, if it
// includes others). One with errors cannot become a revision: it becomes the text
// being edited. It applies nothing: that is the operator's next step, in the console.
func importFile(ctx context.Context, e *env, file, data, node string, asked, asJSON bool) error {
	text, err := readText(e, file)
	if err != nil {
		return err
	}
	node = pickNode(e, text, node, asked)
	_, findings := model.Parse(file, text, localFacts(node))
	if asJSON {
		return importJSON(ctx, e, file, text, findings, data, node)
	}
	if err := show.PrintFindings(e, file, findings, tally(findings)); err != nil {
		return err
	}
	if model.Failed(findings) {
		return draft(ctx, e, file, text, data, node)
	}
	if one, carried := convert.Inline(file, text, node, facts.Reading); carried {
		text = one
		fmt.Fprintln(e.Out, e.Text("import.flat", map[string]string{"Node": node}))
	} else if !bytes.Equal(one, text) {
		text = one
		fmt.Fprintln(e.Out, e.Text("import.inlined", nil))
	}
	return keep(ctx, e, text, data, filepath.Base(file))
}

// importedJSON is what import --json prints.
type importedJSON struct {
	File     string           `json:"file"`
	Findings []show.FoundJSON `json:"findings"`
	Revision int64            `json:"revision,omitempty"` // 0: with errors, it is the text being edited
	Same     bool             `json:"same"`               // the revision had this text already
}

func importJSON(ctx context.Context, e *env, file string, text []byte, findings []model.Finding, data, node string) error {
	out := importedJSON{File: file, Findings: show.FoundOf(e, findings)}
	if model.Failed(findings) {
		if err := show.Encode(e, out); err != nil {
			return err
		}
		return draft(ctx, e, file, text, data, node)
	}
	one, _ := convert.Inline(file, text, node, facts.Reading)
	kept, err := commit(ctx, e, one, data, filepath.Base(file))
	if err != nil {
		return err
	}
	out.Revision, out.Same = kept.number, kept.same
	return show.Encode(e, out)
}
