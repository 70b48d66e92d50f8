package people

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/engine/facts"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web"
	"holdfast/web/auth"
)

// newReset prints a one-time link for a new password of an account, or of the only one.
// Where there is none yet, the link makes the first one. Waits after failed log-ins end at
// once.
func newReset(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	cmd := d.command("reset [NAME]", 0, 1, func(ctx context.Context, s *store.Store, _ *auth.Authenticator, args []string) error {
		name := strings.Join(args, "")
		user, token, names, err := web.ResetUser(ctx, s, name, facts.Operator())
		switch {
		case errors.Is(err, web.ErrWhich):
			return cli.Said(e, "user.which", "Names", strings.Join(names, ", "))
		case errors.Is(err, web.ErrNoAccount):
			return cli.Said(e, "user.none", "Name", name, "Names", strings.Join(names, ", "))
		case err != nil:
			return err
		}
		id := "user.reset"
		if user.ID == store.FirstAccount {
			id = "user.first"
		}
		return d.link(id, user.Name, token)
	})
	cmd.Flags().StringVar(&d.Where, "at", d.Where, "")
	return cmd
}

// link prints the setup link of a token below the sentence with this id.
func (d *desk) link(id, name, token string) error {
	_, err := fmt.Fprintf(d.Out, "%s\n  %s\n", d.Text(id, map[string]string{"Name": name}), auth.Link(strings.TrimSuffix(d.Where, "/"), token))
	return err
}
