package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newRoot builds the whole command tree, with its words in e's language.
func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{Use: "holdfast", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().String("lang", e.Lang, "")
	group(e, root, "service", newServe(e), newRun(e), newStatus(e), newVersion(e))
	group(e, root, "text", newCheck(e), newFmt(e), newPlan(e), newGenhash(e), newImport(e), newExport(e))
	group(e, root, "text", newCheck(e), newFmt(e), newPlan(e), newGenhash(e), newImport(e), newExport(e))
	group(e, root, "role", newVRRP(e), newLVS(e), newWeb(e), newMail(e))
	root.SetUsageTemplate(usageTemplate(e))
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(cmd *cobra.Command, args []string) error {
		target, _, err := root.Find(args)
		if err != nil {
			return err
		}
		return target.Help()
	}})
	dress(e, root, "cli")
	return root
}

// group adds commands under a heading of the help.
func group(e *env, root *cobra.Command, id string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: id, Title: e.Text("cli.group."+id, nil)})
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
	}
}

// dress gives a command and all below it their words (cli.NAME.short, .long;
// cli.flag.NAME) and marks what a command itself returns as a failure, so that
// every other error is known to be wrong usage.
func dress(e *env, cmd *cobra.Command, id string) {
	cmd.Short = e.Text(id+".short", nil)
	if long := e.Text(id+".long", nil); !strings.HasPrefix(long, "[") {
		cmd.Long = cmd.Short + "\n\n" + long
	}
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { f.Usage = e.Text("cli.flag."+f.Name, nil) })
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error { return failed(run(cmd, args)) }
	}
	for _, c := range cmd.Commands() {
		if c.Name() != "help" {
			dress(e, c, id+"."+c.Name())
		}
	}
}

func failed(err error) error {
	var exit exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return exitError{code: exitFailed, err: err}
}

func usageTemplate(e *env) string {
	return strings.NewReplacer(
		"USAGE", e.Text("cli.usage", nil), "FLAGS", e.Text("cli.flags", nil),
		"GLOBAL", e.Text("cli.flags-global", nil), "COMMANDS", e.Text("cli.commands", nil),
		"MORE", e.Text("cli.more", nil),
	).Replace(`USAGE
  {{if .Runnable}}{{.UseLine}}{{else}}{{.CommandPath}} COMMAND{{end}}
{{- $cmds := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}
{{- if and .HasAvailableSubCommands (not .Groups)}}

COMMANDS{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasAvailableLocalFlags}}

FLAGS
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
{{- if .HasAvailableInheritedFlags}}

GLOBAL
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
{{- if .HasAvailableSubCommands}}

MORE{{end}}
`)
}
