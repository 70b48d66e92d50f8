package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/server/show"
)

// newAdverts is the command that lists every router that is heard.
func newAdverts(e *env) *cobra.Command {
	var runDir string
	var asJSON bool
	cmd := &cobra.Command{Use: "adverts", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		ctx, cancel := context.WithTimeout(cmd.Context(), askPatience)
		defer cancel()
		socket := control.Socket(runDir, "vrrp")
		heard, err := control.Dial(socket).Adverts(ctx)
		if control.Absent(err) {
			return errors.New(e.Text("status.absent", map[string]string{"Role": "vrrp", "Socket": socket}))
		}
		if err != nil {
			return err
		}
		if asJSON {
			return show.Encode(e, heard)
		}
		_, err = fmt.Fprint(e.Out, show.AdvertsText(e, heard))
		return err
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}
