package script

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/realtime"
	"holdfast/engine/rights"
)

// Run runs the job to its end and tells how it ended. When its time is over, or
// when ctx ends, the program's whole process group gets SIGTERM and two seconds
// later SIGKILL; then nothing is left of the group when Run returns.
func Run(ctx context.Context, job Job) Result {
	began := time.Now()
	done := make(chan Result, 1) // holds the one result, so that the goroutine always ends
	go func() {
		// The thread is kept until the program ended: the parent-death signal
		// is bound to the thread that forked, not to the process. One that became
		// ordinary cannot have its priority back without CAP_SYS_NICE, so it ends
		// with this goroutine.
		runtime.LockOSThread()
		if !realtime.Active() || !ordinary() {
			defer runtime.UnlockOSThread()
		}
		done <- run(ctx, job)
	}()
	r := <-done
	r.Took = time.Since(began)
	return r
}

func run(ctx context.Context, job Job) Result {
	var cmd *exec.Cmd
	err := rights.Whole(func() (err error) {
		cmd, err = start(job)
		return err
	})
	if err != nil {
		return Result{Code: -1, Err: err}
	}
	ended := make(chan struct{}) // closed here when the program is gone
	timedOut := make(chan bool, 1)
	go func() { timedOut <- guard(ctx, cmd.Process.Pid, job.Timeout, ended) }()
	err = cmd.Wait()
	close(ended)
	r := Result{Code: -1, TimedOut: <-timedOut, Said: said(cmd)}
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

// ordinary gives this thread the ordinary policy. A runaway script under a
// real-time one would take the machine with it.
func ordinary() bool {
	return unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL}, 0) == nil
}
