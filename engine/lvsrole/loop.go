package lvsrole

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
	"holdfast/engine/schedule"
	"holdfast/engine/script"
)

const (
	wheelTick      = 10 * time.Millisecond // how late a check may be
	wheelSlots     = 1024                  // of the wheel: one round is some 10 s
	startTime      = time.Second           // from the start to the first check, as keepalived
	scriptPatience = 5 * time.Second       // for scripts: the next of the same object, and at the end
)

// loop is the inside of the lvs role. One goroutine (run) owns every field
// and decides; probes and the writer work for it and report back through the
// inbox:
//
//	 wheel ──due──▶ probes ──results──┐                  ┌─▶ journal, scripts
//	                                  ▼                  │
//	questions ─────────────────────▶ loop: lvs.Step ─────┤
//	                                  ▲                  │
//	                                  └────answers──── writer ─▶ record, manifest, IPVS
type loop struct {
	opt    Options
	host   engine.Services
	log    *slog.Logger
	role   *role
	writer *writer
	probe  func(context.Context, model.Check) probe.Result // as the running configuration wants programs run

	work    context.Context // ends when Run does: probes, programs, writer
	wg      sync.WaitGroup  // everything started by the loop
	scripts *script.Queue

	cfg      model.Config
	record   record
	virtuals []*virtual
	byKey    map[plan.ServiceKey]*virtual

	wheel  *schedule.Wheel
	dues   []schedule.Key // of one tick, kept for its memory
	checks []*check       // by schedule.Key; nil is free
	free   []schedule.Key
	flying int
	full   bool // the pool of probes is full, and that was told

	jobs     []tableJob               // for the writer, in order
	busy     bool                     // the writer works
	dirty    map[plan.ServiceKey]bool // services whose wish changed since the last job
	foreign  []string                 // what others have in the table, as ipvsadm lines
	held     string                   // code of what holds the whole table back
	faults   map[string]string        // errors that the writer reported last, by what it was at
	stats    map[plan.ServiceKey]kernel.ServiceStats
	statAt   time.Time
	statTook time.Duration // to read them
	asking   []func()      // wait for counters
	reread   time.Time     // when the table is read again

	local localAddresses

	stopping bool // no more checks
	ending   bool // Run returns
	handoff  bool
}

func newLoop(r *role, host engine.Services) *loop {
	l := &loop{
		opt: r.opt, host: host, log: host.Log, role: r,
		byKey: map[plan.ServiceKey]*virtual{}, dirty: map[plan.ServiceKey]bool{},
		local: localAddresses{there: map[plan.Address]bool{}}, faults: map[string]string{},
	}
	l.writer = newWriter(r.opt.OpenIPVS, host.RunDir)
	return l
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *loop) run(ctx context.Context, cfg model.Config) error {
	if err := l.writer.load(); err != nil {
		l.log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	l.work = work
	l.scripts = script.NewQueue(work, scriptPatience)
	l.wg.Go(func() { l.writer.run(work) })
	now := time.Now()
	l.wheel = schedule.New(now, wheelTick, wheelSlots)
	if err := l.begin(cfg, now); err != nil {
		return err
	}
	l.loop(ctx)
	cancel()
	l.wg.Wait()
	if l.handoff {
		return recordIn(l.host.RunDir).write(l.record.text(l.saved()))
	}
	return nil
}

func (l *loop) loop(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for !l.ending {
		l.dispatch()
		timer.Reset(time.Until(l.next()))
		select {
		case message := <-l.role.inbox:
			message(l)
		case answer := <-l.writer.answers:
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
func (l *loop) next() time.Time {
	at := l.reread
	if due, some := l.wheel.Next(); some && due.Before(at) {
		at = due
	}
	if l.record.pending() && l.record.due.Before(at) {
		at = l.record.due
	}
	return at
}

// tick does what is due.
func (l *loop) tick(now time.Time) {
	l.dues = l.wheel.Due(l.dues[:0], now)
	for _, key := range l.dues {
		l.due(l.checks[key], now)
	}
	if !now.Before(l.reread) {
		l.reread = now.Add(l.opt.Reread)
		l.look()
	}
	if l.record.pending() && !now.Before(l.record.due) {
		l.give(tableJob{done: func(tableAnswer) {}}) // every job takes the record along
	}
}

// tell sends a message to the loop from a goroutine that works for it.
func (l *loop) tell(message func(*loop)) {
	select {
	case l.role.inbox <- message:
	case <-l.work.Done():
	}
}

// begin takes the state over from an earlier run, where there is a record, and
// opens every virtual server.
func (l *loop) begin(cfg model.Config, now time.Time) error {
	saved, resumed, err := recordIn(l.host.RunDir).read()
	if err != nil {
		return err
	}
	var before past
	l.record.since, l.reread = now, now.Add(l.opt.Reread)
	if resumed {
		before = past{saved, l.writer.ours}
		l.record.since = saved.Since
	}
	l.started(resumed)
	l.take(cfg, before, now)
	l.open(now)
	l.look()
	return nil
}

// open lets every virtual server begin; what follows from that goes out.
func (l *loop) open(now time.Time) {
	for _, v := range l.virtuals {
		l.step(v, lvs.Began{}, nil, now)
		v.fresh = false
	}
	l.record.changed(now)
}

// saved is what the next process has to know of the virtual servers, by name.
func (l *loop) saved() map[string]savedVirtual {
	all := map[string]savedVirtual{}
	for _, v := range l.virtuals {
		if s, differs := v.saved(l.record.since); differs {
			all[v.name] = s
		}
	}
	return all
}

// suspended says that the checks of v pause: it has ha_suspend, and its address
// is not on this host. Servers keep the state they had.
func (l *loop) suspended(v *virtual) bool { return v.core.HASuspend && l.local.lack(v.core.Addr) }

// followAddresses begins to follow the host's addresses as soon as some virtual
// server depends on them. Where they cannot be followed nothing is suspended, and
// the journal says so.
func (l *loop) followAddresses() {
	if l.local.followed || !slices.ContainsFunc(l.virtuals, func(v *virtual) bool { return v.core.HASuspend }) {
		return
	}
	l.local.followed = true
	l.wg.Go(func() {
		follow(l.work, l.opt.OpenNet, l.opt.Reread,
			func(n addressNews) { l.tell(func(l *loop) { l.local.take(n) }) },
			func(err error) {
				l.host.Journal(journal.Entry{Kind: journal.Notice, Facts: map[string]string{"code": "ha-suspend", "reason": err.Error()}})
			})
	})
}
