package main

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
)

// handOffPatience is how long a parent may take: it kills a role that does not end
// after five seconds.
const handOffPatience = 20 * time.Second

// newHandoff asks a running serve or run to end and to leave all to the next start.
func newHandoff(e *env) *cobra.Command {
	var runDir string
	cmd := &cobra.Command{Use: "handoff", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), handOffPatience)
		defer cancel()
		err := control.Dial(control.ParentSocket(runDir)).StopAndWait(ctx, control.Handoff)
		var refused *control.Problem
		switch {
		case errors.As(err, &refused) && refused.Code == control.Forbidden, errors.Is(err, fs.ErrPermission):
			return errors.New(e.Text("cli.handoff-forbidden", map[string]string{"dir": runDir}))
		case control.Absent(err):
			return errors.New(e.Text("cli.handoff-absent", map[string]string{"dir": runDir}))
		}
		return err
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	return cmd
}
