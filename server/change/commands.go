package change

import (
	"github.com/spf13/cobra"

	"holdfast/server/cli"
	"holdfast/server/show"
)

// Commands are those of this package, in the order of the help.
func Commands(e *show.Env, h Host) []*cobra.Command {
	return []*cobra.Command{newApply(e, h), newConfirm(e, h), newRevert(e, h), newHistory(e, h), newDiff(e, h), newEvents(e, h)}
}

// command makes a command that takes from least to most words.
func command(d *desk, use string, least, most int, run func(*cobra.Command, []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Args: cli.Files(d.Env, least, most), RunE: run}
}
