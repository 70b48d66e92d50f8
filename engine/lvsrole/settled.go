package lvsrole

import (
	"time"

	"holdfast/engine/control"
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
		job.want, job.done = l.virtuals.wishesOf(job.keys), l.settled
	case taskAll:
		job.want, job.whole = l.virtuals.wishes()
	}
	if l.record.pending() && job.task != taskRemove {
		job.record = l.record.text(l.saved())
	}
	l.writer.jobs <- job
}

// answered takes in what the writer answers.
func (l *loop) answered(a tableAnswer) {
	l.jobs.busy = false
	l.problems.fault("record", a.unrecorded)
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
	was := l.problems.blocked
	defer func() { l.rewordSettled(a, was) }()
	if l.problems.block(a.blocked) {
		for _, v := range l.virtuals.list {
			v.have, v.there, v.refused = plan.Service{}, false, nil
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
			v.have, v.there = have[s.Key], false
			_, v.there = have[s.Key]
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
	for _, s := range a.job.want {
		if v := l.virtuals.byKey[s.Key]; v != nil {
			l.problems.refuse(v.refused, now[s.Key])
			v.refused = now[s.Key]
		}
	}
}
