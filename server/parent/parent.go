package parent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/state"
)

// Options are what the parent works with.
type Options struct {
	RunDir, StateDir string
	Log              *slog.Logger
	Processes        []Process
	// Signals are those sent to this process: SIGTERM and SIGINT release all and
	// end, SIGHUP calls Reload, and those that ask keepalived for a report go on to
	// the engine's roles. A handoff is asked for at the control socket.
	Signals <-chan os.Signal
	// Reload reads the configuration again and gives the processes that shall
	// run from now on. It runs beside the parent's loop. Nil: there is nothing
	// to reload.
	Reload func(context.Context) ([]Process, error)
	// Down is how long the vrrp role may be away before its peers take over.
	Down func() time.Duration
	// Manager is told that this process is in service, and that it is alive.
	Manager *Manager
}

// stopPatience is how long the children have to end before they are killed:
// keepalived's child_wait_time.
const stopPatience = 5 * time.Second

// Run starts the processes and keeps them running until a signal ends it. It
// returns when every child is gone.
//
//	signals, requests ─┐                     ┌─ start, signal, kill
//	exits             ─┼─▶ loop: one keeper ─┤
//	ready             ─┤    per process      ├─ release what a dead role left
//	timers            ─┘                     └─ fall back to the previous text
func Run(ctx context.Context, opt Options) error {
	p := &parent{Options: opt, events: make(chan event), quit: make(chan struct{}), orphans: newOrphans()}
	socket, err := control.ListenParent(opt.RunDir)
	if err != nil {
		return fmt.Errorf("open the parent's control socket: %w", err)
	}
	serving, served := context.WithCancel(context.WithoutCancel(ctx))
	p.watchers.Go(func() { p.serve(serving, socket) })
	reaping, reaped := context.WithCancel(context.WithoutCancel(ctx))
	p.watchers.Go(func() { p.orphans.reap(reaping, opt.Log) })
	defer p.watchers.Wait()
	defer close(p.quit)
	defer reaped()
	defer served()
	now, done := time.Now(), ctx.Done()
	p.want(opt.Processes, now)
	p.told(opt.Manager.tell("READY=1"))
	for !p.over() {
		timer := time.NewTimer(p.next(now))
		select {
		case sig := <-opt.Signals:
			p.signal(ctx, sig)
		case <-done:
			done = nil
			p.end(control.Release)
		case ev := <-p.events:
			ev(time.Now())
		case <-timer.C:
		}
		timer.Stop()
		now = time.Now()
		p.due(now)
	}
	return nil
}

// event is something that happened beside the loop; the loop calls it.
type event func(now time.Time)

type parent struct {
	Options
	keepers  []*keeper
	events   chan event    // senders give up when quit is closed
	quit     chan struct{} // closed when the loop is over
	watchers sync.WaitGroup
	orphans  *orphans
	ending   control.StopMode // how the children were told to end; "": they were not
	killAt   time.Time        // when their patience is over
	loading  bool             // a reload is under way
	again    bool             // and another was asked for
	lookAt   time.Time        // when to look for signs of the roles
	pause    time.Duration    // between two looks
	sayAt    time.Time        // when to give the roles a sign of ours
}

// want makes the processes those to keep: new ones start, those no longer
// wanted end.
func (p *parent) want(processes []Process, now time.Time) {
	for _, k := range p.keepers {
		k.wanted = slices.ContainsFunc(processes, k.same)
		if !k.wanted {
			p.tell(k, syscall.SIGTERM)
		}
	}
	for _, proc := range processes {
		if !slices.ContainsFunc(p.keepers, func(k *keeper) bool { return k.wanted && k.same(proc) }) {
			p.keepers = append(p.keepers, &keeper{Process: proc, wanted: true, waits: true, startAt: now.Add(longestWait)})
		}
	}
	p.admit(now)
	p.due(now)
}

// longestWait is how long a process waits at most for those it starts after.
const longestWait = 3 * time.Second

