package people

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/facts"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/server/terminal"
	"holdfast/store"
	"holdfast/web/auth"
)

// NewUser is the command about accounts.
func NewUser(e *show.Env, h Host) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Args: cli.NoArguments(e), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newList(e, h), newAdd(e, h), newPassword(e, h), newReset(e, h), newRole(e, h), newFactorOff(e, h), newRemove(e, h))
	return cmd
}

// account is a user as list prints it as JSON.
type account struct {
	Name         string    `json:"name"`
	Role         string    `json:"role"`
	Created      time.Time `json:"created"`
	SecondFactor bool      `json:"second_factor"`
}

func newList(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	cmd := d.command("list", 0, 0, func(ctx context.Context, s *store.Store, _ *auth.Authenticator, _ []string) error {
		users, err := s.ListUsers(ctx)
		if err != nil {
			return err
		}
		list, rows := make([]account, 0, len(users)), [][]string{{e.Text("people.name", nil), e.Text("people.role-of", nil), e.Text("people.factor", nil), e.Text("people.created", nil)}}
		for _, u := range users {
			list = append(list, account{u.Name, string(u.Role), u.CreatedAt, u.Factor != ""})
			rows = append(rows, []string{u.Name, string(u.Role), e.Text(fmt.Sprint("people.factor-", u.Factor != ""), nil), u.CreatedAt.Format(time.DateOnly)})
		}
		return d.show(list, rows)
	})
	cmd.Flags().BoolVar(&d.json, "json", false, "")
	return cmd
}

// show prints a list: rows for people, the first one their titles.
func (d *desk) show(list any, rows [][]string) error {
	if d.json {
		return show.Encode(d.Env, list)
	}
	var b strings.Builder
	terminal.Table(&b, rows)
	_, err := fmt.Fprint(d.Out, b.String())
	return err
}

func newAdd(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	var role string
	var stdin bool
	cmd := d.command("add NAME", 1, 1, func(ctx context.Context, s *store.Store, a *auth.Authenticator, args []string) (err error) {
		password := rand.Text() // nobody knows it: the link makes another one
		if stdin {
			if password, err = d.password(); err != nil {
				return err
			}
		}
		user, err := a.AddUser(ctx, facts.Operator(), args[0], password, store.Role(role))
		if err != nil || stdin {
			return err
		}
		token, err := s.IssueSetupToken(ctx, user.ID, store.SetupTTL)
		if err != nil {
			return err
		}
		return d.link("user.reset", user.Name, token)
	})
	cmd.Flags().StringVar(&role, "role", string(store.Viewer), "")
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "")
	cmd.Flags().StringVar(&d.Where, "at", d.Where, "")
	return cmd
}

func newPassword(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	return d.command("password NAME", 1, 1, func(ctx context.Context, _ *store.Store, a *auth.Authenticator, args []string) error {
		password, err := d.password()
		if err != nil {
			return err
		}
		return a.SetPasswordOf(ctx, facts.Operator(), args[0], password)
	})
}

func newRole(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	return d.command("role NAME ROLE", 2, 2, func(ctx context.Context, _ *store.Store, a *auth.Authenticator, args []string) error {
		_, err := a.SetRole(ctx, facts.Operator(), args[0], store.Role(args[1]))
		return err
	})
}

func newFactorOff(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	return d.command("factor-off NAME", 1, 1, func(ctx context.Context, s *store.Store, a *auth.Authenticator, args []string) error {
		user, err := a.User(ctx, args[0])
		if err != nil {
			return err
		}
		return s.DropFactor(ctx, user.ID, facts.Operator())
	})
}

func newRemove(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	return d.command("remove NAME", 1, 1, func(ctx context.Context, _ *store.Store, a *auth.Authenticator, args []string) error {
		return a.RemoveUser(ctx, facts.Operator(), args[0])
	})
}
