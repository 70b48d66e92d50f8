package main

import (
	"github.com/spf13/cobra"
)

// oneFile demands one FILE behind the command.
func oneFile(e *env) cobra.PositionalArgs { return files(e, 1, 1) }

// files demands so many files behind the command.
func files(e *env, least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return usage(e, "usage.file", "Command", cmd.CommandPath())
		case len(args) > most:
			return usage(e, "usage.surplus", "Command", cmd.CommandPath(), "Value", args[most])
		}
		return nil
	}
}

// noArguments demands nothing but flags.
func noArguments(e *env) cobra.PositionalArgs { return files(e, 0, 0) }
