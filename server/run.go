package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/server/parent"
)

func newRun(e *env) *cobra.Command {
	var p places
	var file string
	cmd := &cobra.Command{Use: "run -f FILE", Args: needs(e, "file"), RunE: func(cmd *cobra.Command, _ []string) error {
		return run(cmd.Context(), e, p, file)
	}}
	p.flags(cmd)
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	return cmd
}

// run runs the engine on one file until a signal ends it.
func run(ctx context.Context, e *env, p places, file string) error {
	log := newLog(e.Err)
	signals := parentSignals()
	if err := os.MkdirAll(p.runDir, 0o755); err != nil {
		return err
	}
	lock, err := lockParent(e, p.runDir)
	if err != nil {
		return err
	}
	defer lock.Close()
	d := &dropIn{env: e, places: p, file: file, log: log}
	text, cfg, err := d.read()
	if err != nil {
		return err
	}
	if err := d.prepare(); err != nil {
		return err
	}
	for _, role := range engine.RoleNames {
		if err := engine.SaveText(p.state(), role, text); err != nil {
			return err
		}
	}
	return parent.Run(ctx, parent.Options{
		RunDir: p.runDir, StateDir: p.state(), Log: log, Processes: d.processes(cfg), Signals: signals,
		Reload: d.reload, Down: func() time.Duration { return downTime(p.state(), p.node, log) },
	})
}

// parentSignals are the signals a parent acts on. SIGPIPE is taken so that a
// closed terminal does not end it.
func parentSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR2, syscall.SIGPIPE)
	return signals
}

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
	text, err := engine.AppliedText(stateDir, "vrrp")
	if err != nil {
		log.Error("reading the applied text", "err", err)
	}
	cfg, _ := model.Parse("vrrp.conf", []byte(text), engine.HostFacts(node))
	return engine.ShortestDown(model.Resolve(cfg))
}

// dropIn is the run command in keepalived's place: one file, read again on SIGHUP.
type dropIn struct {
	*env
	places
	file   string
	log    *slog.Logger
	mailer parent.Identity // who the mail process runs as
}

// read reads the file and says what is found in it. A text with errors is
// refused.
func (d *dropIn) read() (string, model.Config, error) {
	b, err := readText(d.env, d.file)
	if err != nil {
		return "", model.Config{}, err
	}
	cfg, findings := model.Parse(d.file, b, localFacts(d.node))
	for _, f := range findings {
		d.tell(f)
	}
	if model.Failed(findings) {
		return "", cfg, errors.New(d.Text("cli.file-refused", map[string]string{"file": d.file}))
	}
	return string(convert.Flat(d.file, b, d.node, facts.Reading)), model.Resolve(cfg), nil
}

func (d *dropIn) tell(f model.Finding) {
	level := slog.LevelInfo
	switch f.Severity {
	case model.Error:
		level = slog.LevelError
	case model.Warning:
		level = slog.LevelWarn
	}
	at := fmt.Sprintf("%s:%d:%d", f.Range.File, f.Range.Line, f.Range.Col)
	d.log.Log(context.Background(), level, "configuration", "at", at, "code", f.Code, "text", sentence(d.env, f))
}

// processes are those that cfg needs. The engine's never change, so that a
// reload does not restart them.
func (d *dropIn) processes(cfg model.Config) []parent.Process {
	args := []string{"--run-dir=" + d.runDir, "--state-dir=" + d.state(), "--node=" + d.node}
	processes := engineProcesses(args, d.runDir, d.mailer)
	if mailed(cfg) {
		processes = append(processes, parent.Process{Name: "mail", As: d.mailer, Args: []string{
			"--data=" + d.mailDir(), "--run-dir=" + d.runDir, "--node=" + d.node, "--lang=" + d.Lang,
		}})
	}
	return processes
}

func (d *dropIn) mailDir() string { return filepath.Join(d.runDir, "mail") }

// prepare makes the directories, and says who the mail process runs as.
func (d *dropIn) prepare() error {
	if err := errors.Join(os.MkdirAll(d.state(), 0o700), os.MkdirAll(d.mailDir(), 0o700)); err != nil {
		return err
	}
	var reason string
	if d.mailer, reason = parent.WebIdentity(d.mailDir()); reason != "" {
		d.log.Warn("the mail process runs as our own user, without capabilities: whoever takes it over can read and write what this user owns", "reason", reason)
	}
	return d.mailer.Own(d.mailDir())
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

// mailed says whether cfg asks for mails and says where to send them.
func mailed(cfg model.Config) bool {
	return cfg.Global.SMTPServer.Written && len(cfg.Global.Emails) > 0
}

// reload reads the file again and applies it to both roles side by side. A role
// that does not answer starts from it.
func (d *dropIn) reload(ctx context.Context) ([]parent.Process, error) {
	text, cfg, err := d.read()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var tasks sync.WaitGroup
	errs := make([]error, len(engine.RoleNames))
	for i, role := range engine.RoleNames {
		tasks.Go(func() { errs[i] = d.apply(ctx, role, text) })
	}
	tasks.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return d.processes(cfg), nil
}

// apply makes text the one that the role runs. One that is just starting may have
// read the text before already when the new one is saved: it is asked once more.
func (d *dropIn) apply(ctx context.Context, role, text string) error {
	silent, err := d.ask(ctx, role, text)
	if silent == nil {
		return err
	}
	d.log.Warn("the role does not answer; it starts with the new configuration", "role", role, "err", silent)
	if err := engine.SaveText(d.state(), role, text); err != nil {
		return err
	}
	_, err = d.ask(ctx, role, text)
	return err
}

// ask asks a role to run text. silent is why there was no answer, err an answer
// that refuses.
func (d *dropIn) ask(ctx context.Context, role, text string) (silent, err error) {
	_, err = control.Dial(filepath.Join(d.runDir, role+".sock")).Apply(ctx, control.ApplyRequest{Text: text})
	var answer *control.Problem
	if errors.As(err, &answer) {
		return nil, fmt.Errorf("%s: %w", role, err)
	}
	return err, nil
}
