package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

func newFmt(e *env) *cobra.Command {
	var canonical, asJSON bool
	var node string
	cmd := &cobra.Command{Use: "fmt FILE", Args: cobra.ExactArgs(1), RunE: func(_ *cobra.Command, args []string) error {
		text, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		out := conf.Parse(args[0], text, node).String()
		if canonical || asJSON {
			cfg, findings := model.Parse(args[0], text, model.Facts{Node: node, Files: includedFiles, Env: os.LookupEnv})
			if model.Failed(findings) {
				return errors.New(e.Text("fmt.refused", nil))
			}
			out = model.Print(cfg)
			if asJSON {
				form, err := model.JSON(cfg)
				if err != nil {
					return err
				}
				out = string(form)
			}
		}
		_, err = io.WriteString(e.Out, out)
		return err
	}}
	cmd.Flags().BoolVar(&canonical, "canonical", false, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringVar(&node, "node", hostName(), "")
	return cmd
}
