package script

import (
	"context"
	"errors"
	"holdfast/engine/realtime"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// grace is how long a program has between SIGTERM and SIGKILL, as in keepalived.
const grace = 2 * time.Second

// Run runs the job to its end and tells how it ended. When its time is over, or
// when ctx ends, the program's whole process group gets SIGTERM and two seconds
// later SIGKILL; then nothing is left of the group when Run returns.
func Run(ctx context.Context, job Job) Result {
	began := time.Now()
	done := make(chan Result, 1) // holds the one result, so that the goroutine always ends
	go func() {
		// The thread is kept until the program ended: the parent-death signal
		// is bound to the thread that forked, not to the process.
		runtime.LockOSThread()
		if realtime.Active() && ordinary() {
			// This thread cannot have its priority back without CAP_SYS_NICE,
			// so it ends with this goroutine.
			done <- run(ctx, job)
			return
		}
		defer runtime.UnlockOSThread()
		done <- run(ctx, job)
	}()
	r := <-done
	r.Took = time.Since(began)
	return r
}

func run(ctx context.Context, job Job) Result {
	cmd, err := start(func() (*exec.Cmd, error) { return command(job) })
	if err != nil {
		return Result{Code: -1, Err: err}
	}
	ended := make(chan struct{}) // closed here when the program is gone
	timedOut := make(chan bool, 1)
	go func() { timedOut <- guard(ctx, cmd.Process.Pid, job.Timeout, ended) }()
	err = cmd.Wait()
	close(ended)
	r := Result{Code: -1, TimedOut: <-timedOut}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.Err = err
		return r
	}
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		r.Signal = status.Signal()
		return r
	}
	r.Code = cmd.ProcessState.ExitCode()
	return r
}

// guard ends the process group when its time is over or ctx ends, and reports
// whether it was the time.
func guard(ctx context.Context, pid int, limit time.Duration, ended <-chan struct{}) (timedOut bool) {
	var expired <-chan time.Time
	if limit > 0 {
		t := time.NewTimer(limit)
		defer t.Stop()
		expired = t.C
	}
	select {
	case <-ended:
		return false
	case <-expired:
		timedOut = true
	case <-ctx.Done():
	}
	signalGroup(pid, syscall.SIGTERM)
	kill := time.NewTimer(grace)
	defer kill.Stop()
	left := ended
	look := time.NewTicker(grace / 20)
	defer look.Stop()
	for {
		select {
		case <-left:
			left = nil // the program itself is gone; those that it started may not be
			if !groupLives(pid) {
				return timedOut
			}
		case <-look.C:
			if left == nil && !groupLives(pid) {
				return timedOut
			}
		case <-kill.C:
			signalGroup(pid, syscall.SIGKILL)
			return timedOut
		}
	}
}

func command(job Job) (*exec.Cmd, error) {
	if len(job.Argv) == 0 {
		return nil, errors.New("no program")
	}
	who, err := LookupUser(job.User, job.Group, job.Secure)
	if err != nil {
		return nil, err
	}
	args := append(append([]string(nil), job.Argv[1:]...), job.Args...)
	cmd := exec.Command(job.Argv[0], args...)
	if cmd.Err != nil {
		return nil, cmd.Err
	}
	if job.Secure && who.UID == 0 {
		if err := errors.Join(trusted(cmd.Path), trustedLine(cmd.Args)); err != nil {
			return nil, err
		}
	}
	cmd.Env = environment(os.Environ())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if who.UID != uint32(os.Geteuid()) || who.GID != uint32(os.Getegid()) {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.UID, Gid: who.GID, Groups: who.Groups}
	}
	return cmd, nil
}

// environment is ours without what was meant for this process alone.
func environment(env []string) []string {
	var kept []string
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if name == "NOTIFY_SOCKET" || strings.HasPrefix(name, "LISTEN_") || strings.HasPrefix(name, "HOLDFAST_") {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}

// ordinary gives this thread the ordinary policy. A runaway script under a
// real-time one would take the machine with it.
func ordinary() bool {
	return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}, 0) == nil
}
