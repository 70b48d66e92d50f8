package lvsrole

import (
	"time"

	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// virtuals are the virtual servers of the running configuration.
type virtuals struct {
	list  []*virtual
	byKey map[plan.ServiceKey]*virtual

	begins [][]lvs.Effect // what follows from the beginning of each; nil once that is carried out
}

// nameOf is the name of a service; "" where it is none of these.
func (vs virtuals) nameOf(key plan.ServiceKey) string {
	if v := vs.byKey[key]; v != nil {
		return v.name
	}
	return ""
}

// wishes is the whole table as it shall be, and as it can ever be.
func (vs virtuals) wishes() (want, whole []plan.Service) {
	return wishes(vs.list)
}

// wishesOf is what the table shall be under keys.
func (vs virtuals) wishesOf(keys []plan.ServiceKey) (want []plan.Service) {
	for _, key := range keys {
		if v := vs.byKey[key]; v != nil {
			want = append(want, v.want())
		}
	}
	return want
}

func wishes(list []*virtual) (want, whole []plan.Service) {
	want, whole = make([]plan.Service, 0, len(list)), make([]plan.Service, 0, len(list))
	for _, v := range list {
		want, whole = append(want, v.want()), append(whole, v.whole())
	}
	return want, whole
}

// configure makes cfg the running configuration and lets every virtual server
// begin. What stays keeps its state: from the present run, or from that of an
// earlier process.
func (l *loop) configure(cfg model.Config, before past, now time.Time) {
	was := l.virtuals
	l.cfg, l.virtuals = cfg, was.declare(cfg, before, now)
	l.transitions.secure = cfg.Global.ScriptSecurity
	if l.probe = l.opt.Probe; l.probe == nil {
		l.probe = prober(cfg.Global)
	}
	for _, v := range l.virtuals.list {
		if old := was.byKey[v.key]; old != v {
			l.checks.assignChecks(v, old, before, now)
			v.beginWords(now)
		}
	}
	for _, old := range was.list {
		if l.virtuals.byKey[old.key] == old {
			continue
		}
		for _, s := range old.servers {
			for _, c := range s.checks {
				if !c.gone && c.virtual == old { // it moved to no virtual server of now
					l.checks.removeCheck(c)
				}
			}
		}
	}
	for _, old := range was.list {
		if next := l.virtuals.byKey[old.key]; next != old {
			l.transitions.leave(old, next, "removed", now)
		}
	}
	l.transitions.keep(l.virtuals.list)
	l.followAddresses()
	for i, v := range l.virtuals.list {
		if was.byKey[v.key] == v {
			continue
		}
		l.carryOut(v, l.virtuals.begins[i], nil, now)
		v.fresh = false
		l.reword(v, now)
	}
	l.virtuals.begins = nil
	l.followSessions(now)
	l.record.changed(now)
}

// declare gives the virtual servers of cfg as they begin: with the state of those
// of now that they follow, else with that of the run before. They have no servers
// and no checks yet, and nothing that they begin with has been carried out. One of
// whose text nothing changed goes on as it is. It changes nothing, so a preview asks
// it as an apply does.
func (vs virtuals) declare(cfg model.Config, before past, now time.Time) virtuals {
	next := virtuals{list: make([]*virtual, 0, len(cfg.Virtuals)), byKey: make(map[plan.ServiceKey]*virtual, len(cfg.Virtuals))}
	for i := range cfg.Virtuals {
		m := &cfg.Virtuals[i]
		core := lvs.Virtual{Virtual: *m}
		key := core.Key()
		if next.byKey[key] != nil {
			continue // declared twice: the kernel can have it but once
		}
		if old := vs.byKey[key]; old != nil && m.Same(&old.core.Virtual) {
			next.list, next.byKey[key], next.begins = append(next.list, old), old, append(next.begins, nil)
			continue
		}
		v := &virtual{core: core, name: m.Name(), key: key, since: now}
		if old := vs.byKey[key]; old != nil {
			v.state = lvs.Carry(&old.core, old.state, &v.core)
			v.since, v.word, v.have, v.there, v.refused = old.since, old.word, old.have, old.there, old.refused
		} else {
			v.state, v.fresh = before.restore(v)
		}
		var begins []lvs.Effect
		v.state, begins = v.core.Step(v.state, lvs.Began{})
		next.list, next.byKey[key] = append(next.list, v), v
		next.begins = append(next.begins, begins)
	}
	return next
}
