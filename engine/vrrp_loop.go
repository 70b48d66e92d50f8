package engine

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

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// vrrpPatience is how long a notify script may keep back the next one of the
// same object.
const vrrpPatience = 30 * time.Second

// vrrpGrace is how long notify scripts have at the end of the role.
const vrrpGrace = time.Second

// vrrpLoop is the inside of the vrrp role. One goroutine (run) owns every field
// and decides. Adverts it writes itself, at once; whatever may be slow is the
// hand's.
//
//	sockets ──┐                                      ┌─▶ adverts
//	links   ──┤                                      ├─▶ record
//	scripts ──┼─▶ inbox ─▶ loop: vrrp.Step ──────────┼─▶ hand: addresses, ARP, manifest
//	questions ┤              ▲                       └─▶ journal, notify scripts
//	hand    ──┘            alarm
type vrrpLoop struct {
	role *vrrpRole
	opt  VRRPOptions
	host Host
	log  *slog.Logger

	net    VRRPNet
	alarm  VRRPAlarm
	hand   *vrrpHand
	record *vrrpRecord
	notify *script.Queue
	work   context.Context // ends when Run does
	wg     sync.WaitGroup  // everything started by the loop

	cfg      model.Config
	teams    []*vrrpTeam
	links    map[string]kernel.Link
	vips     map[netip.Addr]bool // every address of every router
	sockets  map[vrrpSocketKey]*vrrpSocket
	scripts  map[string]*vrrpScript
	closed   map[vrrpSocketKey]string // why a socket could not be opened, as told
	unable   []string                 // codes of what this process may not do
	begun    bool                     // the baton is ours: effects may go out
	retry    time.Time
	refusals map[vrrpRefused]bool // of the kernel, as told
	ending   StopMode
}

func newVRRPLoop(r *vrrpRole, host Host) (*vrrpLoop, error) {
	net, err := r.opt.OpenNet()
	if err != nil {
		return nil, err
	}
	alarm, err := r.opt.Wake()
	if err != nil {
		net.Close()
		return nil, err
	}
	l := &vrrpLoop{
		role: r, opt: r.opt, host: host, log: host.Log, net: net, alarm: alarm,
		links: map[string]kernel.Link{}, vips: map[netip.Addr]bool{},
		sockets: map[vrrpSocketKey]*vrrpSocket{}, scripts: map[string]*vrrpScript{},
		refusals: map[vrrpRefused]bool{}, closed: map[vrrpSocketKey]string{},
	}
	l.hand = newVRRPHand(net, host.RunDir, l.tell)
	return l, nil
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *vrrpLoop) run(ctx context.Context, cfg model.Config) error {
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
	l.notify = script.NewQueue(work, vrrpPatience)
	l.unable = l.opt.Abilities()
	if err := l.prepare(cfg); err != nil {
		return err
	}
	l.wg.Go(l.alarm.Run)
	l.wg.Go(func() { l.watch(work) })
	l.wg.Go(func() { l.hand.run(work) })
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
			l.ending = Handoff
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
func (l *vrrpLoop) drain() {
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
func (l *vrrpLoop) next() time.Time {
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
func (l *vrrpLoop) tick(now time.Time) {
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
func (l *vrrpLoop) tell(in vrrpInput) {
	select {
	case l.role.inbox <- in:
	case <-l.work.Done():
	}
}

// begin is the first moment at which this process may act: it takes up what a
// fresh record tells, releases what is left of a stale one, and starts the rest.
func (l *vrrpLoop) begin() error {
	if err := l.readLinks(); err != nil { // the baton was perhaps long in coming
		return err
	}
	memories, how := l.recall()
	spareOwn(l.links, l.teams, memories.left)
	record, err := newVRRPRecord(l.host.RunDir)
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

// close gives back what newVRRPLoop opened; all goroutines are down by then.
func (l *vrrpLoop) close() {
	l.net.Close()
	if l.record != nil {
		l.record.close()
	}
}

// stop makes the loop end.
func (l *vrrpLoop) stop(mode StopMode) { l.ending = mode }

// finish ends the role: a release resigns and takes everything off, a handoff
// leaves it to a successor who finds the record.
func (l *vrrpLoop) finish() error {
	now := time.Now()
	l.stopScripts()
	if l.ending == Release {
		for _, t := range l.teams {
			l.step(t, vrrp.Everyone, vrrp.Stop{}, now)
		}
	}
	l.awaitHand()
	if l.ending == Release && !l.notify.Wait(vrrpGrace) {
		l.log.Warn("notify scripts are still running at the end")
	}
	if l.ending == Release {
		return errors.Join(l.record.remove(), l.hand.forget())
	}
	return nil
}

// awaitHand waits until the kernel was written. Meanwhile nothing is decided any
// more, but what failed is still told.
func (l *vrrpLoop) awaitHand() {
	done := l.hand.done()
	for {
		select {
		case <-done:
			return
		case in := <-l.role.inbox:
			if failed, ok := in.(vrrpRefused); ok {
				failed.reach(l)
			}
		}
	}
}

// note puts an entry into the journal.
func (l *vrrpLoop) note(e journal.Entry) {
	if e.At.IsZero() {
		e.At = time.Now()
	}
	l.host.Journal(e)
}

// tellRealTime says once if adverts share the processor with everybody else.
func (l *vrrpLoop) tellRealTime() {
	if !vrrpRealTime() {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "not-real-time", "reason": "not-real-time"}})
		return
	}
	if err := vrrpLockMemory(); err != nil {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "memory-not-locked", "reason": err.Error()}})
	}
}

// holdAll lists everything that is held back, for a status or a plan.
func (l *vrrpLoop) holdAll() []control.Held {
	var held []control.Held
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
