package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"holdfast/engine/control"
	"holdfast/engine/policy"
	"holdfast/server/parent"
	"holdfast/server/unixsocket"
)

func newServe(e *env) *cobra.Command {
	var p places
	var data, listen, pidFile string
	var insecure bool
	var programs policy.Policy
	var behind behindFlags
	cmd := &cobra.Command{Use: "serve", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		if err := unixsocket.WellFormed(listen); err != nil {
			return usage(e, "usage.flag-bad", "Flag", "--listen", "Value", listen, "Takes", e.Text("usage.takes.listen", map[string]string{"Default": defaultListen}), "Like", listenLike(listen))
		}
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
		return serve(cmd.Context(), e, p, data, pidFile, socket, programs, behind.args())
	}}
	p.flags(cmd)
	programFlags(cmd, &programs)
	behind.flags(cmd)
	cmd.Flags().StringVar(&data, "data", defaultData, "")
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "")
	cmd.Flags().StringVar(&pidFile, "pid-file", "", "")
	cmd.Flags().BoolVar(&insecure, "insecure", false, "")
	return cmd
}

// serve runs the engine and the console until a signal ends it. front is what the web
// process is told of the proxy before it. Nothing that only the console needs is
// touched before the engine runs: the parent prepares it beside its loop, again and
// again if need be.
func serve(ctx context.Context, e *env, p places, data, pidFile string, socket *consoleSocket, programs policy.Policy, front []string) error {
	opt, lock, err := parentOptions(e, p, data)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := refuseRivals(e, p.runDir, p.applied); err != nil {
		return err
	}
	socket.adopt()
	owner := parent.Owner(data)
	args := []string{"--run-dir=" + p.runDir, "--node=" + p.node}
	database := filepath.Join(data, parent.DatabaseName)
	web := parent.Process{Name: "web", Prepare: func() (parent.Identity, *os.File, error) {
		return prepareConsole(data, owner, socket, control.Socket(p.runDir, "vrrp"), opt.Log)
	}, Args: slices.Concat(args, front, []string{
		"--data=" + database, "--listen=" + socket.addr, "--mark=" + parent.AccountsMark(data), fmt.Sprintf("--listen-fd=%d", parent.FirstFile), "--lang=" + e.Lang})}
	opt.Processes = append(engineProcesses(slices.Concat(args, []string{"--state-dir=" + p.stateDir}, programArgs(programs)), p.runDir, owner), web)
	defer parent.WritePIDFile(pidFile, opt.Log)()
	beside, stop := context.WithCancel(ctx)
	defer stop()
	go parent.KeepAccountsMark(beside, data, database, opt.Log) // nobody waits: its directory may hang
	return parent.Run(ctx, opt)
}

// prepareConsole makes the console's directory and opens its socket.
func prepareConsole(data string, owner parent.Identity, socket *consoleSocket, control string, log *slog.Logger) (parent.Identity, *os.File, error) {
	id, reason, err := parent.Settle(data, owner, control)
	if err != nil {
		return id, nil, err
	}
	f, err := socket.file()
	if err != nil {
		return id, nil, err
	}
	if reason != "" {
		log.Warn(asOurselves, "process", "web", "reason", reason)
	}
	return id, f, nil
}

// asOurselves is what the log says of a process that reads the engine and cannot
// have a user of its own.
const asOurselves = "the process runs as our own user, without capabilities: whoever takes it over can read and write what this user owns"
