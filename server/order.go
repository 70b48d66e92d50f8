package main

import (
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/facts"
	"holdfast/server/show"
)

// newOrder is a command that gives an order about one real server. Words stand behind it.
func newOrder(e *env, mode, use string, words int) *cobra.Command {
	var runDir string
	var asJSON, wait bool
	var within time.Duration
	req := control.OrderRequest{Mode: mode}
	cmd := &cobra.Command{Use: use, Args: files(e, words, words), RunE: func(cmd *cobra.Command, args []string) (err error) {
		req.Virtual, req.Server, req.Within = args[0], args[1], within.Seconds()
		if words > 2 {
			if req.Weight, err = strconv.Atoi(args[2]); err != nil {
				return exitError{Code: exitUsage, Err: usage(e, "usage.weight", "Value", args[2])}
			}
		}
		done, err := control.Dial(control.Socket(runDir, "lvs")).OrderAndWait(cmd.Context(), req, wait)
		return show.Ordered(e, runDir, mode, asJSON, done, err)
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringVar(&req.Reason, "reason", "", "")
	cmd.Flags().StringVar(&req.Owner, "owner", facts.Operator(), "")
	if mode == "drain" {
		cmd.Flags().StringVar(&req.Until, "until", "active", "")
		cmd.Flags().DurationVar(&within, "within", 0, "")
		cmd.Flags().BoolVar(&wait, "wait", false, "")
	}
	return cmd
}
