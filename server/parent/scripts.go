package parent

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/rights"
	"holdfast/engine/state"
)

// longestScript is a little more than startup_script_timeout and shutdown_script_timeout
// may be, for the service manager, whose own limit is shorter.
const longestScript = "EXTEND_TIMEOUT_USEC=1010000000"

// begin starts the processes. Those of a new run come behind the program that
// startup_script names; those that resume wait for nothing. A reload that is asked for
// meanwhile follows.
func (p *parent) begin(ctx context.Context) {
	if !p.names("startup") || p.Resumes != nil && p.Resumes() {
		p.began(time.Now())
		return
	}
	p.loading = true
	p.told(p.Manager.tell(longestScript))
	running, cancel := context.WithCancel(ctx)
	p.endScript = cancel
	p.watch(func() event {
		defer cancel()
		p.script(running, "startup")
		return func(now time.Time) {
			if p.ending == "" {
				p.began(now)
			}
			p.loaded(ctx)
		}
	})
}

// began starts the processes now.
func (p *parent) began(now time.Time) {
	p.want(p.Processes, now)
	p.told(p.Manager.tell("READY=1"))
}

// shutdown runs the program that shutdown_script names, once every process is gone and
// all is released.
func (p *parent) shutdown() {
	if p.ending != control.Release || !p.names("shutdown") {
		return
	}
	p.told(p.Manager.tell(longestScript))
	p.script(context.Background(), "shutdown")
}

// names says whether the text of the vrrp role may name a program for a moment. The
// process that runs it reads the text; where none is named it need not start.
func (p *parent) names(moment string) bool {
	text, err := state.AppliedText(p.StateDir, control.Roles[0])
	if err != nil {
		p.Log.Error("reading the applied text", "err", err)
	}
	return strings.Contains(text, moment+"_script")
}

// script runs the program of a moment to its end, by a process with the rights of those
// that run programs. The end of ctx ends both.
func (p *parent) script(ctx context.Context, moment string) {
	cmd := exec.Command(self, slices.Concat([]string{"script", moment}, p.ScriptArgs)...)
	cmd.Args[0] = "holdfast"
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	held, err := cmd.StdinPipe() // its end ends the program
	if err == nil {
		err = onThread(func() error {
			if os.Geteuid() == 0 {
				if err := bindAs(rights.Spawner, cmd); err != nil {
					return err
				}
			}
			return p.orphans.start(cmd)
		})
	}
	if err == nil {
		defer context.AfterFunc(ctx, func() { held.Close() })()
		err = p.orphans.wait(cmd)
	}
	if err != nil {
		p.Log.Error("running a program; going on without it", "word", moment+"_script", "err", err)
	}
}
