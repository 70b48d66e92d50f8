package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// askPatience is how long a role has to answer.
const askPatience = 5 * time.Second

func newStatus(e *env) *cobra.Command {
	var runDir string
	var asJSON, stats bool
	cmd := &cobra.Command{Use: "status", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), askPatience)
		defer cancel()
		if stats {
			counters, err := control.Dial(control.Socket(runDir, "lvs")).Stats(ctx, "")
			return show.Stats(e, runDir, asJSON, counters, err)
		}
		all := show.AskStatus(ctx, runDir)
		if asJSON {
			enc := json.NewEncoder(terminal.JSON(e.Out))
			enc.SetIndent("", "  ")
			if err := enc.Encode(all); err != nil {
				return err
			}
		} else if _, err := fmt.Fprint(e.Out, show.StatusText(e, all, time.Now())); err != nil {
			return err
		}
		if len(all.Silent) > 0 {
			return exitError{code: exitFailed}
		}
		return nil
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().BoolVar(&stats, "stats", false, "")
	return cmd
}
