package vrrprole

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/realtime"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// notifyPatience is how long a notify script may keep back the next one of the
// same object.
const notifyPatience = 30 * time.Second

// notifyGrace is how long notify scripts have at the end of the role.
const notifyGrace = time.Second

// loop is the inside of the vrrp role. One goroutine (run) owns every field
// and decides. Adverts it writes itself, at once; whatever may be slow is the
// writer's.
//
//	sockets ──┐                                      ┌─▶ adverts
//	links   ──┤                                      ├─▶ record
//	scripts ──┼─▶ inbox ─▶ loop: vrrp.Step ──────────┼─▶ writer: addresses, ARP, manifest
//	questions ┤              ▲                       └─▶ journal, notify scripts
//	writer  ──┘            timer
type loop struct {
	role *role
	opt  Options
	host engine.Services
	log  *slog.Logger

	net    Net
	alarm  Timer
	writer *writer
	record *recordFile
	notify *script.Queue
	work   context.Context // ends when Run does
	wg     sync.WaitGroup  // everything started by the loop

	cfg      model.Config
	teams    []*team
	links    map[string]kernel.Link
	vips     map[netip.Addr]bool // every address of every router
	sockets  map[socketKey]*socket
	scripts  map[string]*trackScript
	closed   map[socketKey]string // why a socket could not be opened, as told
	unable   []string             // codes of what this process may not do
	begun    bool                 // the lock is ours: effects may go out
	retry    time.Time
	refusals map[kernelRefusal]bool // of the kernel, as told
	ending   control.StopMode
}

func newLoop(r *role, host engine.Services) (*loop, error) {
	net, err := r.opt.OpenNet()
	if err != nil {
		return nil, err
	}
	alarm, err := r.opt.Wake()
	if err != nil {
		net.Close()
		return nil, err
	}
	l := &loop{
		role: r, opt: r.opt, host: host, log: host.Log, net: net, alarm: alarm,
		links: map[string]kernel.Link{}, vips: map[netip.Addr]bool{},
		sockets: map[socketKey]*socket{}, scripts: map[string]*trackScript{},
		refusals: map[kernelRefusal]bool{}, closed: map[socketKey]string{},
	}
	l.writer = newWriter(net, host.RunDir, l.tell)
	return l, nil
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *loop) run(ctx context.Context, cfg model.Config) error {
	// Adverts are written from a thread of its own, which nothing else keeps busy.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer l.close()
	defer l.wg.Wait()
	defer l.alarm.Close()
	defer l.closeSockets()
	defer cancel()
	l.work = work
	l.notify = script.NewQueue(work, notifyPatience)
	l.unable = l.opt.Lacks()
	if err := l.prepare(cfg); err != nil {
		return err
	}
	l.wg.Go(l.alarm.Run)
	l.wg.Go(func() { l.watch(work) })
	l.wg.Go(func() { l.writer.run(work) })
	if err := l.host.TakeOver(ctx); err != nil {
		return err
	}
	if err := l.begin(); err != nil {
		return err
	}
	for l.ending == "" {
		due := l.next()
		l.alarm.Set(due)
		select {
		case in := <-l.role.inbox:
			in.reach(l)
		case <-l.alarm.C():
		case <-ctx.Done():
			l.ending = control.Handoff
		}
		l.drain()
		now := time.Now()
		if overslept(due, now) {
			l.hearAll()
		}
		l.tick(now) // a standstill from here on is the next round's
	}
	return l.finish()
}

// overslept says that a deadline is met so late that this process must have stood
// still, or the machine with it.
func overslept(due, now time.Time) bool {
	const late = 50 * time.Millisecond
	return !due.IsZero() && now.Sub(due) > late
}

// drain takes what is in the inbox now. When a deadline has come, what arrived
// before it is heard first: the delay may be ours. What arrives meanwhile waits,
// so that no flood keeps the clock unread.
func (l *loop) drain() {
	for range len(l.role.inbox) {
		if l.ending != "" {
			return
		}
		select {
		case in := <-l.role.inbox:
			in.reach(l)
		default:
			return
		}
	}
}

