package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/model"
)

// newPlan is the command that shows what a file would change in this kernel,
// were this node master of all of it.
func newPlan(e *env) *cobra.Command {
	var p places
	var file string
	var asJSON bool
	cmd := &cobra.Command{Use: "plan -f FILE", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		planned, err := rehearse(e, p, file)
		if err != nil {
			return err
		}
		if asJSON {
			out := json.NewEncoder(e.Out)
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(planned)
		}
		return printPlan(e, planned)
	}}
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	cmd.Flags().StringVar(&p.node, "node", hostName(), "")
	cmd.Flags().StringVar(&p.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	if err := cmd.MarkFlagRequired("file"); err != nil {
		panic(err) // the flag is declared a few lines above
	}
	return cmd
}

func rehearse(e *env, p places, file string) (control.Planned, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return control.Planned{}, err
	}
	cfg, findings := model.Parse(file, text, localFacts(p.node))
	if model.Failed(findings) {
		for _, f := range findings {
			if f.Severity == model.Error {
				at := f.Range
				fmt.Fprintf(e.Err, "%s:%d:%d: %s\n", at.File, at.Line, at.Col, e.Text("finding."+f.Code, f.Args))
			}
		}
		return control.Planned{}, errors.New(e.Text("cli.file-refused", map[string]string{"file": file}))
	}
	planned, err := engine.Rehearse(model.Resolve(cfg), p.runDir)
	planned.Hash = model.Hash(text)
	return planned, err
}

// printPlan writes the lines where a shell can take them, and what is held back
// beside them. Nothing to do is no line at all.
func printPlan(e *env, planned control.Planned) error {
	for _, h := range planned.Held {
		fmt.Fprintln(e.Err, "#", e.Text("held."+h.Code, h.Args))
	}
	for _, line := range planned.Lines {
		if _, err := fmt.Fprintln(e.Out, line); err != nil {
			return err
		}
	}
	return nil
}
