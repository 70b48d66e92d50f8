package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holdfast/engine/model"
)

// oneFile demands one FILE behind the command.
func oneFile(e *env) cobra.PositionalArgs { return files(e, 1, 1) }

// files demands so many files behind the command.
func files(e *env, least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least && least > 1:
			return usage(e, "usage.order", "Command", cmd.CommandPath())
		case len(args) < least && strings.Contains(cmd.Use, "SERVICE"):
			return usage(e, "usage.service", "Command", cmd.CommandPath())
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

// needs demands a flag, and nothing but flags.
func needs(e *env, flag string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := noArguments(e)(cmd, args); err != nil || cmd.Flags().Changed(flag) {
			return err
		}
		return usage(e, "usage.flag-needed", "Command", cmd.CommandPath(), "Flag", "--"+flag)
	}
}

// wrongFlag words what is wrong with a flag in the reader's language.
func wrongFlag(e *env) func(*cobra.Command, error) error {
	return func(cmd *cobra.Command, err error) error {
		var none *pflag.NotExistError
		var empty *pflag.ValueRequiredError
		var bad *pflag.InvalidValueError
		switch {
		case errors.As(err, &none):
			name, short := none.GetSpecifiedName(), none.GetSpecifiedShortnames()
			if short != "" {
				return usage(e, "usage.flag", "Command", cmd.CommandPath(), "Flag", "-"+name)
			}
			var names []string
			take := func(f *pflag.Flag) { names = append(names, f.Name) }
			cmd.Flags().VisitAll(take)
			cmd.InheritedFlags().VisitAll(take)
			if like := model.Nearest(name, names); like != "" {
				return usage(e, "usage.flag-like", "Command", cmd.CommandPath(), "Flag", "--"+name, "Like", "--"+like)
			}
			return usage(e, "usage.flag", "Command", cmd.CommandPath(), "Flag", "--"+name)
		case errors.As(err, &empty):
			return usage(e, "usage.flag-value", "Flag", "--"+empty.GetFlag().Name)
		case errors.As(err, &bad):
			return usage(e, "usage.flag-bad", "Flag", "--"+bad.GetFlag().Name, "Value", bad.GetValue(), "Takes", e.Text("usage.takes."+bad.GetFlag().Value.Type(), nil))
		}
		return err
	}
}

// oneOf demands that a word behind root is one of its commands.
func oneOf(e *env, root *cobra.Command) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, c := range root.Commands() {
			names = append(names, c.Name())
		}
		if like := model.Nearest(args[0], names); like != "" {
			return usage(e, "usage.command-like", "Value", args[0], "Like", like)
		}
		return usage(e, "usage.command", "Value", args[0])
	}
}