// admit starts the processes that need not wait any longer. One that only reads the
// engine starts when that is in service: opening a database takes the processor from
// the roles, which have addresses to hold and a table to fill.
func (p *parent) admit(now time.Time) {
	for _, k := range p.keepers {
		before := func(o *keeper) bool {
			return o.Engine && o.wanted && (!k.Engine && !o.ready || k.Behind == o.Name && !o.settled)
		}
		if k.waits && !slices.ContainsFunc(p.keepers, before) {
			k.waits, k.startAt = false, now
		}
	}
}

// over says that the parent was told to end and no child is left.
func (p *parent) over() bool {
	return p.ending != "" && !slices.ContainsFunc(p.keepers, func(k *keeper) bool { return k.child != nil })
}

func (p *parent) signal(ctx context.Context, sig os.Signal) {
	switch sig {
	case syscall.SIGHUP:
		p.reload(ctx)
	case syscall.SIGTERM, syscall.SIGINT:
		p.end(control.Release)
	default:
		p.report(sig)
	}
}

// report hands a signal that asks for a report to the roles that are in service. One
// that just starts does not expect the signal: it gets it as soon as it is in service.
func (p *parent) report(sig os.Signal) {
	s, ok := sig.(syscall.Signal)
	if !ok {
		return
	}
	if _, ok := control.DumpOf(s); !ok {
		return
	}
	for _, k := range p.keepers {
		switch {
		case !k.Engine:
		case k.ready:
			p.tell(k, s)
		case !slices.Contains(k.owed, s):
			k.owed = append(k.owed, s)
		}
	}
}

// serve answers at the parent's control socket until ctx ends.
func (p *parent) serve(ctx context.Context, l net.Listener) {
	stop := func(mode control.StopMode) error {
		select {
		case p.events <- func(time.Time) { p.end(mode) }:
		case <-p.quit:
		}
		return nil
	}
	if err := control.ServeParent(ctx, l, stop, p.Log); err != nil {
		p.Log.Error("serving the parent's control socket", "err", err)
	}
}

// end tells every child to end; only the first call counts.
func (p *parent) end(mode control.StopMode) {
	if p.ending != "" {
		return
	}
	p.Log.Info("ending", "release", mode == control.Release)
	p.told(p.Manager.tell("STOPPING=1"))
	p.ending, p.killAt = mode, time.Now().Add(stopPatience)
	for _, k := range p.keepers {
		k.wanted, k.diedAt, k.releaseAt = false, time.Time{}, time.Time{}
		switch {
		case k.child == nil && k.Engine && mode == control.Release:
			p.release(k) // it died, and was to be started again
		case k.child != nil && k.Engine && mode == control.Handoff:
			p.handOff(k)
		default:
			p.tell(k, syscall.SIGTERM)
		}
	}
}

// handOff asks a role for a handoff: by a byte on its lifeline, which it reads also
// before it has a control socket.
func (p *parent) handOff(k *keeper) {
	if err := k.child.say(control.LifelineHandoff); err != nil && !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		p.Log.Error("asking for a handoff", "role", k.Name, "err", err)
	}
}

func (p *parent) tell(k *keeper, sig syscall.Signal) {
	if k.child == nil {
		return
	}
	if err := k.child.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.Log.Error("signalling", "role", k.Name, "signal", sig.String(), "err", err)
	}
}

// reload runs Reload once more; one that is asked for while one runs follows it.
func (p *parent) reload(ctx context.Context) {
	if p.Reload == nil && p.ending == "" {
		p.Log.Info("nothing to read again: this service runs what is applied to it", "signal", syscall.SIGHUP.String())
	}
	if p.Reload == nil || p.ending != "" {
		return
	}
	if p.loading {
		p.again = true
		return
	}
	p.loading = true
	p.watch(func() event {
		processes, err := p.Reload(ctx)
		return func(now time.Time) {
			p.loading = false
			switch {
			case p.ending != "":
				return
			case err != nil:
				p.Log.Error("reload refused, what runs goes on", "err", err)
			default:
				p.want(processes, now)
			}
			if p.again {
				p.again = false
				p.reload(ctx)
			}
		}
	})
}

