package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
	"holdfast/engine/schedule"
	"holdfast/engine/script"
)

const (
	lvsTick      = 10 * time.Millisecond // how late a check may be
	lvsSlots     = 1024                  // of the wheel: one round is some 10 s
	lvsStart     = time.Second           // from the start to the first check, as keepalived
	lvsNoteDelay = time.Second           // how long a change waits for its record
	lvsPatience  = 5 * time.Second       // for scripts: the next of the same object, and at the end
)

// lvsLoop is the inside of the lvs role. One goroutine (run) owns every field
// and decides; probes and the hand work for it and report back through the
// inbox:
//
//	 wheel ──due──▶ probes ──results──┐                  ┌─▶ journal, scripts
//	                                  ▼                  │
//	questions ─────────────────────▶ loop: lvs.Step ─────┤
//	                                  ▲                  │
//	                                  └────answers──── hand ─▶ record, manifest, IPVS
type lvsLoop struct {
	opt   LVSOptions
	host  Host
	log   *slog.Logger
	role  *lvsRole
	hand  *lvsHand
	probe func(context.Context, model.Check) probe.Result // as the running configuration wants programs run

	work    context.Context // ends when Run does: probes, programs, hand
	wg      sync.WaitGroup  // everything started by the loop
	scripts *script.Queue

	cfg      model.Config
	since    time.Time // of the fresh start, carried over by the record
	virtuals []*lvsVirtual
	byKey    map[plan.ServiceKey]*lvsVirtual

	wheel  *schedule.Wheel
	dues   []schedule.Key // of one tick, kept for its memory
	checks []*lvsCheck    // by schedule.Key; nil is free
	free   []schedule.Key
	flying int
	full   bool // the pool of probes is full, and that was told

	jobs      []lvsJob                 // for the hand, in order
	busy      bool                     // the hand works
	dirty     map[plan.ServiceKey]bool // services whose wish changed since the last job
	strangers []string                 // what others have in the table, as ipvsadm lines
	held      string                   // code of what holds the whole table back
	faults    map[string]string        // errors that the hand reported last, by what it was at
	stats     map[plan.ServiceKey]kernel.ServiceStats
	statAt    time.Time
	statTook  time.Duration // to read them
	asking    []func()      // wait for counters
	reread    time.Time     // when the table is read again
	record    time.Time     // when the record is written; zero: it is as it should be

	watching bool                  // addresses are watched, for ha_suspend
	listed   bool                  // local is known
	local    map[plan.Address]bool // addresses of this host; only link and prefix are set

	stopping bool // no more checks
	ending   bool // Run returns
	handoff  bool
}

func newLVSLoop(r *lvsRole, host Host) *lvsLoop {
	l := &lvsLoop{
		opt: r.opt, host: host, log: host.Log, role: r,
		byKey: map[plan.ServiceKey]*lvsVirtual{}, dirty: map[plan.ServiceKey]bool{},
		local: map[plan.Address]bool{}, faults: map[string]string{},
	}
	l.hand = newLVSHand(r.opt.OpenIPVS, host.RunDir)
	return l
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *lvsLoop) run(ctx context.Context, cfg model.Config) error {
	if err := l.hand.load(); err != nil {
		l.log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	l.work = work
	l.scripts = script.NewQueue(work, lvsPatience)
	l.wg.Go(func() { l.hand.run(work) })
	now := time.Now()
	l.wheel = schedule.New(now, lvsTick, lvsSlots)
	if err := l.begin(cfg, now); err != nil {
		return err
	}
	l.loop(ctx)
	cancel()
	l.wg.Wait()
	if l.handoff {
		return l.past().write(l.host.RunDir)
	}
	return nil
}

func (l *lvsLoop) loop(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !l.ending {
		l.dispatch()
		timer.Reset(time.Until(l.next()))
		select {
		case message := <-l.role.inbox:
			message(l)
		case answer := <-l.hand.answers:
			l.busy = false
			l.fault("record", answer.unrecorded)
			answer.job.done(answer)
		case <-timer.C:
		case <-ctx.Done():
			l.handoff = true
			return
		}
		l.tick(time.Now())
	}
}

// next is when the loop has to look at the clock again.
func (l *lvsLoop) next() time.Time {
	at := l.reread
	if due, some := l.wheel.Next(); some && due.Before(at) {
		at = due
	}
	if !l.record.IsZero() && l.record.Before(at) {
		at = l.record
	}
	return at
}

// tick does what is due.
func (l *lvsLoop) tick(now time.Time) {
	l.dues = l.wheel.Due(l.dues[:0], now)
	for _, key := range l.dues {
		l.due(l.checks[key], now)
	}
	if !now.Before(l.reread) {
		l.reread = now.Add(l.opt.Reread)
		l.look()
	}
	if !l.record.IsZero() && !now.Before(l.record) {
		l.give(lvsJob{done: func(lvsAnswer) {}}) // every job takes the record along
	}
}

// tell sends a message to the loop from a goroutine that works for it.
func (l *lvsLoop) tell(message func(*lvsLoop)) {
	select {
	case l.role.inbox <- message:
	case <-l.work.Done():
	}
}

// begin takes the state over from an earlier run, where there is a record, and
// opens every virtual server.
func (l *lvsLoop) begin(cfg model.Config, now time.Time) error {
	past, resumed, err := readLVSPast(l.host.RunDir)
	if err != nil {
		return err
	}
	l.since, l.reread = now, now.Add(l.opt.Reread)
	if resumed {
		l.since, past.named = past.Since, l.hand.ours
	}
	l.started(resumed)
	l.take(cfg, past, now)
	l.open(now)
	l.look()
	return nil
}

// open lets every virtual server begin; what follows from that goes out.
func (l *lvsLoop) open(now time.Time) {
	for _, v := range l.virtuals {
		l.step(v, lvs.Began{}, nil, now)
		v.fresh = false
	}
	l.changed(now)
}

// changed has the record written soon.
func (l *lvsLoop) changed(now time.Time) {
	if l.record.IsZero() {
		l.record = now.Add(lvsNoteDelay)
	}
}
