package script

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Queue runs jobs of one object one after the other, and those of different
// objects side by side. The zero value is not usable; see NewQueue.
type Queue struct {
	ctx      context.Context
	patience time.Duration
	run      Runner
	wg       sync.WaitGroup

	mu      sync.Mutex // guards waiting
	waiting map[string][]queued
}

type queued struct {
	job  Job
	once string
	done func(Result)
}

// NewQueue makes a queue whose programs end when ctx does. A job waits for the
// one before it, but no longer than patience: a notification that hangs must not
// keep back the next one for ever, nor is it killed for being slow. Jobs are run by run.
func NewQueue(ctx context.Context, patience time.Duration, run Runner) *Queue {
	return &Queue{ctx: ctx, patience: patience, run: run, waiting: map[string][]queued{}}
}

// Add appends a job to the object's queue and returns at once. done, if not nil,
// is called with the result from another goroutine.
func (q *Queue) Add(object string, job Job, done func(Result)) { q.add(object, queued{job, "", done}) }

// AddOnce is Add for a job that has no more to tell when it comes twice: while
// one of the same name waits in the object's queue, nothing is added.
func (q *Queue) AddOnce(object, name string, job Job, done func(Result)) {
	q.add(object, queued{job, name, done})
}

func (q *Queue) add(object string, next queued) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs, busy := q.waiting[object]
	if next.once != "" && slices.ContainsFunc(jobs, func(j queued) bool { return j.once == next.once }) {
		return
	}
	q.waiting[object] = append(jobs, next)
	if busy {
		return
	}
	q.wg.Add(1)
	go q.drain(object)
}

// Wait blocks until all programs have ended, or for d; it reports whether they
// have.
func (q *Queue) Wait(d time.Duration) bool {
	idle := make(chan struct{}) // closed when the last program ended
	go func() { q.wg.Wait(); close(idle) }()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-idle:
		return true
	case <-t.C:
		return false
	}
}

// drain runs the object's jobs in order until none is left.
func (q *Queue) drain(object string) {
	defer q.wg.Done()
	for {
		next, ok := q.take(object)
		if !ok {
			return
		}
		ended := make(chan struct{})
		q.wg.Add(1)
		go func() {
			defer q.wg.Done()
			defer close(ended)
			r := q.run(q.ctx, next.job)
			if next.done != nil {
				next.done(r)
			}
		}()
		t := time.NewTimer(q.patience)
		select {
		case <-ended:
		case <-t.C:
		}
		t.Stop()
	}
}

// take gives the object's next job; when there is none the object is idle. At
// the end nothing more is begun.
func (q *Queue) take(object string) (queued, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.waiting[object]
	if len(jobs) == 0 || q.ctx.Err() != nil {
		delete(q.waiting, object)
		return queued{}, false
	}
	q.waiting[object] = jobs[1:]
	return jobs[0], true
}
