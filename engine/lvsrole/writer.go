package lvsrole

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// writer does what the lvs role writes: record, manifest and the kernel's
// table, one job after the other in one goroutine, so that a slow kernel never
// delays a check.
type writer struct {
	jobs    chan tableJob    // room for one: the loop sends only to an idle writer
	answers chan tableAnswer // room for one: the writer has one job at a time

	record   recordFile
	orders   ordersFile
	bound    templates
	manifest *manifest
	table    *table
}

// tableTask is what a job is about.
type tableTask uint8

// The tasks.
const (
	taskRecord  tableTask = iota // nothing but the record
	taskSettle                   // make the kernel hold want, under the keys of want
	taskAll                      // make the kernel hold want and nothing else of ours
	taskPreview                  // what taskAll would do
	taskCount                    // counters: of keys, or all where there are none
	taskRemove                   // take out all that is ours, and forget it
)

// tableJob is one job for the writer. Whole is what the configuration can ever ask
// for (lvs.Virtual.Whole); it becomes the manifest.
type tableJob struct {
	task   tableTask
	trust  bool              // what it leaves as it is need not be looked at again
	leave  bool              // clients bound to a server leave it with weight 0; of taskSettle and taskAll
	own    bool              // of taskCount: the services themselves are counted, too
	silent bool              // nobody asks which operations it took
	flush  flush             // what of others goes, too; of taskAll and taskRemove
	keys   []plan.ServiceKey // of taskSettle: whose wishes changed; of taskCount
	want   []plan.Service
	whole  []plan.Service

	timeouts plan.Timeouts // what is wished of them; of taskAll and taskPreview
	record   []byte
	orders   *orders           // to be on disk before anything else is done; nil: they are
	done     func(tableAnswer) // called in the loop
}

// tableAnswer is what came of a job.
type tableAnswer struct {
	job     tableJob
	ops     plan.Plan // what the kernel did, or would be asked to do
	have    []plan.Service
	foreign []string   // what others have in the table; of taskAll
	drift   plan.Plan  // how ops undo what others did
	moves   []lvs.Move // what of it has mh give clients to other servers; of taskAll and taskPreview
	refused []*kernel.OpError
	stats   map[plan.ServiceKey]kernel.ServiceStats
	blocked string // code of what keeps the writer from the table
	err     error

	took       time.Duration
	unbound    error // clients bound to a server do not leave it; the work was done nevertheless
	unrecorded error // the record could not be written; the work was done nevertheless
}

func newWriter(opt Options, dir string, o ordersFile) *writer {
	return &writer{
		jobs: make(chan tableJob, 1), answers: make(chan tableAnswer, 1),
		record: recordIn(dir), orders: o, manifest: manifestIn(dir), table: &table{open: opt.OpenIPVS}, bound: templatesIn(dir, opt),
	}
}

// run works until ctx ends.
func (w *writer) run(ctx context.Context) {
	defer w.table.close()
	for {
		select {
		case job := <-w.jobs:
			began := time.Now()
			answer := w.do(ctx, job)
			answer.took = time.Since(began)
			w.answers <- answer
		case <-ctx.Done():
			return
		}
	}
}

// do carries out one job. What is known on disk comes before what is done in
// the kernel: after a crash nothing of ours is without its owner.
func (w *writer) do(ctx context.Context, job tableJob) tableAnswer {
	a := tableAnswer{job: job}
	if job.orders != nil {
		if a.err = w.orders.write(*job.orders); a.err != nil {
			return a
		}
	}
	if job.record != nil {
		a.unrecorded = w.record.write(job.record)
	}
	if job.task == taskAll {
		a.err = w.manifest.claim(job.whole)
	}
	if job.task == taskRecord || a.err != nil {
		return a
	}
	settles := job.task == taskSettle || job.task == taskAll
	if settles && job.leave {
		a.unbound = w.bound.need()
	}
	a.blocked, a.err = w.try(ctx, &a)
	if settles && !job.leave || job.task == taskRemove {
		a.unbound = w.bound.rest()
	}
	if job.task == taskRemove && a.err == nil && (a.blocked == "" || a.blocked == code.NoIPVS) {
		// A kernel without IPVS holds nothing of ours.
		a.err = errors.Join(w.manifest.forget(), w.record.remove())
	}
	return a
}

// try works on the table. A kernel without IPVS and a process without the right
// are no errors but the reason why everything is blocked.
func (w *writer) try(ctx context.Context, a *tableAnswer) (blocked string, err error) {
	// An answer that got lost leaves us out of step with the kernel: connect
	// again, once.
	for range 2 {
		if w.table.conn == nil && len(w.manifest.ours) == 0 && len(a.job.want) == 0 && w.manifest.before == (plan.Timeouts{}) {
			return "", nil // nothing is asked of the kernel, so it need not have IPVS
		}
		if err = w.table.connect(); err == nil {
			err = w.work(ctx, a)
		}
		if err == nil {
			return "", nil
		}
		w.table.close()
		switch {
		case errors.Is(err, kernel.ErrNoIPVS):
			return code.NoIPVS, nil
		case errors.Is(err, fs.ErrPermission):
			return code.NoNetAdmin, nil
		case ctx.Err() != nil:
			return "", err
		}
	}
	return "", err
}
