package lvsrole

import (
	"slices"

	"holdfast/engine/plan"
)

// jobs are what the writer has to do next, in order. Services whose wish changed
// wait until it is idle and are then one job.
type jobs struct {
	waiting []tableJob
	busy    bool                     // the writer works
	dirty   map[plan.ServiceKey]bool // services whose wish changed since the last job
}

// add puts a job behind all others.
func (j *jobs) add(job tableJob) { j.waiting = append(j.waiting, job) }

// change says that the wish of a service changed.
func (j *jobs) change(key plan.ServiceKey) { j.dirty[key] = true }

// idle says that the writer has nothing to do, and nothing was asked of it.
func (j *jobs) idle() bool { return !j.busy && len(j.waiting) == 0 }

// looks says that the whole table is read and compared anyway.
func (j *jobs) looks() bool {
	for _, job := range j.waiting {
		if job.task == taskAll && !job.trust {
			return true
		}
	}
	return false
}

// next gives an idle writer its job. While the table is blocked, changes wait for
// the next look at the whole.
func (j *jobs) next(blocked bool) (job tableJob, some bool) {
	switch {
	case j.busy:
		return job, false
	case len(j.waiting) > 0:
		job, j.waiting = j.waiting[0], j.waiting[1:]
		if job.task == taskSettle {
			job.keys = j.changed(job.keys)
		}
	case len(j.dirty) > 0 && !blocked:
		job.task, job.keys = taskSettle, j.changed(nil)
	default:
		return job, false
	}
	if job.task == taskSettle || job.task == taskAll {
		clear(j.dirty)
	}
	j.busy = true
	return job, true
}

// changed are these keys and those whose wish changed.
func (j *jobs) changed(these []plan.ServiceKey) []plan.ServiceKey {
	keys := slices.Clone(these)
	for key := range j.dirty {
		if !slices.Contains(these, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// drop forgets all that waits.
func (j *jobs) drop() {
	j.waiting = nil
	clear(j.dirty)
}
