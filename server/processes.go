package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/state"
	"holdfast/server/parent"
)

// parentOptions are what a parent is told whatever it runs. Its signals are taken
// first, and the run directory is its own until lock is closed.
func parentOptions(e *env, p places) (opt parent.Options, lock *os.File, err error) {
	opt = parent.Options{RunDir: p.runDir, StateDir: p.state(), Log: newLog(e.Err), Signals: parentSignals()}
	opt.Down = func() time.Duration { return downTime(opt.StateDir, p.node, opt.Log) }
	if err := os.MkdirAll(p.runDir, 0o755); err != nil {
		return opt, nil, err
	}
	lock, err = lockParent(e, p.runDir)
	return opt, lock, err
}

// parentSignals are the signals a parent acts on. SIGPIPE is taken so that a
// closed terminal does not end it.
func parentSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 16)
	notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	return signals
}

// lockParent takes the lock of a run directory: one parent runs there.
func lockParent(e *env, runDir string) (*os.File, error) {
	lock, err := parent.Lock(runDir)
	var running parent.RunningError
	if errors.As(err, &running) {
		err = errors.New(e.Text("cli.already-running", map[string]string{"pid": strconv.Itoa(running.PID), "dir": running.Dir}))
	}
	return lock, err
}

// downTime is how long the vrrp role may be away on the text it runs.
func downTime(stateDir, node string, log *slog.Logger) time.Duration {
	text, err := state.AppliedText(stateDir, "vrrp")
	if err != nil {
		log.Error("reading the applied text", "err", err)
	}
	cfg, _ := model.Parse("vrrp.conf", []byte(text), facts.Host(node))
	return model.ShortestDown(model.Resolve(cfg))
}

// engineProcesses are the two engine roles; reader may use their sockets. A vrrp
// role that starts anew comes behind the lvs role: an address that it takes draws
// connections, and they need the table. One that resumes has no time to lose.
func engineProcesses(args []string, runDir string, reader parent.Identity) []parent.Process {
	if reader.UID != 0 {
		args = append(args, fmt.Sprintf("--allow-uid=%d", reader.UID), fmt.Sprintf("--group=%d", reader.GID))
	}
	vrrp := parent.Process{Name: "vrrp", Args: args, RealTime: true, Engine: true}
	if _, err := os.Stat(filepath.Join(runDir, "vrrp.record")); errors.Is(err, fs.ErrNotExist) {
		vrrp.Behind = "lvs"
	}
	return []parent.Process{vrrp, {Name: "lvs", Args: args, Engine: true}}
}
