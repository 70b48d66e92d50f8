package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/server/parent"
)

func newServe(e *env) *cobra.Command {
	var p places
	var data, listen string
	var insecure bool
	var behind behindFlags
	cmd := &cobra.Command{Use: "serve", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		socket := &consoleSocket{addr: listen}
		if socket.open(os.Getenv) && !insecure {
			return errors.New(e.Text("cli.listen-insecure", map[string]string{"listen": listen}))
		}
		if _, err := behind.proxy(e); err != nil {
			return err
		}
		if p.stateDir == "" {
			p.stateDir = filepath.Join(data, "state")
		}
		if os.Geteuid() != 0 && !cmd.Flags().Changed("run-dir") {
			p.runDir = filepath.Join(data, "run") // the usual one is root's
		}
		return serve(cmd.Context(), e, p, data, socket, behind.args())
	}}
	p.flags(cmd)
	behind.flags(cmd)
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "")
	cmd.Flags().BoolVar(&insecure, "insecure", false, "")
	return cmd
}

// serve runs the engine and the console until a signal ends it. front is what the
// web process is told of the proxy before it.
func serve(ctx context.Context, e *env, p places, data string, socket *consoleSocket, front []string) error {
	opt, lock, err := parentOptions(e, p)
	if err != nil {
		return err
	}
	defer lock.Close()
	// A port in use is perhaps that of a console whose parent just died. The
	// engine does not wait for it: the parent tries again.
	if _, err := socket.file(); err != nil && !errors.Is(err, syscall.EADDRINUSE) {
		return err
	}
	database, id, reason, err := parent.Settle(data, control.Socket(p.runDir, "vrrp"))
	if err != nil {
		return err
	}
	if reason != "" {
		opt.Log.Warn("the console runs as our own user, without capabilities: whoever takes it over can read and write what this user owns", "reason", reason)
	}
	if err := os.MkdirAll(p.stateDir, 0o700); err != nil {
		return err
	}
	args := []string{"--run-dir=" + p.runDir, "--node=" + p.node}
	web := parent.Process{Name: "web", As: id, File: socket.file, Args: slices.Concat(args, front, []string{
		"--data=" + database, "--listen=" + socket.addr, "--mark=" + parent.AccountsMark(data), fmt.Sprintf("--listen-fd=%d", parent.FirstFile), "--lang=" + e.Lang})}
	opt.Processes = append(engineProcesses(append(args, "--state-dir="+p.stateDir), p.runDir, id), web)
	beside, stop := context.WithCancel(ctx)
	var watchers sync.WaitGroup
	watchers.Go(func() { parent.KeepAccountsMark(beside, data, database, opt.Log) })
	defer watchers.Wait()
	defer stop()
	return parent.Run(ctx, opt)
}
