package lvsrole

import (
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// plan replies with what applying cfg would do now.
func (l *loop) plan(cfg model.Config, reply func(control.Planned, error)) {
	changes := model.Changes(l.cfg, cfg, model.LVS)
	next := l.virtuals.declare(cfg, past{}, l.orders.now, l.files.numbers(cfg), time.Now())
	stay := l.virtuals.staying(next, l.orders.now)
	job := tableJob{task: taskPreview, trust: true, timeouts: lvs.Timeouts(cfg)}
	job.want, job.whole = next.wishes()
	job.done = func(a tableAnswer) {
		if a.blocked != "" {
			// What the kernel has is unknown: compare the wishes.
			have, _ := l.virtuals.wishes()
			a.ops = plan.Diff(plan.State{Services: have}, plan.State{Services: job.want})
		}
		reply(l.planned(a, changes, stay), a.err)
	}
	l.jobs.add(job)
}

// apply makes cfg the running configuration and replies when the writer is done.
func (l *loop) apply(cfg model.Config, reply func(control.Planned, error)) {
	changes := model.Changes(l.cfg, cfg, model.LVS)
	was := l.virtuals
	l.configure(cfg, past{}, time.Now())
	stay := was.staying(l.virtuals, l.orders.now)
	l.jobs.add(tableJob{task: taskAll, trust: true, done: func(a tableAnswer) {
		l.settled(a)
		reply(l.planned(a, changes, stay), a.err)
	}})
}

// planned says what came of a job, or would.
func (l *loop) planned(a tableAnswer, changes []string, stay []control.Blocked) control.Planned {
	p := control.Planned{Operations: a.ops, Lines: a.ops.Lines(), Changes: changes, Held: []control.Blocked{}, Warnings: stay}
	for _, m := range a.moves {
		p.Warnings = append(p.Warnings, control.ClientsMove(code.ClientsMove, m.Name(), m.Share))
	}
	if a.blocked != "" {
		p.Held = append(p.Held, control.Blocked{Code: a.blocked})
	}
	for _, r := range a.refused {
		p.Held = append(p.Held, refusalOf(r, l.virtuals.nameOf(r.Op.Service.Key)))
	}
	return p
}

// stop ends the role once the writer is done. Release takes everything that is
// ours out of the kernel, then tells of the ends of those with omega.
func (l *loop) stop(mode control.StopMode, reply func(error)) {
	l.stopping = true
	end := func(err error) {
		l.transitions.scripts.Wait(scriptPatience)
		l.ending = true
		reply(err)
	}
	if mode == control.Handoff {
		l.handoff = true
		l.jobs.add(tableJob{done: func(a tableAnswer) { end(a.err) }})
		return
	}
	l.jobs.drop()
	l.record.due = time.Time{}
	l.jobs.add(tableJob{task: taskRemove, flush: atStop(l.cfg.Global), done: func(a tableAnswer) {
		for _, v := range l.virtuals.list {
			if v.core.Omega {
				l.transitions.leave(v, nil, "stopped", time.Now())
			}
		}
		end(a.err)
	}})
}