// next is when the loop has to look at the clock again.
func (l *loop) next() time.Time {
	next := l.retry
	for _, t := range l.teams {
		for _, r := range t.routers {
			if at := r.state.Next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	return next
}

// tick does what is due.
func (l *loop) tick(now time.Time) {
	if l.ending != "" {
		return
	}
	for _, t := range l.teams {
		for i, r := range t.routers {
			if at := r.state.Next(); !at.IsZero() && !now.Before(at) {
				l.step(t, i, vrrp.Tick{}, now)
			}
		}
	}
	if !l.retry.IsZero() && !now.Before(l.retry) {
		l.retry = time.Time{}
		l.tryAgain(now)
	}
}

// tell sends an input to the loop from a goroutine that works for it.
func (l *loop) tell(in input) {
	select {
	case l.role.inbox <- in:
	case <-l.work.Done():
	}
}

// begin is the first moment at which this process may act: it takes up what a
// fresh record tells, releases what is left of a stale one, and starts the rest.
func (l *loop) begin() error {
	if err := l.readLinks(); err != nil { // the lock was perhaps long in coming
		return err
	}
	memories, how := l.recall()
	spareOwn(l.links, l.teams, memories.left)
	record, err := newRecord(l.host.RunDir)
	if err != nil {
		return err
	}
	l.record = record
	l.note(journal.Entry{Kind: journal.Started, Facts: map[string]string{"pid": strconv.Itoa(os.Getpid()), "how": how}})
	l.tellRealTime()
	l.begun = true
	now := time.Now()
	l.startScripts(memories)
	l.resume(memories, now)
	l.survey(now)
	return l.writeRecord()
}

// close gives back what newLoop opened; all goroutines are down by then.
func (l *loop) close() {
	l.net.Close()
	if l.record != nil {
		l.record.close()
	}
}

// stop makes the loop end.
func (l *loop) stop(mode control.StopMode) { l.ending = mode }

// finish ends the role: a release resigns and takes everything off, a handoff
// leaves it to a successor who finds the record.
func (l *loop) finish() error {
	now := time.Now()
	l.stopScripts()
	if l.ending == control.Release {
		for _, t := range l.teams {
			l.step(t, vrrp.Everyone, vrrp.Stop{}, now)
		}
	}
	l.awaitHand()
	if l.ending == control.Release && !l.notify.Wait(notifyGrace) {
		l.log.Warn("notify scripts are still running at the end")
	}
	if l.ending == control.Release {
		return errors.Join(l.record.remove(), l.writer.manifest.Remove())
	}
	return nil
}

// awaitHand waits until the kernel was written. Meanwhile nothing is decided any
// more, but what failed is still told.
func (l *loop) awaitHand() {
	done := l.writer.done()
	for {
		select {
		case <-done:
			return
		case in := <-l.role.inbox:
			if failed, ok := in.(kernelRefusal); ok {
				failed.reach(l)
			}
		}
	}
}

// note puts an entry into the journal.
func (l *loop) note(e journal.Entry) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	l.host.Journal(e)
}

// tellRealTime says once if adverts share the processor with everybody else.
func (l *loop) tellRealTime() {
	if !realtime.Active() {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "not-real-time", "reason": "not-real-time"}})
		return
	}
	if err := realtime.LockMemory(); err != nil {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "memory-not-locked", "reason": err.Error()}})
	}
}

// holdAll lists everything that is held back, for a status or a plan.
func (l *loop) holdAll() []control.Blocked {
	var held []control.Blocked
	for _, t := range l.teams {
		for _, r := range t.routers {
			held = append(held, r.held...)
		}
	}
	for _, s := range l.scriptsInOrder() {
		if s.absent != "" {
			held = append(held, s.held())
		}
	}
	return held
}
