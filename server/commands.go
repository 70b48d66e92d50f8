package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"holdfast/server/change"
	"holdfast/server/cli"
	"holdfast/server/people"
	"holdfast/server/startup"
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
	accounts := people.Host{Data: defaultData, In: os.Stdin, Where: "http://" + defaultListen}
	group(root, "service", newServe(e), newRun(e), newHandoff(e), newStatus(e, "status", false), newStatus(e, "watch", true), newAdverts(e),
		newStandby(e, "hand-over [NAME...]", 4096), newStandby(e, "maintenance [on|off]", 1), people.NewUser(e, accounts), people.NewToken(e, accounts), newVersion(e))
	group(root, "server", newOrder(e, "drain", "drain SERVICE SERVER", 2), newOrder(e, "off", "off SERVICE SERVER", 2),
		newOrder(e, "weight", "weight SERVICE SERVER N", 3), newOrder(e, "back", "back SERVICE SERVER", 2),
		newKit(e), newVerify(e))
	group(root, "change", change.Commands(e, change.Host{Data: defaultData, RunDir: defaultRunDir, ReadText: readText, Vouch: vouch})...)
	group(root, "text", newCheck(e), newFmt(e), newPlan(e), newSupport(e), newGenhash(e), newImport(e), newExport(e), newCard(e))
	group(root, "role", newVRRP(e), newLVS(e), newSpawn(e), startup.Command(e, newLog), newWeb(e), newMail(e))
	var sig string
	var version bool
	root.Flags().StringVar(&sig, "signum", "", "")
	root.Flags().BoolVarP(&version, "version", "v", false, "")
	root.Args, root.RunE = cli.OneOf(e, root), func(cmd *cobra.Command, _ []string) error {
		switch {
		case cmd.Flags().Changed("signum"):
			return signum(e, sig)
		case version:
			return printVersion(e)
		}
		return cmd.Help()
	}
	root.SetFlagErrorFunc(cli.WrongFlag(e))
	root.SetHelpCommand(&cobra.Command{Use: "help", Hidden: true, RunE: func(_ *cobra.Command, args []string) error {
		target, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 && target.HasSubCommands() {
			return errors.Join(err, cli.OneOf(e, target)(target, rest))
		}
		return target.Help()
	}})
	mark(e, root)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		if words := cmd.Flags().Args(); len(words) > 0 && cmd.HasSubCommands() { // "holdfast nonsense --help"
			root.Annotations = map[string]string{unknownCommand: cli.OneOf(e, cmd)(cmd, words).Error()}
			return
		}
		speak(e, root)
		root.SetHelpFunc(nil)
		if err := cmd.Help(); err != nil {
			return // the reader left
		}
	})
	return root
}

// unknownCommand is the annotation of the root that says what is wrong with a command that
// help was asked for: the library lets nobody fail there.
const unknownCommand = "unknown"

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
	return exitError{Code: exitFailed, Err: err}
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
