package main

import (
	"errors"
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
	cmd := &cobra.Command{Use: use, RunE: func(cmd *cobra.Command, args []string) (err error) {
		req.Virtual, req.Server, req.Within = args[0], args[1], within.Seconds()
		if words > 2 {
			if req.Weight, err = strconv.Atoi(args[2]); err != nil {
				return exitError{exitUsage, usage(e, "usage.weight", "Value", args[2])}
			}
		}
		socket := control.Socket(runDir, "lvs")
		done, err := control.Dial(socket).OrderAndWait(cmd.Context(), req, wait)
		switch {
		case control.Absent(err):
			return errors.New(e.Text("status.absent", map[string]string{"Role": "lvs", "Socket": socket}))
		case err == nil && asJSON:
			return show.Encode(e, done)
		case err == nil:
			return show.Order(e, mode, done)
		}
		return err
	}}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) < words {
			return usage(e, "usage.order", "Command", cmd.CommandPath())
		}
		return files(e, words, words)(cmd, args)
	}
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
