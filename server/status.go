package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/server/terminal"
)

// askPatience is how long a role has to answer.
const askPatience = 5 * time.Second

// watchEvery is how often --watch looks.
const watchEvery = time.Second

// statusFlags is what status is asked for.
type statusFlags struct {
	runDir                           string
	asJSON, stats, down, check, live bool
	name                             string
}

// newStatus is the command that shows where the roles stand; live is: again and again,
// unless a flag says otherwise.
func newStatus(e *env, name string, live bool) *cobra.Command {
	var f statusFlags
	cmd := &cobra.Command{Use: name + " [NAME]", Args: files(e, 0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		f.name = strings.Join(args, "")
		if f.stats {
			ctx, cancel := context.WithTimeout(cmd.Context(), askPatience)
			defer cancel()
			counters, err := control.Dial(control.Socket(f.runDir, "lvs")).Stats(ctx, f.name)
			return show.Stats(e, f.runDir, f.asJSON, counters, err)
		}
		if f.live || live {
			return f.watch(cmd.Context(), e)
		}
		return f.once(cmd.Context(), e)
	}}
	cmd.Flags().StringVar(&f.runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "")
	cmd.Flags().BoolVar(&f.down, "down", false, "")
	if !live {
		cmd.Flags().BoolVar(&f.stats, "stats", false, "")
		cmd.Flags().BoolVar(&f.check, "check", false, "")
		cmd.Flags().BoolVar(&f.live, "watch", false, "")
	}
	return cmd
}

// ask is the status that is asked for, and whether all of it is as it should be.
func (f statusFlags) ask(ctx context.Context, e *env) (all show.Status, fine bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	all = show.AskStatus(ctx, f.runDir)
	if f.name != "" && len(all.Silent) == 0 {
		narrow, found := show.Narrowed(all, f.name)
		if !found {
			return all, false, cli.Said(e, "status.unknown", "Name", f.name)
		}
		all = narrow
	}
	unwell := show.Unwell(all)
	if f.down || f.check {
		all = unwell
	}
	return all, show.Fine(unwell), nil
}

func (f statusFlags) once(ctx context.Context, e *env) error {
	all, fine, err := f.ask(ctx, e)
	if err != nil {
		return err
	}
	if err := f.print(e, all, fine); err != nil {
		return err
	}
	if len(all.Silent) > 0 || f.check && !fine {
		return exitError{Code: exitFailed}
	}
	return nil
}

func (f statusFlags) print(e *env, all show.Status, fine bool) error {
	if f.asJSON {
		enc := json.NewEncoder(terminal.JSON(e.Out))
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	if f.check && fine {
		_, err := fmt.Fprintln(e.Out, e.Text("status.fine", nil))
		return err
	}
	_, err := fmt.Fprint(e.Out, show.StatusText(e, all, time.Now()))
	return err
}

// clear empties a terminal and begins at its top.
const clear = "\x1b[H\x1b[2J"

// watch shows the status again and again, until Ctrl-C or until nobody reads it.
func (f statusFlags) watch(ctx context.Context, e *env) error {
	ctx, end := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer end()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	screen := terminal.Width(e.Out) > 0
	for ctx.Err() == nil {
		all, fine, err := f.ask(ctx, e)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		if screen {
			fmt.Fprint(terminal.Unwrap(e.Out), clear)
		}
		if !f.asJSON {
			fmt.Fprintln(e.Out, time.Now().Format(time.DateTime))
		}
		if err := f.print(e, all, fine); err != nil {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return nil
}
