package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/lvs"
	"holdfast/engine/plan"
)

// look has the whole table read and made as it shall be, unless that is to be
// done anyway.
func (l *loop) look() {
	if !l.jobs.looks() {
		l.jobs.add(tableJob{task: taskAll, silent: true, done: l.settled})
	}
}

// dispatch gives an idle writer its next job, with the wishes of this moment.
func (l *loop) dispatch() {
	job, some := l.jobs.next(l.problems.blocked != "")
	if !some {
		return
	}
	switch job.task {
	case taskSettle:
		job.want = l.virtuals.wishesOf(job.keys)
		if job.done == nil {
			job.done = l.settled
		}
	case taskAll:
		job.want, job.whole = l.virtuals.wishes()
		job.timeouts = lvs.Timeouts(l.cfg)
		if l.unflushed {
			job.flush = flushAll
		}
	}
	job.leave = slices.ContainsFunc(l.virtuals.list, (*virtual).unbinds)
	if l.record.pending() && job.task != taskRemove {
		job.record = l.record.text(l.saved())
	}
	l.writer.jobs <- job
}

// answered takes in what the writer answers.
func (l *loop) answered(a tableAnswer) {
	l.jobs.busy = false
	l.problems.fault("record", a.unrecorded)
	if settles := a.job.task == taskSettle || a.job.task == taskAll; settles {
		l.problems.fault(kernel.TemplateSetting, a.unbound)
	}
	a.job.done(a)
}

// lookShare bounds what looking at a large table may take: one part of so many.
const lookShare = 50

// settled takes in what came of taskSettle and taskAll.
func (l *loop) settled(a tableAnswer) {
	l.problems.fault("ipvs", a.err)
	if a.err != nil {
		l.reread = time.Now().Add(startTime) // what was reached is unknown: look again
		return
	}
	if a.job.task == taskAll {
		if at := time.Now().Add(lookShare * a.took); at.After(l.reread) {
			l.reread = at // on a slow machine the next change would wait for the look
		}
	}
	if a.job.flush != flushNone && a.blocked == "" {
		l.unflushed = false
		l.host.Log.Info("the table is flushed of what others had in it")
	}
	was := l.problems.blocked
	defer func() { l.rewordSettled(a, was) }()
	if l.problems.block(a.blocked) {
		for _, v := range l.virtuals.list {
			v.have, v.there, v.refused, v.lacking = plan.Service{}, false, nil, nil
		}
	}
	l.problems.drifted(a.drift, l.virtuals.nameOf)
	l.installed(a)
	if a.job.task == taskAll {
		l.foreign = a.foreign
	}
	if a.job.task == taskSettle && len(a.refused) > 0 {
		// The table may not be as was believed: once more, from the facts.
		l.jobs.add(tableJob{task: taskAll, trust: true, done: l.settled})
		return
	}
	l.refused(a)
	l.host.Settled()
}

// installed notes what the kernel has now.
func (l *loop) installed(a tableAnswer) {
	have := make(services, len(a.have))
	for _, s := range a.have {
		have[s.Key] = s
	}
	for _, s := range a.job.want {
		if v := l.virtuals.byKey[s.Key]; v != nil {
			service, there := have[s.Key]
			v.installed(s.Key, service, there)
		}
	}
}

// refused notes which operations the kernel did not take.
func (l *loop) refused(a tableAnswer) {
	now := make(map[plan.ServiceKey]*control.Blocked, len(a.refused))
	for _, r := range a.refused {
		if key := r.Op.Service.Key; now[key] == nil {
			name := l.virtuals.nameOf(key)
			h := refusalOf(r, name)
			now[key] = &h
		}
	}
	of := map[*virtual]*control.Blocked{}
	for _, s := range a.job.want {
		if v := l.virtuals.byKey[s.Key]; v != nil && of[v] == nil {
			of[v] = now[s.Key]
		}
	}
	for v, refused := range of {
		l.problems.refuse(v.refused, refused)
		v.refused = refused
	}
}

// installed notes what the kernel has under a key of v.
func (v *virtual) installed(key plan.ServiceKey, service plan.Service, there bool) {
	if key == v.key {
		v.have = service
	}
	if there {
		delete(v.lacking, key)
	} else {
		if v.lacking == nil {
			v.lacking = map[plan.ServiceKey]bool{}
		}
		v.lacking[key] = true
	}
	v.there = len(v.lacking) == 0
}
