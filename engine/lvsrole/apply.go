package lvsrole

import (
	"time"

	"holdfast/engine/control"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// plan replies with what applying cfg would do now.
func (l *loop) plan(cfg model.Config, reply func(control.Planned, error)) {
	changes := differences(l.cfg, cfg)
	job := tableJob{task: taskPreview, trust: true}
	job.want, job.whole = l.imagine(cfg)
	job.done = func(a tableAnswer) {
		if a.held != "" {
			// What the kernel has is unknown: compare the wishes.
			a.ops = plan.Diff(plan.State{Services: l.wishes()}, plan.State{Services: job.want})
		}
		reply(l.planned(a, changes), a.err)
	}
	l.give(job)
}

// imagine gives the wishes under cfg with every check as it stands.
func (l *loop) imagine(cfg model.Config) (want, whole []plan.Service) {
	seen := make(map[plan.ServiceKey]bool, len(cfg.Virtuals))
	for _, m := range cfg.Virtuals {
		v := lvs.Virtual{Virtual: m}
		if seen[v.Key()] {
			continue
		}
		seen[v.Key()] = true
		state := v.Begin()
		if old := l.byKey[v.Key()]; old != nil {
			state = lvs.Carry(old.core, old.state, v)
		}
		state, _ = v.Step(state, lvs.Began{})
		want, whole = append(want, v.Want(state)), append(whole, v.Whole())
	}
	return want, whole
}

// wishes is the whole table as it shall be.
func (l *loop) wishes() []plan.Service {
	all := make([]plan.Service, 0, len(l.virtuals))
	for _, v := range l.virtuals {
		all = append(all, v.core.Want(v.state))
	}
	return all
}

// apply makes cfg the running configuration and replies when the writer is done.
func (l *loop) apply(cfg model.Config, reply func(control.Planned, error)) {
	changes := differences(l.cfg, cfg)
	now := time.Now()
	l.take(cfg, past{}, now)
	l.open(now)
	l.give(tableJob{task: taskAll, trust: true, done: func(a tableAnswer) {
		l.settled(a)
		reply(l.planned(a, changes), a.err)
	}})
}

// planned says what came of a job, or would.
func (l *loop) planned(a tableAnswer, changes []string) control.Planned {
	p := control.Planned{Operations: a.ops, Lines: a.ops.Lines(), Changes: changes, Held: []control.Held{}}
	if a.held != "" {
		p.Held = append(p.Held, control.Held{Code: a.held})
	}
	for _, r := range a.refused {
		h := refusalOf(r)
		if v := l.byKey[r.Op.Service.Key]; v != nil {
			h.Object = v.name
		}
		p.Held = append(p.Held, h)
	}
	return p
}

// stop ends the role once the writer is done. Release takes everything that is
// ours out of the kernel, then tells of the ends of those with omega.
func (l *loop) stop(mode control.StopMode, reply func(error)) {
	l.stopping = true
	end := func(err error) {
		l.scripts.Wait(scriptPatience)
		l.ending = true
		reply(err)
	}
	if mode == control.Handoff {
		l.handoff = true
		l.give(tableJob{done: func(a tableAnswer) { end(a.err) }})
		return
	}
	l.jobs, l.record.due = nil, time.Time{}
	clear(l.dirty)
	l.give(tableJob{task: taskRemove, done: func(a tableAnswer) {
		for _, v := range l.virtuals {
			if v.core.Omega {
				l.part(v, nil, "stopped", time.Now())
			}
		}
		end(a.err)
	}})
}