// watch runs f beside the loop and has the loop call what it returns.
func (p *parent) watch(f func() event) {
	p.watchers.Go(func() {
		ev := f()
		select {
		case p.events <- ev:
		case <-p.quit:
		}
	})
}

// next is how long the loop may sleep.
func (p *parent) next(now time.Time) time.Duration {
	wake := now.Add(time.Hour)
	earlier := func(at time.Time) {
		if !at.IsZero() && at.Before(wake) {
			wake = at
		}
	}
	earlier(p.killAt)
	earlier(p.lookAt)
	earlier(p.Manager.next())
	for _, k := range p.keepers {
		if !k.releasing {
			earlier(k.startAt)
		}
		earlier(k.releaseAt)
	}
	return wake.Sub(now)
}

// due does everything whose time has come.
func (p *parent) due(now time.Time) {
	p.listen(now)
	p.told(p.Manager.sign(now))
	if !p.killAt.IsZero() && !now.Before(p.killAt) {
		p.killAt = time.Time{}
		for _, k := range p.keepers {
			if k.child != nil {
				p.Log.Warn("killing a role that does not end", "role", k.Name)
				p.tell(k, syscall.SIGKILL)
			}
		}
	}
	for _, k := range p.keepers {
		if !k.releaseAt.IsZero() && !now.Before(k.releaseAt) {
			k.releaseAt = time.Time{}
			p.Log.Warn("the role stays away; releasing what it held", "role", k.Name)
			p.release(k)
		}
		if k.wanted && !k.releasing && !k.startAt.IsZero() && !now.Before(k.startAt) {
			k.waits, k.startAt = false, time.Time{}
			p.prepare(k)
		}
	}
	p.keepers = slices.DeleteFunc(p.keepers, func(k *keeper) bool { return !k.wanted && k.child == nil && !k.releasing })
}

// told notes that the service manager could not be told something.
func (p *parent) told(err error) {
	if err != nil {
		p.Log.Debug("telling the service manager", "err", err)
	}
}

// fallBack takes a role off a text that killed it again and again.
func (p *parent) fallBack(k *keeper) {
	way, err := state.FallBack(p.StateDir, k.Name)
	switch {
	case err != nil:
		p.Log.Error("falling back to the previous configuration", "role", k.Name, "err", err)
	case way != state.Fall{}:
		p.Log.Warn("died three times in a minute; falling back to the previous configuration", "role", k.Name)
		k.deaths = nil
		for _, other := range p.keepers {
			if other.Engine && other != k && other.wanted {
				p.fallAlong(other, way)
			}
		}
	}
}

// fallPatience bounds how long a role may take to go back.
const fallPatience = time.Minute

// fallAlong has the other role go back as well: both run the same text. One that does
// not answer starts from it.
func (p *parent) fallAlong(k *keeper, way state.Fall) {
	p.watch(func() event {
		ctx, cancel := context.WithTimeout(context.Background(), fallPatience)
		defer cancel()
		role := control.Dial(control.Socket(p.RunDir, k.Name))
		err := role.FallBack(ctx, way.From, way.To)
		var answer *control.Problem
		if err != nil && !errors.As(err, &answer) {
			var fell bool
			if fell, err = state.FallAlong(p.StateDir, k.Name, way); fell && err == nil {
				// One that was just starting may have read the text before.
				if again := role.FallBack(ctx, way.From, way.To); errors.As(again, &answer) && answer.Code != control.Conflict {
					err = again
				}
			}
		}
		return func(time.Time) {
			if err != nil {
				p.Log.Warn("the other role does not fall back along", "role", k.Name, "reason", err)
				return
			}
			p.Log.Warn("the other role falls back along", "role", k.Name)
			k.deaths = nil
		}
	})
}
