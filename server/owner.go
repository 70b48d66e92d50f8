package main

import (
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"

	"holdfast/engine/facts"
	"holdfast/engine/model"
	"holdfast/engine/state"
	"holdfast/engine/vrrprole"
	"holdfast/server/parent"
)

// owned is what is closed in order.
type owned []io.Closer

func (o owned) Close() (err error) {
	for _, c := range o {
		err = errors.Join(err, c.Close())
	}
	return err
}

// own makes this process the one parent of its run directory, its state directory and
// data. Nothing of theirs is written before.
func own(e *env, p places, data []string, log *slog.Logger) (io.Closer, error) {
	lock, err := parent.Lock(p.runDir)
	if err != nil {
		return nil, alreadyRunning(e, err)
	}
	dirs, notes, err := parent.Own(absolute(p.runDir), append([]string{p.runDir, p.state()}, data...)...)
	if err != nil {
		return nil, errors.Join(alreadyRunning(e, err), lock.Close())
	}
	for _, note := range notes {
		log.Warn("a directory is not locked: another parent would not be noticed", "reason", note)
	}
	return owned{dirs, lock}, nil
}

func alreadyRunning(e *env, err error) error {
	var running parent.RunningError
	if errors.As(err, &running) {
		return errors.New(e.Text("cli.already-running", map[string]string{"pid": strconv.Itoa(running.PID), "dir": running.Dir}))
	}
	return err
}

func absolute(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		return full
	}
	return dir
}

// refuseRivals refuses a configuration that names a virtual router that another
// process of this host has. read is called only if there is any.
func refuseRivals(e *env, runDir string, read func() (model.Config, error)) error {
	taken := parent.Rivals(absolute(runDir))
	if len(taken) == 0 {
		return nil
	}
	cfg, err := read()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(cfg.Instances, func(in model.Instance) bool { _, is := taken[vrrprole.ClaimOf(in)]; return is })
	if i < 0 {
		return nil
	}
	in := cfg.Instances[i]
	h := taken[vrrprole.ClaimOf(in)]
	return errors.New(e.Text("cli.router-elsewhere", map[string]string{
		"instance": in.Name, "vrid": strconv.Itoa(int(in.VRID)), "link": in.Interface, "pid": strconv.Itoa(h.PID), "dir": h.Dir,
	}))
}

// applied is the configuration that the vrrp role boots from.
func (p places) applied() (model.Config, error) {
	text, err := state.AppliedText(p.state(), "vrrp")
	cfg, _, _ := model.ParseRouters("vrrp.conf", text, text, facts.Host(p.node))
	return model.ResolveOwn(cfg), err
}
