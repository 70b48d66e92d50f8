package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holdfast/server/terminal"
)

// newRoot builds the command tree. It has no words yet: speak gives them when
// somebody asks for help, so that a role starts without reading a catalogue.
func newRoot(e *env) *cobra.Command {
	root := &cobra.Command{Use: "holdfast", SilenceErrors: true, SilenceUsage: true}
	root.SetOut(e.Out)
	root.SetErr(e.Err)
	root.CompletionOptions.DisableDefaultCmd = true
	root.PersistentFlags().String("lang", e.Lang, "")
	group(root, "service", newServe(e), newRun(e), newHandoff(e), newStatus(e), newAdverts(e), newStandby(e, "hand-over [NAME...]", 4096), newStandby(e, "maintenance [on|off]", 1), newUser(e), newVersion(e))
	group(root, "server", newOrder(e, "drain", "drain SERVICE SERVER", 2), newOrder(e, "off", "off SERVICE SERVER", 2),
		newOrder(e, "weight", "weight SERVICE SERVER N", 3), newOrder(e, "back", "back SERVICE SERVER", 2),
		newKit(e), newVerify(e))
	group(root, "text", newCheck(e), newFmt(e), newPlan(e), newSupport(e), newGenhash(e), newImport(e), newExport(e), newCard(e))
	group(root, "role", newVRRP(e), newLVS(e), newSpawn(e), newWeb(e), newMail(e))
	var sig string
	root.Flags().StringVar(&sig, "signum", "", "")
	root.Args, root.RunE = oneOf(e, root), func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("signum") {
			return signum(e, sig)
		}
		return cmd.Help()
	}
	root.SetFlagErrorFunc(wrongFlag(e))
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		target, _, err := root.Find(args)
		if err != nil {
			return err
		}
		return target.Help()
	}})
	mark(e, root)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		speak(e, root)
		root.SetHelpFunc(nil)
		if err := cmd.Help(); err != nil {
			return // the reader left
		}
	})
	return root
}

// group adds commands under a heading of the help.
func group(root *cobra.Command, id string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: id})
	for _, c := range commands {
		c.GroupID = id
		root.AddCommand(c)
	}
}

// mark marks what a command itself returns as a failure, so that every other
// error is known to be wrong usage. What is said to people keeps their terminal from
// obeying the text that it speaks of.
func mark(e *env, cmd *cobra.Command) {
	if run := cmd.RunE; run != nil && cmd.Name() != "help" {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if !writesText[cmd.Name()] {
				e.Out = terminal.Safe(e.Out)
			}
			e.Err = terminal.Safe(e.Err)
			return failed(run(cmd, args))
		}
	}
	for _, c := range cmd.Commands() {
		mark(e, c)
	}
}

// writesText are the commands that write a text for another program, byte for byte.
var writesText = map[string]bool{"export": true, "fmt": true, "card": true, "plan": true, "genhash": true, "kit": true, "serve": true, "run": true, "vrrp": true, "lvs": true, "spawn": true, "web": true, "mail": true}

// speak gives the tree its words: cli.group.NAME, cli.COMMAND.short and .long,
// cli.flag.NAME or cli.COMMAND.flag.NAME, and cli.COMMAND.example where there is one.
func speak(e *env, root *cobra.Command) {
	for _, g := range root.Groups() {
		g.Title = e.Text("cli.group."+g.ID, nil)
	}
	root.SetUsageTemplate(usageTemplate(e))
	dress(e, root, "cli")
}

func dress(e *env, cmd *cobra.Command, id string) {
	cmd.Short = e.Text(id+".short", nil)
	if long := e.Text(id+".long", nil); !strings.HasPrefix(long, "[") {
		cmd.Long = cmd.Short + "\n\n" + long
	}
	if example := e.Text(id+".example", nil); !strings.HasPrefix(example, "[") {
		cmd.Example = example
	}
	cmd.InitDefaultHelpFlag()
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Usage = e.Text(id+".flag."+f.Name, nil); strings.HasPrefix(f.Usage, "[") {
			f.Usage = e.Text("cli.flag."+f.Name, nil)
		}
	})
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
		"MORE", e.Text("cli.more", nil), "EXAMPLES", e.Text("cli.examples", nil),
	).Replace(`USAGE
  {{if and .Runnable .HasParent}}{{.UseLine}}{{else}}{{.CommandPath}} COMMAND{{end}}
{{- $cmds := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}
{{- if and .HasAvailableSubCommands (not .Groups)}}

COMMANDS{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}}  {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasExample}}

EXAMPLES
{{.Example}}{{end}}
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
