package startup

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/state"
	"holdfast/server/cli"
	"holdfast/server/show"
)

// Command is the process that runs one of the programs and ends. It ends the program when
// its standard input ends: the parent is gone, or waits no longer.
func Command(e *show.Env, log func(io.Writer) *slog.Logger) *cobra.Command {
	var stateDir, node string
	cmd := &cobra.Command{Use: "script " + Startup + "|" + Shutdown, ValidArgs: []string{Startup, Shutdown}, Args: moment(e),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := state.AppliedText(stateDir, "vrrp")
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(cmd.Context())
			defer cancel()
			go func() {
				defer cancel()
				io.Copy(io.Discard, os.Stdin)
			}()
			run(ctx, node, text, args[0], log(e.Err))
			return nil
		}}
	cmd.Flags().StringVar(&stateDir, "state-dir", "", "")
	cmd.Flags().StringVar(&node, "node", "", "")
	return cmd
}

// moment demands one of the moments.
func moment(e *show.Env) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && (args[0] == Startup || args[0] == Shutdown) {
			return nil
		}
		return cli.Usage(e, "usage.moment", "Command", cmd.CommandPath())
	}
}

// run runs the program that text names for a moment, if it names one, and logs how it ended.
func run(ctx context.Context, node, text, moment string, log *slog.Logger) {
	cfg, _, _ := model.ParseRouters("vrrp.conf", text, text, facts.Host(node))
	job, written := jobOf(model.ResolveOwn(cfg).Global, moment)
	if !written {
		return
	}
	log = log.With("word", moment+"_script", "command", strings.Join(job.Argv, " "))
	log.Info("running a program")
	r := script.Run(ctx, job)
	switch {
	case r.OK():
		log.Info("the program ended", "took", r.Took)
	case errors.Is(ctx.Err(), context.Canceled):
		log.Warn("the program was ended", "took", r.Took)
	default:
		log.Warn("the program failed; going on without it", "how", r.String(), "took", r.Took)
	}
}
