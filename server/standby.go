package main

import (
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/facts"
	"holdfast/server/show"
)

// newStandby is a command about who holds the addresses: hand-over or maintenance.
func newStandby(e *env, use string, most int) *cobra.Command {
	var ask show.StandbyQuestion
	cmd := &cobra.Command{Use: use, Args: files(e, 0, most)}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var wrong string
		if ask.Request, wrong = ask.Read(cmd.Name(), args); wrong != "" {
			return usage(e, wrong, "Command", cmd.CommandPath())
		}
		return ask.Put(cmd.Context(), e)
	}
	f := cmd.Flags()
	f.StringVar(&ask.RunDir, "run-dir", defaultRunDir, "")
	f.BoolVar(&ask.JSON, "json", false, "")
	f.StringVar(&ask.Request.Reason, "reason", "", "")
	f.StringVar(&ask.Request.Owner, "owner", facts.Operator(), "")
	f.BoolVar(&ask.Request.Preview, "dry-run", false, "")
	f.DurationVar(&ask.Wait, "patience", 30*time.Second, "")
	if cmd.Name() == control.HandOver {
		f.BoolVar(&ask.All, "all", false, "")
		f.BoolVar(&ask.Back, "back", false, "")
		f.BoolVar(&ask.Request.Force, "force", false, "")
		f.DurationVar(&ask.For, "for", 0, "")
	}
	return cmd
}
