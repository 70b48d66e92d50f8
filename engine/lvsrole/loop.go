package lvsrole

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/code"
	"holdfast/engine/fifo"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/probe"
	"holdfast/engine/script"
)

// loop is the inside of the lvs role. One goroutine (run) owns every field and
// decides; what it owns is the order, and each owner in it has fields of its own.
// Probes and the writer work for it and report back through the inbox:
//
//	 checks ──due──▶ pool: probes ──results──┐            ┌─▶ transitions: journal, scripts
//	                                         ▼            │
//	questions ───────────────────────────▶ loop: lvs.Step ┼─▶ record
//	                                         ▲            │
//	  localAddresses, news of the host ──────┤            └─▶ jobs ──▶ writer
//	                                         │                           │
//	                                         └────────── answers ────────┤
//	                                                                     ▼
//	                                              record file, manifest, table (IPVS)
type loop struct {
	opt   Options
	host  engine.Services
	inbox chan func(*loop)

	work context.Context // ends when run does: probes, programs, writer
	wg   sync.WaitGroup  // everything started by the loop

	cfg   model.Config
	probe func(context.Context, model.Check) probe.Result // as cfg wants programs run

	virtuals    virtuals
	checks      checks
	pool        pool
	local       localAddresses
	sessions    sessions
	files       files
	transitions transitions
	jobs        jobs
	writer      *writer
	record      record
	counters    counters
	problems    problems
	orders      ordering
	timers      timers

	reread  time.Time // when the table is read again
	foreign []string  // what others have in the table, as ipvsadm lines

	unshown   string // why SSL_GET shows no certificate; "": it does, or has none
	unflushed bool   // lvs_flush asks for an empty table, and the kernel has not done it yet

	stopping bool // no more checks
	ending   bool // run returns
	handoff  bool
}

func newLoop(opt Options, inbox chan func(*loop), host engine.Services) *loop {
	l := &loop{
		opt: opt, host: host, inbox: inbox,
		pool:        pool{limit: opt.Probes, tell: host.Journal},
		sessions:    sessions{follow: opt.FollowSessions, seen: map[string]sessionSeen{}},
		files:       files{watch: opt.WatchDir},
		local:       localAddresses{there: map[plan.Address]bool{}},
		transitions: transitions{tell: host.Journal, unrun: engine.NewUnrun(host.Journal)},
		jobs:        jobs{dirty: map[plan.ServiceKey]bool{}},
		orders:      ordering{file: ordersIn(host.Disk, host.StateDir)},
		problems:    problems{tell: host.Journal, log: host.Log, faults: map[string]string{}},
	}
	l.writer = newWriter(opt, host.RunDir, l.orders.file)
	l.transitions.fifos = fifo.New(host.Log, filepath.Join(host.RunDir, "fifo-lvs"), host.Runner(), l.transitions.readerEnded(host.Log))
	return l
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *loop) run(ctx context.Context, cfg model.Config) error {
	if err := l.writer.manifest.load(); err != nil {
		l.host.Log.Warn("the manifest of the last run cannot be read", "reason", err)
	}
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	l.work = work
	l.transitions.scripts = script.NewQueue(work, scriptPatience, l.host.Runner())
	l.wg.Go(func() { l.writer.run(work) })
	now := time.Now()
	l.checks = newChecks(now)
	if err := l.begin(cfg, now); err != nil {
		return err
	}
	l.loop(ctx)
	cancel()
	l.wg.Wait()
	l.closeFIFOs()
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
		case message := <-l.inbox:
			message(l)
		case answer := <-l.writer.answers:
			l.answered(answer)
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
	if due, some := l.checks.wheel.Next(); some && due.Before(at) {
		at = due
	}
	if len(l.timers) > 0 && l.timers[0].at.Before(at) {
		at = l.timers[0].at
	}
	if l.record.pending() && l.record.due.Before(at) {
		at = l.record.due
	}
	if count := l.orders.count; !count.IsZero() && !l.orders.counts && count.Before(at) {
		at = count
	}
	return at
}

// tick does what is due.
func (l *loop) tick(now time.Time) {
	for s := range l.checks.due(now) {
		l.runDue(s, now)
	}
	if !now.Before(l.reread) {
		l.reread = now.Add(l.opt.Reread)
		l.look()
	}
	l.elapse(now)
	l.countDrains(now)
	if l.record.pending() && !now.Before(l.record.due) {
		l.jobs.add(tableJob{done: func(tableAnswer) {}}) // every job takes the record along
	}
}

// tell sends a message to the loop from a goroutine that works for it.
func (l *loop) tell(message func(*loop)) {
	select {
	case l.inbox <- message:
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
	if l.orders.now, err = l.orders.file.read(); err != nil {
		l.host.Journal(journal.Entry{Kind: journal.Notice, Facts: map[string]string{journal.FactCode: code.OrdersLost, journal.FactReason: err.Error()}})
	}
	var before past
	l.files.began = resumed
	l.record.since, l.reread = now, now.Add(l.opt.Reread)
	if resumed {
		before = past{saved, l.writer.manifest.ours}
		l.record.since = saved.Since
	}
	l.started(resumed)
	l.unflushed = cfg.Global.Flush && !resumed
	l.configure(cfg, before, now)
	l.look()
	return nil
}

// started tells how the role begins.
func (l *loop) started(resumed bool) {
	how := "fresh"
	if resumed {
		how = "resumed"
	} else if len(l.writer.manifest.ours) > 0 {
		how = "adopted"
	}
	l.host.Journal(journal.Entry{Kind: journal.Started, Facts: map[string]string{
		journal.FactPID: strconv.Itoa(os.Getpid()), journal.FactHow: how,
	}})
}

// saved is what the next process has to know of the virtual servers, by name.
func (l *loop) saved() map[string]savedVirtual {
	all := map[string]savedVirtual{}
	for _, v := range l.virtuals.list {
		if s, differs := v.saved(l.record.since); differs {
			all[v.name] = s
		}
	}
	return all
}
