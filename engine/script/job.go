package script

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Job is a program to run.
type Job struct {
	Argv    []string      // the program and its own arguments
	Args    []string      // appended to Argv: what this occasion adds
	User    string        // empty: keepalived_script if there is such a user, else our own
	Group   string        // empty: the user's own group
	Timeout time.Duration // 0: as long as it takes
	Secure  bool          // enable_script_security: nothing runs as root by default or from where others may write
	Output  int           // so many bytes of what it writes are wanted
}

// Result is how a Job ended.
type Result struct {
	Code     int            // exit status; -1 if it did not exit by itself
	Signal   syscall.Signal // what ended it, 0 if it exited
	TimedOut bool           // it was ended because its time was over
	Took     time.Duration
	Said     string // what it wrote, as far as it was wanted
	Err      error  `json:"-"` // it could not be started
}

// OK says that the program ran and exited with 0.
func (r Result) OK() bool { return r.Err == nil && r.Code == 0 && !r.TimedOut }

// String tells the result in the terms of the system: "exit 1", "timeout",
// "signal 9", or why the program did not start.
func (r Result) String() string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.TimedOut:
		return "timeout"
	case r.Signal != 0:
		return fmt.Sprintf("signal %d", int(r.Signal))
	}
	return fmt.Sprintf("exit %d", r.Code)
}

// Runner runs a job to its end, like Run.
type Runner func(ctx context.Context, job Job) Result

// ErrNoAnswer means that nobody can say how a program ended, since the process that runs
// it stands still or is gone.
var ErrNoAnswer = errors.New("the process that runs programs gives no answer")

// Shortage says that a program could not be started because this machine has no
// process, memory or descriptor left, or the file was being written: reasons that
// pass, and that say nothing about the program. So does ErrNoAnswer.
func Shortage(err error) bool {
	for _, e := range []error{ErrNoAnswer, syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ETXTBSY} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
