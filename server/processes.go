package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"holdfast/engine/facts"
	"holdfast/engine/lvsrole"
	"holdfast/engine/model"
	"holdfast/engine/realtime"
	"holdfast/engine/state"
	"holdfast/engine/vrrprole"
	"holdfast/server/parent"
)

// parentOptions are what a parent is told whatever it runs. Its signals are taken
// first, and its directories, data among them if there is one, are its own until lock
// is closed.
func parentOptions(e *env, p places, data ...string) (opt parent.Options, lock io.Closer, err error) {
	opt = parent.Options{RunDir: p.runDir, StateDir: p.state(), Log: newLog(e.Err), Signals: parentSignals()}
	opt.ScriptArgs = []string{"--state-dir=" + opt.StateDir, "--node=" + p.node}
	opt.Resumes = func() bool { return vrrprole.Recorded(p.runDir) || lvsrole.Recorded(p.runDir) }
	opt.Down = func() time.Duration { return downTime(opt.StateDir, p.node, opt.Log) }
	new(realtime.Rest).Later() // it reads the text once more only for a reload
	opt.Manager = parent.ManagerIn(os.Getenv, os.Getpid())
	for _, name := range parent.ManagerVariables {
		os.Unsetenv(name) // fails for a malformed name only
	}
	if err := errors.Join(os.MkdirAll(p.runDir, 0o755), os.MkdirAll(p.state(), 0o700)); err != nil {
		return opt, nil, err
	}
	lock, err = own(e, p, data, opt.Log)
	return opt, lock, err
}

// parentSignals are the signals a parent acts on. SIGPIPE is taken so that a
// closed terminal does not end it.
func parentSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 16)
	notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	return signals
}

// downTime is how long the vrrp role may be away on the text it runs.
func downTime(stateDir, node string, log *slog.Logger) time.Duration {
	text, err := state.AppliedText(stateDir, "vrrp")
	if err != nil {
		log.Error("reading the applied text", "err", err)
	}
	cfg, _, _ := model.ParseRouters("vrrp.conf", text, text, facts.Host(node))
	return model.ShortestDown(model.ResolveOwn(cfg))
}

// lvsPatience is how long the lvs role may give no sign: what it has in the kernel goes
// on without it, and a machine with much to do may keep it waiting.
const lvsPatience = time.Minute

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
	return []parent.Process{vrrp, {Name: "lvs", Args: args, Engine: true, Patience: lvsPatience}}
}
