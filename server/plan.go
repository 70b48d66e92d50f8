package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/model"
	"holdfast/engine/preview"
	"holdfast/server/show"
)

// newPlan is the command that shows what a file would change in this kernel,
// were this node master of all of it.
func newPlan(e *env) *cobra.Command {
	var p places
	var file string
	var asJSON bool
	cmd := &cobra.Command{Use: "plan FILE", Args: files(e, 0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && file == "" {
			file = args[0]
		}
		if file == "" || len(args) == 1 && file != args[0] {
			return usage(e, "usage.file", "Command", cmd.CommandPath())
		}
		planned, err := previewFile(e, p, file, cmd.Flags().Changed("node"))
		if err != nil {
			return err
		}
		if asJSON {
			return show.Encode(e, planned)
		}
		return printPlan(e, planned)
	}}
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	cmd.Flags().StringVar(&p.node, "node", hostName(), "")
	cmd.Flags().StringVar(&p.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func previewFile(e *env, p places, file string, asked bool) (control.Planned, error) {
	text, err := readText(e, file)
	if err != nil {
		return control.Planned{}, err
	}
	warnNode(e, text, p.node, asked)
	cfg, findings := model.Parse(file, text, localFacts(p.node))
	if err := refuse(e, file, findings, "plan.refused"); err != nil {
		return control.Planned{}, err
	}
	planned, err := preview.Preview(model.Resolve(cfg), p.runDir)
	planned.Hash = model.Hash(text)
	return planned, err
}

// printPlan writes the lines where a shell can take them, and what is held back
// beside them. That there is nothing to do is said there, too.
func printPlan(e *env, planned control.Planned) error {
	for _, h := range planned.Held {
		fmt.Fprintln(e.Err, "#", e.Text("held."+h.Code, h.Args))
	}
	for _, w := range planned.Warnings {
		fmt.Fprintln(e.Err, "#", e.Text("notice."+w.Code, w.Args))
	}
	if len(planned.Lines) == 0 {
		fmt.Fprintln(e.Err, "#", e.Text(show.Zero("plan", planned), nil))
	}
	for _, line := range planned.Lines {
		if _, err := fmt.Fprintln(e.Out, line); err != nil {
			return err
		}
	}
	return nil
}
