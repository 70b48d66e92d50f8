package change

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/engine/facts"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/web/changes"
)

func newConfirm(e *show.Env, h Host) *cobra.Command {
	return newEnding(e, h, "confirm", func(ctx context.Context, w *changes.Workflow, hash string) error {
		return w.Confirm(ctx, facts.Operator(), hash)
	})
}

func newRevert(e *show.Env, h Host) *cobra.Command {
	return newEnding(e, h, "revert", func(ctx context.Context, w *changes.Workflow, hash string) error {
		_, err := w.Revert(ctx, facts.Operator(), hash)
		return err
	})
}

// ending is what confirm and revert print as JSON.
type ending struct {
	Hash    string `json:"hash"`              // of the text that waited
	History string `json:"history,omitempty"` // why it was not written to the history
}

// newEnding is a command that ends the wait of the applied text. It needs no database:
// the roles wait, and a disk that is full or broken must not keep a change from being
// taken back.
func newEnding(e *show.Env, h Host, name string, end func(context.Context, *changes.Workflow, string) error) *cobra.Command {
	d := &desk{Host: h, Env: e}
	cmd := command(d, name+" [HASH]", 0, 1, func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		s, unopened := cli.Database(ctx, d.Env, d.Data)
		w := d.workflow(s, "")
		p, err := w.Pending(ctx)
		if err == nil && !strings.HasPrefix(p.Hash, strings.Join(args, "")) {
			err = cli.Said(e, "change.another", "Hash", short(p.Hash), "Asked", args[0])
		}
		if err == nil {
			err = end(ctx, w, p.Hash)
		}
		if s != nil {
			defer s.Close()
		}
		if err != nil {
			return d.said(err)
		}
		out := ending{Hash: p.Hash}
		if unopened != nil {
			out.History = unopened.Error()
			fmt.Fprintln(e.Err, "holdfast:", e.Text("change.no-history", map[string]string{"Reason": unopened.Error()}))
		}
		if d.json {
			return show.Encode(e, out)
		}
		_, err = fmt.Fprintln(e.Out, e.Text(name+".done", map[string]string{"Hash": short(p.Hash)}))
		return err
	})
	d.flags(cmd)
	return cmd
}
