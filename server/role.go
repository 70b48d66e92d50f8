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
	cmd.Flags().UintSliceVar(&f.allow, "allow-uid", nil, "")
	cmd.Flags().IntVar(&f.group, "group", 0, "")
	programFlags(cmd, &f.programs)
	cmd.AddCommand(newRelease(e, name))
	return cmd
}

func runRole(ctx context.Context, e *env, role engine.Role, f roleFlags) error {
	stop, end := stopSignals()
	defer end()
	out := newDrain(e.Err)
	defer out.close()
	opt := engine.Options{
		Node: f.node, RunDir: f.runDir, StateDir: f.state(), Version: e.Version, Log: newLog(out),
		Lifeline: inherited(f.lifeline, "lifeline"), Ready: inherited(f.ready, "ready"), Group: f.group, Stop: stop, Programs: f.programs,
	}
	for _, uid := range f.allow {
		opt.Allow = append(opt.Allow, uint32(uid))
	}
	return engine.Serve(ctx, role, opt)
}

// stopSignals turns signals into ways to stop, until end is called. The terminal's
// and the pipe's signals are taken and mean nothing: a role outlives both. They
// are not ignored, since programs that the role starts would inherit that.
func stopSignals() (stop <-chan control.StopMode, end func()) {
	signals, modes := make(chan os.Signal, 4), make(chan control.StopMode, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGPIPE)
	go func() {
		for sig := range signals {
			mode := control.Release
			switch sig {
			case syscall.SIGHUP, syscall.SIGPIPE:
				continue
			case syscall.SIGUSR2:
				mode = control.Handoff
			}
			select {
			case modes <- mode:
			default: // it was told already
			}
		}
	}()
	return modes, func() {
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
