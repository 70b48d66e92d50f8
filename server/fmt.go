package main

import (
	"io"

	"github.com/spf13/cobra"

	"holdfast/engine/conf"
	"holdfast/engine/facts"
)

// newFmt is the command that prints a file in one of its forms, and keeps nothing.
func newFmt(e *env) *cobra.Command {
	var f format
	cmd := &cobra.Command{Use: "fmt FILE", Args: oneFile(e), RunE: func(cmd *cobra.Command, args []string) error {
		if err := f.check(e); err != nil {
			return err
		}
		text, err := readText(e, args[0])
		if err != nil {
			return err
		}
		asked := cmd.Flags().Changed("node")
		if asked || f.meant() {
			warnNode(e, text, f.node, asked)
		}
		if err := whole(e, args[0], text); err != nil {
			return err
		}
		out := conf.Parse(args[0], text, f.node).String()
		if asked || f.meant() {
			if out, err = f.of(e, args[0], text, facts.Reading(f.node)); err != nil {
				return err
			}
		}
		_, err = io.WriteString(e.Out, out)
		return err
	}}
	f.flags(cmd.Flags(), hostName())
	return cmd
}
