package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// lvsHand does what the lvs role writes: record, manifest and the kernel's
// table, one job after the other in one goroutine, so that a slow kernel never
// delays a check.
type lvsHand struct {
	open    func() (IPVS, error)
	dir     string
	jobs    chan lvsJob    // room for one: the loop sends only to an idle hand
	answers chan lvsAnswer // room for one: the hand has one job at a time

	door      IPVS // nil: not open
	ours      lvsOwned
	have      lvsTable          // ours, as last read or written
	known     bool              // have was read through this door
	strangers []string          // what others have in the table, as last read
	listed    []plan.Service    // what the manifest names
	saved     [sha256.Size]byte // of the manifest as it is on disk
}

// lvsTask is what a job is about.
type lvsTask uint8

// The tasks.
const (
	lvsNote    lvsTask = iota // nothing but the record
	lvsSettle                 // make the kernel hold want, under the keys of want
	lvsAll                    // make the kernel hold want and nothing else of ours
	lvsPreview                // what lvsAll would do
	lvsCount                  // counters
	lvsRemove                 // take out all that is ours, and forget it
)

// lvsJob is one job for the hand. Whole is what the configuration can ever ask
// for (lvs.Virtual.Whole); it becomes the manifest.
type lvsJob struct {
	task   lvsTask
	trust  bool // what it leaves as it is need not be looked at again
	want   []plan.Service
	whole  []plan.Service
	record []byte
	done   func(lvsAnswer) // called in the loop
}

// lvsAnswer is what came of a job.
type lvsAnswer struct {
	job       lvsJob
	ops       plan.Plan // what was done, or would be
	have      []plan.Service
	strangers []string  // what others have in the table; of lvsAll
	drift     plan.Plan // the part of ops that undoes what others did
	refused   []*kernel.OpError
	stats     map[plan.ServiceKey]kernel.ServiceStats
	held      string // code of what keeps the hand from the table
	err       error

	unrecorded error // the record could not be written; the work was done nevertheless
}

func newLVSHand(open func() (IPVS, error), dir string) *lvsHand {
	return &lvsHand{open: open, dir: dir, jobs: make(chan lvsJob, 1), answers: make(chan lvsAnswer, 1)}
}

// run works until ctx ends.
func (h *lvsHand) run(ctx context.Context) {
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
func (h *lvsHand) do(ctx context.Context, job lvsJob) lvsAnswer {
	a := lvsAnswer{job: job}
	if job.record != nil {
		a.unrecorded = lvsReplace(h.dir, lvsRecordName, job.record)
	}
	if job.task == lvsAll {
		a.err = h.claim(job.whole)
	}
	if job.task == lvsNote || a.err != nil {
		return a
	}
	a.held, a.err = h.try(ctx, &a)
	if job.task == lvsRemove && a.err == nil && (a.held == "" || a.held == "no-ipvs") {
		a.err = h.forget() // a kernel without IPVS holds nothing of ours
	}
	return a
}

// try works behind the door. A kernel without IPVS and a process without the
// right are no errors but the reason why everything is held.
func (h *lvsHand) try(ctx context.Context, a *lvsAnswer) (held string, err error) {
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

func (h *lvsHand) shut() {
	if h.door != nil {
		h.door.Close()
	}
	h.door, h.known, h.have = nil, false, nil
}
