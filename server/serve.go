package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"holdfast/server/parent"
)

func newServe(e *env) *cobra.Command {
	var p places
	var data, listen string
	cmd := &cobra.Command{Use: "serve", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		if p.stateDir == "" {
			p.stateDir = filepath.Join(data, "state")
		}
		if os.Geteuid() != 0 && !cmd.Flags().Changed("run-dir") {
			p.runDir = filepath.Join(data, "run") // the usual one is root's
		}
		return serve(cmd.Context(), e, p, data, listen)
	}}
	p.flags(cmd)
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "")
	return cmd
}

// serve runs the engine and the console until a signal ends it.
func serve(ctx context.Context, e *env, p places, data, listen string) error {
	log := newLog(e.Err)
	signals := parentSignals()
	if err := errors.Join(os.MkdirAll(p.runDir, 0o755), os.MkdirAll(data, 0o700)); err != nil {
		return err
	}
	lock, err := lockParent(e, p.runDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	socket := &consoleSocket{addr: listen}
	// A port in use is perhaps that of a console whose parent just died. The
	// engine does not wait for it: the parent tries again.
	if _, err := socket.file(); err != nil && !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	id, reason := parent.WebIdentity(data, filepath.Join(p.runDir, "vrrp.sock"))
	if reason == "" {
		if err := id.Own(data); err != nil {
			id, reason = parent.Identity{Confined: true}, err.Error()
		}
	}
	if reason != "" {
		log.Info("the console runs as our own user, without capabilities", "reason", reason)
	}
	if err := os.MkdirAll(p.stateDir, 0o700); err != nil {
		return err
	}
	args := []string{"--run-dir=" + p.runDir, "--node=" + p.node}
	web := parent.Process{Name: "web", As: id, File: socket.file, Args: append(args,
		"--data="+data, fmt.Sprintf("--listen-fd=%d", parent.FirstFile), "--lang="+e.Lang)}
	return parent.Run(ctx, parent.Options{
		RunDir: p.runDir, StateDir: p.stateDir, Log: log, Signals: signals,
		Processes: append(engineProcesses(append(args, "--state-dir="+p.stateDir), id), web),
		Down:      func() time.Duration { return downTime(p.stateDir, p.node, log) },
	})
}
