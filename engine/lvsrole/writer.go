package lvsrole

import (
	"context"
	"errors"
	"io/fs"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// writer does what the lvs role writes: record, manifest and the kernel's
// table, one job after the other in one goroutine, so that a slow kernel never
// delays a check.
type writer struct {
	open    func() (IPVS, error)
	record  recordFile
	jobs    chan tableJob    // room for one: the loop sends only to an idle writer
	answers chan tableAnswer // room for one: the writer has one job at a time

	door     IPVS // nil: not open
	ours     plan.Owned
	have     table    // ours, as last read or written
	known    bool     // have was read through this door
	foreign  []string // what others have in the table, as last read
	manifest *state.Manifest
	listed   []plan.Service // what the manifest names
}

// tableTask is what a job is about.
type tableTask uint8

// The tasks.
const (
	taskRecord  tableTask = iota // nothing but the record
	taskSettle                   // make the kernel hold want, under the keys of want
	taskAll                      // make the kernel hold want and nothing else of ours
	taskPreview                  // what taskAll would do
	taskCount                    // counters
	taskRemove                   // take out all that is ours, and forget it
)

// tableJob is one job for the writer. Whole is what the configuration can ever ask
// for (lvs.Virtual.Whole); it becomes the manifest.
type tableJob struct {
	task   tableTask
	trust  bool // what it leaves as it is need not be looked at again
	want   []plan.Service
	whole  []plan.Service
	record []byte
	done   func(tableAnswer) // called in the loop
}

// tableAnswer is what came of a job.
type tableAnswer struct {
	job     tableJob
	ops     plan.Plan // what was done, or would be
	have    []plan.Service
	foreign []string  // what others have in the table; of taskAll
	drift   plan.Plan // the part of ops that undoes what others did
	refused []*kernel.OpError
	stats   map[plan.ServiceKey]kernel.ServiceStats
	held    string // code of what keeps the writer from the table
	err     error

	unrecorded error // the record could not be written; the work was done nevertheless
}

func newWriter(open func() (IPVS, error), dir string) *writer {
	return &writer{open: open, record: recordIn(dir), manifest: state.ManifestOf(dir, "lvs"), jobs: make(chan tableJob, 1), answers: make(chan tableAnswer, 1)}
}

// run works until ctx ends.
func (h *writer) run(ctx context.Context) {
	defer h.shut()
	for {
		select {
		case job := <-h.jobs:
			h.answers <- h.do(ctx, job)
		case <-ctx.Done():
			return
		}
	}
}

// do carries out one job. What is known on disk comes before what is done in
// the kernel: after a crash nothing of ours is without its owner.
func (h *writer) do(ctx context.Context, job tableJob) tableAnswer {
	a := tableAnswer{job: job}
	if job.record != nil {
		a.unrecorded = h.record.write(job.record)
	}
	if job.task == taskAll {
		a.err = h.claim(job.whole)
	}
	if job.task == taskRecord || a.err != nil {
		return a
	}
	a.held, a.err = h.try(ctx, &a)
	if job.task == taskRemove && a.err == nil && (a.held == "" || a.held == "no-ipvs") {
		a.err = h.forget() // a kernel without IPVS holds nothing of ours
	}
	return a
}

// try works behind the door. A kernel without IPVS and a process without the
// right are no errors but the reason why everything is held.
func (h *writer) try(ctx context.Context, a *tableAnswer) (held string, err error) {
	// An answer that got lost leaves door and kernel out of step: a new door, once.
	for range 2 {
		if h.door == nil && len(h.ours) == 0 && len(a.job.want) == 0 {
			return "", nil // nothing is asked of the kernel, so it need not have IPVS
		}
		if h.door == nil {
			h.door, err = h.open()
		}
		if err == nil {
			err = h.work(ctx, a)
		}
		if err == nil {
			return "", nil
		}
		h.shut()
		switch {
		case errors.Is(err, kernel.ErrNoIPVS):
			return "no-ipvs", nil
		case errors.Is(err, fs.ErrPermission):
			return "no-net-admin", nil
		case ctx.Err() != nil:
			return "", err
		}
	}
	return "", err
}

func (h *writer) shut() {
	if h.door != nil {
		h.door.Close()
	}
	h.door, h.known, h.have = nil, false, nil
}
