package main

import (
	"context"

	"github.com/spf13/cobra"

	"holdfast/server/show"
)

// newAdverts is the command that lists every router that is heard.
func newAdverts(e *env) *cobra.Command {
	var runDir string
	var asJSON bool
	cmd := &cobra.Command{Use: "adverts", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), askPatience)
		defer cancel()
		return show.PrintAdverts(ctx, e, runDir, asJSON)
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}
