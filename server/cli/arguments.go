package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holdfast/engine/model"
	"holdfast/server/show"
)

// OneFile demands one FILE behind the command.
func OneFile(e *show.Env) cobra.PositionalArgs { return Files(e, 1, 1) }

// Files demands so many files behind the command.
func Files(e *show.Env, least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least && least > 1:
			return Usage(e, "usage.order", "Command", cmd.CommandPath())
		case len(args) < least && strings.Contains(cmd.Use, "SERVICE"):
			return Usage(e, "usage.service", "Command", cmd.CommandPath())
		case len(args) < least:
			return Usage(e, "usage.file", "Command", cmd.CommandPath())
		case len(args) > most:
			return Usage(e, "usage.surplus", "Command", cmd.CommandPath(), "Value", args[most])
		}
		return nil
	}
}

// NoArguments demands nothing but flags.
func NoArguments(e *show.Env) cobra.PositionalArgs { return Files(e, 0, 0) }

// Needs demands a flag, and nothing but flags.
func Needs(e *show.Env, flag string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := NoArguments(e)(cmd, args); err != nil || cmd.Flags().Changed(flag) {
			return err
		}
		return Usage(e, "usage.flag-needed", "Command", cmd.CommandPath(), "Flag", "--"+flag)
	}
}

// WrongFlag words what is wrong with a flag in the reader's language.
func WrongFlag(e *show.Env) func(*cobra.Command, error) error {
	return func(cmd *cobra.Command, err error) error {
		var none *pflag.NotExistError
		var empty *pflag.ValueRequiredError
		var bad *pflag.InvalidValueError
		switch {
		case errors.As(err, &none):
			name, short := none.GetSpecifiedName(), none.GetSpecifiedShortnames()
			if !cmd.HasParent() && (name == "t" || name == "config-test") {
				return Usage(e, "usage.flag-check", "Flag", strings.Repeat("-", min(len(name), 2))+name) // keepalived's
			}
			if short != "" {
				return Usage(e, "usage.flag", "Command", cmd.CommandPath(), "Flag", "-"+name)
			}
			var names []string
			take := func(f *pflag.Flag) { names = append(names, f.Name) }
			cmd.Flags().VisitAll(take)
			cmd.InheritedFlags().VisitAll(take)
			if like := model.Nearest(name, names); like != "" {
				return Usage(e, "usage.flag-like", "Command", cmd.CommandPath(), "Flag", "--"+name, "Like", "--"+like)
			}
			return Usage(e, "usage.flag", "Command", cmd.CommandPath(), "Flag", "--"+name)
		case errors.As(err, &empty):
			return Usage(e, "usage.flag-value", "Flag", "--"+empty.GetFlag().Name)
		case errors.As(err, &bad):
			return Usage(e, "usage.flag-bad", "Flag", "--"+bad.GetFlag().Name, "Value", bad.GetValue(), "Takes", e.Text("usage.takes."+bad.GetFlag().Value.Type(), nil))
		}
		return err
	}
}

// OneOf demands that a word behind root is one of its commands.
func OneOf(e *show.Env, root *cobra.Command) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, c := range root.Commands() {
			names = append(names, c.Name())
		}
		if like := model.Nearest(args[0], names); like != "" {
			return Usage(e, "usage.command-like", "Value", args[0], "Like", like)
		}
		return Usage(e, "usage.command", "Value", args[0])
	}
}
