package parent

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"holdfast/engine/control"
)

// keeper keeps one process running.
type keeper struct {
	Process
	wanted    bool
	child     *child           // nil: it does not run
	ready     bool             // the child is in service
	settled   bool             // and its work is in place
	owed      []syscall.Signal // those that ask for a report and came before it was in service
	waits     bool             // it starts when those before it let it, at startAt at the latest
	deaths    deaths
	diedAt    time.Time // when it went out of service; zero: it is in service
	startAt   time.Time // when to start it; zero: it runs, or shall not
	releaseAt time.Time // when what it left is released; zero: it is in service, or that was done
	releasing bool
	silence   silence
	hung      bool   // it was killed because it gave no sign
	stopped   bool   // and that was because somebody stopped it
	lacks     string // why it could not be prepared; "": it could
}

// prepareAgain is the pause before a process is prepared again that could not be.
const prepareAgain = 2 * time.Second

// prepare makes ready what k's process needs, and starts it. What hangs, a
// directory or a name, holds up neither the loop nor the parent's end: nobody waits
// for this goroutine.
func (p *parent) prepare(k *keeper) {
	if k.Prepare == nil {
		p.start(k, nil)
		return
	}
	go func() {
		as, file, err := k.Prepare()
		select {
		case p.events <- func(now time.Time) { p.prepared(k, as, file, err, now) }:
		case <-p.quit:
		}
	}()
}

// prepared starts k's process if it is ready. The log tells a reason once.
func (p *parent) prepared(k *keeper, as Identity, file *os.File, err error, now time.Time) {
	switch {
	case !k.wanted:
	case err != nil:
		if k.lacks != err.Error() {
			k.lacks = err.Error()
			p.Log.Error("a process waits; the engine goes on without it", "role", k.Name, "reason", err)
		}
		k.startAt = now.Add(prepareAgain)
	default:
		if k.lacks != "" {
			k.lacks = ""
			p.Log.Info("a process has what it waited for", "role", k.Name)
		}
		k.As = as
		p.start(k, file)
	}
}

// start starts k's process and watches it.
func (p *parent) start(k *keeper, file *os.File) {
	if k.RealTime && onThread(realTime) != nil {
		k.RealTime = false // the role finds out, and says what that means
	}
	c, err := k.Process.start(p.orphans, file)
	if err != nil {
		p.Log.Error("starting", "role", k.Name, "err", err)
		p.lost(k, time.Now(), 0, false)
		return
	}
	k.child, k.ready, k.settled, k.silence, k.hung = c, false, false, silence{}, false
	k.stopped = false
	p.Log.Debug("started", "role", k.Name, "pid", c.cmd.Process.Pid)
	p.watch(func() event {
		n, err := c.ready.Read(make([]byte, 1))
		return func(now time.Time) {
			if n == 1 && err == nil && k.child == c {
				k.ready, k.diedAt, k.releaseAt = true, time.Time{}, time.Time{}
				for _, s := range k.owed {
					p.tell(k, s)
				}
				k.owed = nil
				p.admit(now)
			}
			p.watch(func() event { return p.settling(k, c) })
		}
	})
	if c.spawner != nil {
		p.watchers.Go(func() {
			if err := p.orphans.wait(c.spawner); err != nil {
				p.Log.Warn("the process that runs programs died", "role", k.Name, "reason", err)
			}
		})
	}
	p.watch(func() event {
		err := p.orphans.wait(c.cmd)
		return func(now time.Time) { p.gone(k, c, err, now) }
	})
}

// settling waits until c has nothing more to tell: its work is in place, or it
// is gone.
func (p *parent) settling(k *keeper, c *child) event {
	_, err := io.Copy(io.Discard, c.ready)
	return func(now time.Time) {
		if err = errors.Join(err, c.ready.Close()); err != nil {
			p.Log.Error("listening to a role", "role", k.Name, "err", err)
		}
		if k.child == c {
			k.settled = k.ready
			p.admit(now)
		}
	}
}

// gone is told of every child that ended.
func (p *parent) gone(k *keeper, c *child, err error, now time.Time) {
	c.heard() // its last sign
	if e := c.lifeline.Close(); e != nil {
		p.Log.Error("closing a lifeline", "role", k.Name, "err", e)
	}
	k.child = nil
	clean := err == nil && k.ready
	switch {
	case k.wanted:
		p.Log.Warn("a role died; starting it again", "role", k.Name, "how", c.cmd.ProcessState.String())
		p.lost(k, now, c.sign.Due, k.hung && !k.stopped || c.blames(now))
		if k.hung && k.Patience == 0 {
			p.release(k) // its peers have taken over: it begins anew, behind the release
		}
	case k.Engine && !clean && p.ending != control.Handoff:
		p.release(k)
	}
}

// lost plans the next start of a process that died or could not be started. due is when
// its peers take over what it held, by control.Monotonic; 0 where it has not said.
// blamed says that its text may be the cause.
func (p *parent) lost(k *keeper, now time.Time, due time.Duration, blamed bool) {
	deaths, pause, condemned := k.deaths.add(now, blamed)
	k.deaths = deaths
	if !k.Engine {
		k.startAt = now.Add(pause * readerPause)
		return
	}
	k.startAt = now.Add(pause)
	if k.ready || len(deaths) == 1 {
		p.plan(k, now, due)
	}
	k.ready = false
	if condemned {
		p.fallBack(k)
	}
}

// readerPause is how much longer than an engine role one may be away that only
// reads: nobody's traffic waits for it, and its complaints fill the log.
const readerPause = 5

// plan plans the release of what k's role held, should it stay away until its peers take
// over: at due, by control.Monotonic. Where that is not known it takes reading the
// configuration, which must not delay the next start.
func (p *parent) plan(k *keeper, died time.Time, due time.Duration) {
	k.diedAt = died
	if due > 0 && k.Patience == 0 {
		k.releaseAt = died.Add(max(due-control.Monotonic(), 0))
		return
	}
	p.watch(func() event {
		down := p.Down()
		return func(time.Time) {
			if k.diedAt.Equal(died) {
				k.releaseAt = died.Add(down)
			}
		}
	})
}

// releasePatience bounds one run of the release command, for a role whose own patience
// is not longer: ten thousand services of a slow machine take more.
const releasePatience = 10 * time.Second

// release removes what a dead role left in the kernel, by a process that knows
// how; the parent does not.
func (p *parent) release(k *keeper) {
	if k.releasing {
		return
	}
	k.releasing = true
	p.watch(func() event {
		// Runs even while we are shutting down, or an address would stay behind.
		ctx, cancel := context.WithTimeout(context.Background(), max(releasePatience, k.Patience))
		defer cancel()
		cmd := exec.CommandContext(ctx, self, k.Name, "release", "--run-dir="+p.RunDir)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		err := p.orphans.start(cmd)
		if err == nil {
			err = p.orphans.wait(cmd)
		}
		return func(time.Time) {
			k.releasing = false
			if err != nil {
				p.Log.Error("releasing", "role", k.Name, "command", strings.Join(cmd.Args[1:], " "), "err", err)
			}
		}
	})
}
