package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/server/parent"
	"holdfast/server/people"
	"holdfast/store"
	"holdfast/web"
)

// newUser is the command for an operator who has the host and not the password.
func newUser(e *env) *cobra.Command {
	cmd := &cobra.Command{Use: "user", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(people.UserCommands(e, peopleHost())...)
	cmd.AddCommand(newUserReset(e))
	return cmd
}

// peopleHost is what the commands about accounts and tokens are given.
func peopleHost() people.Host {
	return people.Host{Data: defaultData, In: os.Stdin, Where: "http://" + defaultListen}
}

func newUserReset(e *env) *cobra.Command {
	var data, at string
	cmd := &cobra.Command{Use: "reset [NAME]", Args: files(e, 0, 1), RunE: func(cmd *cobra.Command, args []string) error {
		return resetUser(cmd.Context(), e, parent.DatabaseDir(data), strings.Join(args, ""), strings.TrimSuffix(at, "/"))
	}}
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&at, "at", "http://"+defaultListen, "")
	return cmd
}

// resetUser prints a one-time link for a new password of the account name; "" is
// the only account. Where there is none yet, the link makes the first one. Waits
// after failed log-ins end at once.
func resetUser(ctx context.Context, e *env, dir, name, at string) (err error) {
	if _, err := os.Stat(filepath.Join(dir, "config.db")); err != nil {
		return fmt.Errorf("%s: %w", e.Text("user.no-database", map[string]string{"Dir": dir}), err)
	}
	s, err := store.Open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	user, token, names, err := web.ResetUser(ctx, s, name, author())
	there := map[string]string{"Name": name, "Names": strings.Join(names, ", ")}
	switch {
	case errors.Is(err, web.ErrWhich):
		return errors.New(e.Text("user.which", there))
	case errors.Is(err, web.ErrNoAccount):
		return errors.New(e.Text("user.none", there))
	case err != nil:
		return err
	}
	id := "user.reset"
	if user.ID == store.FirstAccount {
		id = "user.first"
	}
	_, err = fmt.Fprintf(e.Out, "%s\n  %s\n", e.Text(id, map[string]string{"Name": user.Name}), web.SetupLink(at, token))
	return err
}
