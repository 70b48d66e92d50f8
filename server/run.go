package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"holdfast/engine/atomicfile"
	"holdfast/engine/control"
	"holdfast/engine/convert"
	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/realtime"
	"holdfast/engine/state"
	"holdfast/server/parent"
	"holdfast/server/show"
)

func newRun(e *env) *cobra.Command {
	var p places
	var file, pidFile string
	cmd := &cobra.Command{Use: "run -f FILE", Args: needs(e, "file"), RunE: func(cmd *cobra.Command, _ []string) error {
		return run(cmd.Context(), e, p, file, pidFile)
	}}
	p.flags(cmd)
	cmd.Flags().StringVarP(&file, "file", "f", "", "")
	cmd.Flags().StringVar(&pidFile, "pid-file", "", "")
	return cmd
}

// run runs the engine on one file until a signal ends it.
func run(ctx context.Context, e *env, p places, file, pidFile string) error {
	opt, lock, err := parentOptions(e, p)
	if err != nil {
		return err
	}
	defer lock.Close()
	d := &dropIn{env: e, places: p, file: file, log: opt.Log}
	d.mailer = parent.Owner(d.mailDir())
	if opt.Processes, err = d.begin(); err != nil {
		return err
	}
	opt.Reload = d.reload
	defer parent.WritePIDFile(pidFile, opt.Log)()
	return parent.Run(ctx, opt)
}

// dropIn is the run command in keepalived's place: one file, read again on SIGHUP.
type dropIn struct {
	*env
	places
	file   string
	log    *slog.Logger
	mailer parent.Identity // who the mail process runs as, who is let in at the control sockets
	rest   realtime.Rest   // after a text was read
}

// begin has both roles start from the file, and gives the processes to run. Nothing of
// the text stays in this process.
func (d *dropIn) begin() ([]parent.Process, error) {
	text, cfg, err := d.read("")
	if err != nil {
		return nil, err
	}
	if err := refuseRivals(d.env, d.runDir, func() (model.Config, error) { return cfg, nil }); err != nil {
		return nil, err
	}
	for _, role := range control.Roles {
		if err := state.SaveText(d.state(), role, text); err != nil {
			return nil, err
		}
	}
	return d.processes(cfg), nil
}

// read reads the file and says what is found in it. A text with errors is
// refused. The virtual servers are read and not kept: only the lvs role needs them.
// Those that stand in known as well, a text that was accepted before, are passed over,
// and what was found in them is not said again.
func (d *dropIn) read(known string) (string, model.Config, error) {
	defer d.rest.Later()
	b, err := readText(d.env, d.file)
	if err != nil {
		return "", model.Config{}, err
	}
	text := atomicfile.Text(b)
	cfg, _, findings := model.ParseRouters(d.file, text, known, localFacts(d.node))
	for _, f := range findings {
		d.tell(f)
	}
	if model.Failed(findings) {
		return "", cfg, errors.New(d.Text("cli.file-refused", map[string]string{"file": d.file}))
	}
	if flat := convert.Flat(d.file, b, d.node, facts.Reading); !bytes.Equal(flat, b) {
		text = atomicfile.Text(flat)
	}
	return text, model.ResolveOwn(cfg), nil
}

func (d *dropIn) tell(f model.Finding) {
	level := map[model.Severity]slog.Level{model.Error: slog.LevelError, model.Warning: slog.LevelWarn}[f.Severity] // of notes LevelInfo
	at := fmt.Sprintf("%s:%d:%d", f.Range.File, f.Range.Line, f.Range.Col)
	d.log.Log(context.Background(), level, "configuration", "at", at, "code", f.Code, "text", show.Sentence(d.env, f))
}

// processes are those that cfg needs. The engine's never change, so that a
// reload does not restart them.
func (d *dropIn) processes(cfg model.Config) []parent.Process {
	args := []string{"--run-dir=" + d.runDir, "--state-dir=" + d.state(), "--node=" + d.node}
	processes := engineProcesses(args, d.runDir, d.mailer)
	if mailed(cfg) {
		processes = append(processes, parent.Process{Name: "mail", Prepare: d.prepareMail, Args: []string{
			"--data=" + d.mailDir(), "--run-dir=" + d.runDir, "--node=" + d.node, "--lang=" + d.Lang,
		}})
	}
	return processes
}

func (d *dropIn) mailDir() string { return filepath.Join(d.runDir, "mail") }

// prepareMail makes the mail process's directory, and says who it runs as.
func (d *dropIn) prepareMail() (parent.Identity, *os.File, error) {
	if err := os.MkdirAll(d.mailDir(), 0o700); err != nil {
		return d.mailer, nil, err
	}
	id, reason := parent.WebIdentity(d.mailDir())
	if reason != "" {
		d.log.Warn(asOurselves, "process", "mail", "reason", reason)
	}
	return id, nil, id.Own(d.mailDir())
}

// mailed says whether cfg asks for mails and says where to send them.
func mailed(cfg model.Config) bool {
	return cfg.Global.SMTPServer.Written && len(cfg.Global.Emails) > 0
}

// reload reads the file again and applies it to both roles side by side. A role
// that does not answer starts from it.
func (d *dropIn) reload(ctx context.Context) ([]parent.Process, error) {
	known, err := state.AppliedText(d.state(), control.Roles[0])
	if err != nil {
		d.log.Warn("the applied text cannot be read; the file is read whole", "err", err)
	}
	text, cfg, err := d.read(known)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var tasks sync.WaitGroup
	errs := make([]error, len(control.Roles))
	for i, role := range control.Roles {
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
	if err := state.SaveText(d.state(), role, text); err != nil {
		return err
	}
	_, err = d.ask(ctx, role, text)
	return err
}

// ask asks a role to run text. silent is why there was no answer, err an answer
// that refuses.
func (d *dropIn) ask(ctx context.Context, role, text string) (silent, err error) {
	did, err := control.Dial(control.Socket(d.runDir, role)).ApplyText(ctx, text)
	for _, w := range did.Warnings {
		d.log.Warn("reload", "role", role, "code", w.Code, "text", d.Text("notice."+w.Code, w.Args))
	}
	var answer *control.Problem
	if errors.As(err, &answer) {
		return nil, fmt.Errorf("%s: %w", role, err)
	}
	return err, nil
}
