package parent

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/control"
)

// self is this very binary, also after the file was replaced by a newer one.
const self = "/proc/self/exe"

// Process is one role to keep running.
type Process struct {
	Name     string
	Args     []string // after the name
	RealTime bool     // under SCHED_RR where permitted
	Engine   bool     // holds something in the kernel, boots from an applied text and tells when it is ready
	// Behind names the engine role whose work has to be in place before this
	// process starts for the first time; "" is none.
	Behind string
	// Patience is how long an engine role may give no sign before it is killed. 0 is
	// as long as the peers wait for its adverts; what it held is released then.
	Patience time.Duration
	As       Identity
	// Prepare, if not nil, makes ready what the process needs: who it runs as, and
	// a file that it inherits as descriptor FirstFile. It is called before every
	// start, beside the parent's loop, since directories and names may hang. After an
	// error it is called again, and the other processes do not wait for it.
	Prepare func() (Identity, *os.File, error)
}

// The descriptors that every child inherits.
const (
	lifelineFile = 3
	readyFile    = 4
	FirstFile    = 5
)

func (p Process) same(q Process) bool {
	return p.Name == q.Name && slices.Equal(p.Args, q.Args)
}

// child is one run of a Process.
type child struct {
	cmd      *exec.Cmd
	spawner  *exec.Cmd    // runs the child's programs; nil: the child does itself
	lifeline *os.File     // our end; closed when the child is gone, and gives its signs
	ready    *os.File     // gives one byte when the child is in service, and ends when it has settled
	sign     control.Sign // the last one
	began    time.Time
	starved  uint64 // how many processes a lack of memory had ended by then
}

// blames says whether the text of c may be the cause of its death just now.
func (c *child) blames(now time.Time) bool {
	how, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return !ok || blames(how, now.Sub(c.began), oomKills() != c.starved)
}

// start starts p, which inherits file if there is one; its end is to be waited for
// by way of o.
func (p Process) start(o *orphans, file *os.File) (*child, error) {
	ours, childs, err := newLifeline()
	if err != nil {
		return nil, err
	}
	readyR, readyW, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, ours.Close(), childs.Close())
	}
	conn, spawner, err := p.spawner(o)
	if err != nil {
		return nil, errors.Join(err, ours.Close(), childs.Close(), readyR.Close(), readyW.Close())
	}
	args := slices.Concat([]string{p.Name}, p.Args, []string{"--lifeline=" + strconv.Itoa(lifelineFile)})
	if p.Engine {
		args = append(args, "--ready="+strconv.Itoa(readyFile))
	}
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "holdfast"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if !p.Engine {
		cmd.Env = readersEnv(os.Environ())
	}
	cmd.ExtraFiles = []*os.File{childs, readyW}
	if file != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, file)
	}
	if conn != nil {
		cmd.Args = append(cmd.Args, "--spawner="+strconv.Itoa(lifelineFile+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, conn)
	}
	// A session of its own: Ctrl-C at the terminal is for the parent to act on.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: p.As.credential()}
	began, starved := time.Now(), oomKills()
	err = onThread(func() error {
		if p.RealTime {
			if err := realTime(); err != nil {
				return err
			}
		}
		if err := p.As.confine(); err != nil {
			return err
		}
		if err := p.bind(cmd); err != nil {
			return err
		}
		if err := o.start(cmd); err != nil || p.Engine {
			return err
		}
		expendable(cmd.Process.Pid)
		return nil
	})
	closed := errors.Join(childs.Close(), readyW.Close())
	if conn != nil {
		closed = errors.Join(closed, conn.Close())
	}
	if err = errors.Join(err, closed); err != nil {
		err = errors.Join(fmt.Errorf("start %s: %w", p.Name, err), ours.Close(), readyR.Close())
		if spawner != nil {
			err = errors.Join(err, o.wait(spawner))
		}
		return nil, err
	}
	return &child{cmd: cmd, spawner: spawner, lifeline: ours, ready: readyR, began: began, starved: starved}, nil
}

// onThread runs f on a thread of its own that ends afterwards, so that nothing
// that f does to its thread stays behind: priority, capabilities. The process's
// first thread cannot end; a goroutine that finds itself there keeps it occupied
// and leaves f to another.
func onThread(f func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			defer runtime.UnlockOSThread()
			done <- onThread(f)
			return
		}
		done <- f() // never unlocked: the thread ends with this goroutine
	}()
	return <-done
}
