package lvsrole

import (
	"fmt"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// told is how many drifts of one reading are told one by one.
const told = 20

// give puts a job into the writer's queue.
func (l *loop) give(job tableJob) { l.jobs = append(l.jobs, job) }

// look has the whole table read and made as it shall be, unless that is to be
// done anyway.
func (l *loop) look() {
	for _, job := range l.jobs {
		if job.task == taskAll && !job.trust {
			return
		}
	}
	l.give(tableJob{task: taskAll, done: l.settled})
}

// dispatch gives an idle writer its next job, with the wishes of this moment.
// While nothing can be installed, changes wait for the next look at the whole.
func (l *loop) dispatch() {
	if l.busy {
		return
	}
	var job tableJob
	switch {
	case len(l.jobs) > 0:
		job, l.jobs = l.jobs[0], l.jobs[1:]
	case len(l.dirty) > 0 && l.held == "":
		job = tableJob{task: taskSettle, done: l.settled}
		for key := range l.dirty {
			if v := l.byKey[key]; v != nil {
				job.want = append(job.want, v.core.Want(v.state))
			}
		}
		clear(l.dirty)
	default:
		return
	}
	if job.task == taskAll {
		for _, v := range l.virtuals {
			job.want = append(job.want, v.core.Want(v.state))
			job.whole = append(job.whole, v.core.Whole())
		}
		clear(l.dirty)
	}
	if l.record.pending() && job.task != taskRemove {
		job.record = l.record.text(l.saved())
	}
	l.busy = true
	l.writer.jobs <- job
}

// settled takes in what came of taskSettle and taskAll.
func (l *loop) settled(a tableAnswer) {
	l.fault("ipvs", a.err)
	if a.err != nil {
		l.reread = time.Now().Add(startTime) // what was reached is unknown: look again
		return
	}
	l.hold(a.held)
	l.drifted(a.drift)
	l.installed(a)
	if a.job.task == taskAll {
		l.foreign = a.foreign
	}
	if a.job.task == taskSettle && len(a.refused) > 0 {
		// The table may not be as was believed: once more, from the facts.
		l.give(tableJob{task: taskAll, trust: true, done: l.settled})
		return
	}
	l.refused(a)
	l.host.Settled()
}

// installed notes what the kernel has now.
func (l *loop) installed(a tableAnswer) {
	have := make(map[plan.ServiceKey]plan.Service, len(a.have))
	for _, s := range a.have {
		have[s.Key] = s
	}
	for _, s := range a.job.want {
		if v := l.byKey[s.Key]; v != nil {
			v.have, v.there = have[s.Key], false
			_, v.there = have[s.Key]
		}
	}
}

// refused tells of operations that the kernel did not take: when that begins
// and when it changes.
func (l *loop) refused(a tableAnswer) {
	now := make(map[plan.ServiceKey]*control.Held, len(a.refused))
	for _, r := range a.refused {
		if key := r.Op.Service.Key; now[key] == nil {
			h := refusalOf(r)
			now[key] = &h
		}
	}
	for _, s := range a.job.want {
		v := l.byKey[s.Key]
		if v == nil {
			continue
		}
		h := now[s.Key]
		if h != nil {
			h.Object = v.name
			if v.refused == nil || v.refused.Args["operation"] != h.Args["operation"] || v.refused.Args["reason"] != h.Args["reason"] {
				l.host.Journal(journal.Entry{Kind: journal.KernelError, Object: v.name, Facts: h.Args})
			}
		}
		v.refused = h
	}
}

func refusalOf(r *kernel.OpError) control.Held {
	return control.Held{Code: "kernel-refused", Args: map[string]string{
		"operation": r.Op.String(), "reason": r.Err.Error(),
	}}
}

// fault tells of an error of the writer at one thing ("ipvs", "record") when it
// begins, changes and ends.
func (l *loop) fault(at string, err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == l.faults[at] {
		return
	}
	l.faults[at] = text
	if err == nil {
		l.log.Info("writing works again", "at", at)
		return
	}
	l.host.Journal(journal.Entry{Kind: journal.KernelError, Facts: map[string]string{"operation": at, "reason": text}})
}

// hold notes what keeps the whole table back; "" is nothing.
func (l *loop) hold(code string) {
	if code == l.held {
		return
	}
	if l.held != "" {
		l.host.Journal(journal.Entry{Kind: journal.Unheld, Facts: map[string]string{"object": "", "code": l.held}})
	}
	l.held = code
	if code == "" {
		return
	}
	l.host.Journal(journal.Entry{Kind: journal.Held, Facts: map[string]string{"object": "", "code": code, "reason": code}})
	for _, v := range l.virtuals {
		v.have, v.there, v.refused = plan.Service{}, false, nil
	}
}

// drifted tells what others had changed and is mended now.
func (l *loop) drifted(ops plan.Plan) {
	for i, op := range ops {
		facts := map[string]string{"operation": op.String()}
		object := ""
		if v := l.byKey[op.Service.Key]; v != nil {
			object = v.name
		}
		if i == told {
			object, facts = "", map[string]string{"operation": fmt.Sprintf("%s (+%d)", op, len(ops)-i-1)}
		}
		l.host.Journal(journal.Entry{Kind: journal.Drift, Object: object, Facts: facts})
		if i == told {
			return
		}
	}
}

// counted takes in counters and answers who waits for them.
func (l *loop) counted(a tableAnswer) {
	if a.err == nil && a.stats != nil {
		l.stats = a.stats
	}
	l.statAt = time.Now()
	for _, answer := range l.asking {
		answer()
	}
	l.asking = nil
}

// destinationStats gives the counters of a server.
func (l *loop) destinationStats(v *virtual, d plan.Destination) kernel.DestinationStats {
	return l.stats[v.key].Destinations[d.End()]
}
