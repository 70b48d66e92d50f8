package main

import (
	"github.com/spf13/cobra"

	"holdfast/engine/kit"
	"holdfast/server/show"
)

// newKit is the command that prints the script for real servers.
func newKit(e *env) *cobra.Command {
	var runDir, form string
	var undo bool
	cmd := &cobra.Command{Use: "kit SERVICE [SERVER]", Args: files(e, 1, 2), RunE: func(cmd *cobra.Command, args []string) error {
		return show.PrintKit(cmd.Context(), e, runDir, args, form, undo)
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().StringVar(&form, "for", kit.Now, "")
	cmd.Flags().BoolVar(&undo, "undo", false, "")
	return cmd
}

// newVerify is the command that asks real servers whether they are ready.
func newVerify(e *env) *cobra.Command {
	var runDir string
	var asJSON bool
	cmd := &cobra.Command{Use: "verify SERVICE [SERVER]", Args: files(e, 1, 2), RunE: func(cmd *cobra.Command, args []string) error {
		all, err := show.PrintVerified(cmd.Context(), e, runDir, args, asJSON)
		if err == nil && !all {
			return exitError{Code: exitFailed}
		}
		return err
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	return cmd
}
