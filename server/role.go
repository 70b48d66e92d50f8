package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/lvsrole"
	"holdfast/engine/policy"
	"holdfast/engine/state"
	"holdfast/engine/vrrprole"
	"holdfast/server/lossy"
)

// newVRRP is the process of the vrrp role.
func newVRRP(e *env) *cobra.Command {
	return newRole(e, "vrrp", func() engine.Role { return vrrprole.New(vrrprole.Options{}) })
}

// newLVS is the process of the lvs role.
func newLVS(e *env) *cobra.Command {
	return newRole(e, "lvs", func() engine.Role { return lvsrole.New(lvsrole.Options{}) })
}

// roleFlags is what a parent tells a role.
type roleFlags struct {
	places
	lifeline, ready int
	spawner         int
	allow           []uint
	group           int
	programs        policy.Policy
}

func newRole(e *env, name string, role func() engine.Role) *cobra.Command {
	var f roleFlags
	cmd := &cobra.Command{Use: name, Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		return runRole(cmd.Context(), e, role(), f)
	}}
	f.places.flags(cmd)
	cmd.Flags().IntVar(&f.lifeline, "lifeline", 0, "")
	cmd.Flags().IntVar(&f.ready, "ready", 0, "")
	cmd.Flags().IntVar(&f.spawner, "spawner", 0, "")
	cmd.Flags().UintSliceVar(&f.allow, "allow-uid", nil, "")
	cmd.Flags().IntVar(&f.group, "group", 0, "")
	programFlags(cmd, &f.programs)
	cmd.AddCommand(newRelease(e, name))
	return cmd
}

func runRole(ctx context.Context, e *env, role engine.Role, f roleFlags) error {
	stop, dump, end := roleSignals()
	defer end()
	out := lossy.New(e.Err)
	defer out.Close()
	opt := engine.Options{
		Node: f.node, RunDir: f.runDir, StateDir: f.state(), Version: e.Version, Log: newLog(out),
		Lifeline: inherited(f.lifeline, "lifeline"), Ready: inherited(f.ready, "ready"), Group: f.group, Stop: stop, Dump: dump, Programs: f.programs,
	}
	var err error
	if opt.Spawner, err = connection(f.spawner); err != nil {
		return err
	}
	for _, uid := range f.allow {
		opt.Allow = append(opt.Allow, uint32(uid))
	}
	return engine.Serve(ctx, role, opt)
}

// roleSignals turns signals into an end and into requests for reports, until end is
// called. None of them hands off: the parent asks for that over the lifeline. The
// terminal's and the pipe's signals are taken and mean nothing: a role outlives both.
// They are not ignored, since programs that the role starts would inherit that.
func roleSignals() (stop <-chan control.StopMode, dump <-chan control.Dump, end func()) {
	signals, modes := make(chan os.Signal, 16), make(chan control.StopMode, 1)
	dumps := make(chan control.Dump, 4) // as many as there are reports
	notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for sig := range signals {
			if d, ok := reportOf(sig); ok {
				select {
				case dumps <- d:
				default: // so many wait already that one of them is the same or comes soon after
				}
				continue
			}
			if sig == syscall.SIGHUP || sig == syscall.SIGPIPE {
				continue
			}
			select {
			case modes <- control.Release:
			default: // it was told already
			}
		}
	}()
	return modes, dumps, func() {
		signal.Stop(signals)
		close(signals)
	}
}

func newRelease(e *env, name string) *cobra.Command {
	var runDir string
	cmd := &cobra.Command{Use: "release", Args: noArguments(e), RunE: func(cmd *cobra.Command, _ []string) error {
		err := engine.ReleaseLeft(cmd.Context(), name, runDir, newLog(e.Err).With("role", name))
		if errors.Is(err, state.ErrRunning) {
			return errors.New(e.Text("cli.release-running", map[string]string{"role": name}))
		}
		return err
	}}
	cmd.Flags().StringVar(&runDir, "run-dir", defaultRunDir, "")
	return cmd
}

// state is the state directory, below the run directory if none was given.
func (p places) state() string {
	if p.stateDir != "" {
		return p.stateDir
	}
	return filepath.Join(p.runDir, "state")
}

// inherited is the file behind an inherited descriptor; nil for 0. It is not
// handed on to programs that this process starts.
func inherited(fd int, name string) *os.File {
	if fd == 0 {
		return nil
	}
	syscall.CloseOnExec(fd)
	// Not blocking, so that closing it ends a reader.
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil
	}
	return os.NewFile(uintptr(fd), name)
}
