package people

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/facts"
	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web/auth"
)

// NewToken is the command about tokens of programs.
func NewToken(e *show.Env, h Host) *cobra.Command {
	cmd := &cobra.Command{Use: "token", Args: cli.NoArguments(e), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newMake(e, h), newTokens(e, h), newRevoke(e, h))
	return cmd
}

// day is the unit of --days.
const day = 24 * time.Hour

func newMake(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	var scope string
	var days uint16
	cmd := d.command("make NAME", 1, 1, func(ctx context.Context, _ *store.Store, a *auth.Authenticator, args []string) error {
		ask := store.Token{Name: args[0], Scope: store.TokenScope(scope), Author: facts.Operator()}
		secret, _, err := a.MakeToken(ctx, ask, store.Admin, time.Duration(days)*day)
		if err != nil {
			return err
		}
		fmt.Fprintln(e.Err, e.Text("token.once", nil))
		_, err = fmt.Fprintln(e.Out, secret)
		return err
	})
	cmd.Flags().StringVar(&scope, "scope", string(store.Read), "")
	cmd.Flags().Uint16Var(&days, "days", 90, "")
	return cmd
}

// listed is a token as list prints it as JSON.
type listed struct {
	Name    string    `json:"name"`
	Begin   string    `json:"begin"`
	Scope   string    `json:"scope"`
	Author  string    `json:"author"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"`
	From    string    `json:"from,omitempty"`
}

func newTokens(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	cmd := d.command("list", 0, 0, func(ctx context.Context, s *store.Store, _ *auth.Authenticator, _ []string) error {
		tokens, err := s.ListTokens(ctx)
		if err != nil {
			return err
		}
		list, rows := make([]listed, 0, len(tokens)), [][]string{{e.Text("people.name", nil), e.Text("people.begin", nil), e.Text("people.scope-of", nil),
			e.Text("people.author", nil), e.Text("people.expires", nil), e.Text("people.used", nil)}}
		for _, t := range tokens {
			list = append(list, listed{t.Name, t.Begin, string(t.Scope), t.Author, t.Created, t.Expires, t.Used, t.From})
			expires := date(t.Expires)
			if !t.Expires.IsZero() && t.Expires.Before(time.Now()) {
				expires = e.Text("people.expired", nil)
			}
			rows = append(rows, []string{t.Name, t.Begin + "…", string(t.Scope), t.Author, expires, date(t.Used) + " " + t.From})
		}
		return d.show(list, rows)
	})
	cmd.Flags().BoolVar(&d.json, "json", false, "")
	return cmd
}

// date is a day; "-" of the zero one, which is: never.
func date(at time.Time) string {
	if at.IsZero() {
		return "-"
	}
	return at.Format(time.DateOnly)
}

func newRevoke(e *show.Env, h Host) *cobra.Command {
	d := &desk{Host: h, Env: e}
	return d.command("revoke NAME", 1, 1, func(ctx context.Context, _ *store.Store, a *auth.Authenticator, args []string) error {
		return a.RevokeNamed(ctx, facts.Operator(), args[0])
	})
}
