package people

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/server/cli"
	"holdfast/server/show"
	"holdfast/store"
	"holdfast/web/auth"
	"holdfast/web/fault"
)

// Host is what the commands are given by the program around them.
type Host struct {
	Data  string // the data directory unless a flag says so
	In    io.Reader
	Where string // the origin of the console in links, unless a flag says so
}

// desk is one run of a command.
type desk struct {
	Host
	*show.Env
	json bool
}

// command makes a command that takes from least to most words, with --data.
func (d *desk) command(use string, least, most int, run func(ctx context.Context, s *store.Store, a *auth.Authenticator, args []string) error) *cobra.Command {
	cmd := &cobra.Command{Use: use, Args: cli.Files(d.Env, least, most), RunE: func(cmd *cobra.Command, args []string) error {
		s, err := cli.Database(cmd.Context(), d.Env, d.Data)
		if err != nil {
			return err
		}
		return d.said(errors.Join(run(cmd.Context(), s, auth.New(s), args), s.Close()))
	}}
	cmd.Flags().StringVar(&d.Data, "data", d.Data, "")
	return cmd
}

// said words what the console's functions refuse.
func (d *desk) said(err error) error {
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	switch f.Code {
	case fault.Internal:
		return err
	case "choice":
		return cli.Said(d.Env, "people."+f.Field)
	}
	return errors.New(d.Text(f.Sentence(), f.Args))
}

// password is the first line of the standard input, without its end.
func (d *desk) password() (string, error) {
	line, err := bufio.NewReader(io.LimitReader(d.In, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
