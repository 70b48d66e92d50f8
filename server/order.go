package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/server/show"
)

// orderPatience is how long the kernel may take to be told.
const orderPatience = 30 * time.Second

// newOrder is a command that gives an order about one real server: drain, off, weight, back.
func newOrder(e *env, mode, use string) *cobra.Command {
	var runDir string
	var asJSON, wait bool
	var within time.Duration
	req := control.OrderRequest{Mode: mode}
	words := 2
	if mode == "weight" {
		words = 3
	}
	cmd := &cobra.Command{Use: use, RunE: func(cmd *cobra.Command, args []string) (err error) {
		req.Virtual, req.Server, req.Within = args[0], args[1], within.Seconds()
		if mode == "weight" {
			if req.Weight, err = strconv.Atoi(args[2]); err != nil {
				return exitError{exitUsage, usage(e, "usage.weight", "Value", args[2])}
			}
		}
		lvs := control.Dial(control.Socket(runDir, "lvs"))
		ctx, cancel := context.WithTimeout(cmd.Context(), orderPatience)
		defer cancel()
		done, err := lvs.Order(ctx, req)
		for wait && err == nil && done.Server.State == "DRAINING" {
			done, err = lvs.AwaitDrain(cmd.Context(), done.Virtual, done.Server.Name, time.Minute)
		}
		switch {
		case control.Absent(err):
			return errors.New(e.Text("status.absent", map[string]string{"Role": "lvs", "Socket": control.Socket(runDir, "lvs")}))
		case err != nil:
			return err
		case asJSON:
			return show.Encode(e, done)
		}
		return show.Order(e, mode, done)
	}}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) < words {
			return usage(e, "usage.order", "Command", cmd.CommandPath())
		}
		return files(e, words, words)(cmd, args)
	}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	cmd.Flags().BoolVar(&asJSON, "json", false, "")
	cmd.Flags().StringVar(&req.Reason, "reason", "", "")
	cmd.Flags().StringVar(&req.Owner, "owner", operator(), "")
	if mode == "drain" {
		cmd.Flags().StringVar(&req.Until, "until", "active", "")
		cmd.Flags().DurationVar(&within, "within", 0, "")
		cmd.Flags().BoolVar(&wait, "wait", false, "")
	}
	return cmd
}

// operator is who types: the user behind sudo, else the user of the process.
func operator() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}
