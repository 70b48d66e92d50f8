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
		asked := cmd.Flags().Changed("node")
		planned, text, err := previewFile(e, p, file, asked)
		if err != nil {
			return err
		}
		if !asked { // what is heard here says nothing of another node
			if err := show.Foretell(cmd.Context(), askPatience, p.runDir, text, &planned); err != nil && !control.Absent(err) {
				fmt.Fprintln(e.Err, "#", e.Text("plan.unheard", map[string]string{"reason": err.Error()}))
			}
		}
		if asJSON {
			return show.Encode(e, planned)
		}
		return show.PrintPlan(e, planned)
	}}
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	cmd.Flags().StringVar(&p.node, "node", hostName(), "")
	cmd.Flags().StringVar(&p.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}

func previewFile(e *env, p places, file string, asked bool) (control.Planned, []byte, error) {
	text, err := readText(e, file)
	if err != nil {
		return control.Planned{}, nil, err
	}
	warnNode(e, text, p.node, asked)
	cfg, findings := model.Parse(file, text, localFacts(p.node))
	if err := refuse(e, file, findings, "plan.refused"); err != nil {
		return control.Planned{}, nil, err
	}
	planned, err := preview.Preview(model.Resolve(cfg), p.runDir)
	planned.Hash = model.Hash(text)
	return planned, text, err
}
