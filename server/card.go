package main

import (
	"context"

	"github.com/spf13/cobra"

	"holdfast/server/show"
)

// newCard is the command that prints what a guided setup comes to, and keeps nothing.
func newCard(e *env) *cobra.Command {
	var runDir, file, node string
	cmd := &cobra.Command{Use: "card [NAME [QUESTION=ANSWER...]]", RunE: func(cmd *cobra.Command, args []string) (err error) {
		var text []byte
		if file != "" {
			if text, err = readText(e, file); err != nil {
				return err
			}
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), askPatience)
		defer cancel()
		return show.PrintCard(ctx, e, runDir, string(text), localFacts(node), args)
	}}
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	cmd.Flags().StringVar(&node, "node", hostName(), "")
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	return cmd
}
