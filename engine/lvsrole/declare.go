package lvsrole

import (
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/lvs"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// virtuals are the virtual servers of the running configuration.
type virtuals struct {
	list  []*virtual
	byKey map[plan.ServiceKey]*virtual
	group map[string]*virtual // those of groups, by name

	begins   [][]lvs.Effect   // what follows from the beginning of each; nil once that is carried out
	declared []*model.Virtual // of each, in the configuration that these are of; nil once each refers to it
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
			want = append(want, v.wantOf(key))
		}
	}
	return want
}

// like is the one of these that v follows, or is: of a group by its name, since what is
// in it changes.
func (vs virtuals) like(v *virtual) *virtual {
	if v.core.Of.Group != "" {
		return vs.group[v.name]
	}
	return vs.byKey[v.key]
}

// named is the virtual server of that name; nil where there is none.
func (vs virtuals) named(name string) *virtual {
	i := slices.IndexFunc(vs.list, func(v *virtual) bool { return v.name == name })
	if i < 0 {
		return nil
	}
	return vs.list[i]
}

func wishes(list []*virtual) (want, whole []plan.Service) {
	want, whole = make([]plan.Service, 0, len(list)), make([]plan.Service, 0, len(list))
	for _, v := range list {
		for _, key := range v.keys {
			want, whole = append(want, v.wantOf(key)), append(whole, v.wholeOf(key))
		}
	}
	return want, whole
}

// configure makes cfg the running configuration and lets every virtual server
// begin. What stays keeps its state: from the present run, or from that of an
// earlier process.
func (l *loop) configure(cfg model.Config, before past, now time.Time) {
	was := l.virtuals
	l.cfg, l.virtuals = cfg, was.declare(cfg, before, l.orders.now, l.files.numbers(cfg), now)
	l.virtuals.refer()
	l.transitions.secure = cfg.Global.ScriptSecurity
	l.transitions.fifos.Change(pipesOf(cfg.Global))
	shown := l.credentials()
	if l.probe = l.opt.Probe; l.probe == nil {
		l.probe = prober(cfg.Global, l.host.Runner(), shown)
	}
	for _, v := range l.virtuals.list {
		if old := was.like(v); old != v {
			l.checks.assignChecks(v, old, before, now)
			v.takeOrders(l.orders.now)
			v.beginWords(now)
		}
	}
	for _, old := range was.list {
		if l.virtuals.like(old) == old {
			continue
		}
		for _, s := range old.servers {
			for _, c := range s.checks {
				if c.shared != nil && c.virtual == old { // it moved to no virtual server of now
					l.checks.leave(c)
				}
			}
		}
	}
	for _, old := range was.list {
		if next := l.virtuals.like(old); next != old {
			l.transitions.leave(old, next, "removed", now)
		}
	}
	l.transitions.keep(l.virtuals.list)
	l.followAddresses()
	for i, v := range l.virtuals.list {
		if was.like(v) == v {
			continue
		}
		if cfg.Global.InitNotifies {
			l.transitions.begun(v, was.like(v))
		}
		l.carryOut(v, l.virtuals.begins[i], nil, code.Reconfigured, now)
		v.fresh = false
		if was.like(v) == nil {
			l.armRestored(v, now)
		}
		l.reword(v, now)
	}
	l.virtuals.begins = nil
	l.watchDrains(now)
	l.wakeDrains()
	l.followSessions(now)
	l.followFiles(now)
	l.record.changed(now)
}

// declare gives the virtual servers of cfg as they begin: with the state of those
// of now that they follow, else with that of the run before. They have no servers
// and no checks yet, and nothing that they begin with has been carried out. One of
// whose text nothing changed goes on as it is. It changes nothing, so a preview asks
// it as an apply does.
func (vs virtuals) declare(cfg model.Config, before past, o orders, holds func(file string) int64, now time.Time) virtuals {
	next := virtuals{list: make([]*virtual, 0, len(cfg.Virtuals)), begins: make([][]lvs.Effect, 0, len(cfg.Virtuals)),
		declared: make([]*model.Virtual, 0, len(cfg.Virtuals)), byKey: make(map[plan.ServiceKey]*virtual, len(cfg.Virtuals))}
	for i := range cfg.Virtuals {
		m := &cfg.Virtuals[i]
		core := lvs.Virtual{Virtual: m}
		keys := slices.DeleteFunc(core.Keys(), func(key plan.ServiceKey) bool { return next.byKey[key] != nil })
		if len(keys) == 0 {
			continue // declared twice: the kernel can have it but once
		}
		v := &virtual{core: core, name: m.Name(), key: keys[0], keys: keys, since: now}
		old := vs.like(v)
		if old != nil && m.Same(old.core.Virtual) && slices.Equal(keys, old.keys) {
			next.add(old, m, nil)
			continue
		}
		if old != nil {
			v.state = lvs.Carry(&old.core, old.state, &v.core)
			v.since, v.word, v.have, v.there, v.refused = old.since, old.word, old.have, old.there, old.refused
		} else {
			v.state, v.fresh = before.restore(v, now)
		}
		if holds != nil {
			v.state = v.core.Number(v.state, holds)
		}
		for i := range v.core.Servers {
			v.state.Servers[i].Order = o.of(v.name, v.core.Servers[i].Name()).wants()
		}
		var begins []lvs.Effect
		v.state, begins = v.core.Step(v.state, lvs.Began{})
		next.add(v, m, begins)
	}
	return next
}

// refer has every virtual server refer to its declaration in the configuration that is
// the running one now: one that goes on would keep the whole configuration before in memory.
func (vs *virtuals) refer() {
	for i, v := range vs.list {
		v.core.Virtual = vs.declared[i]
	}
	vs.declared = nil
}

// add puts a virtual server to these; begins is what follows from its beginning.
func (vs *virtuals) add(v *virtual, declared *model.Virtual, begins []lvs.Effect) {
	vs.list, vs.begins, vs.declared = append(vs.list, v), append(vs.begins, begins), append(vs.declared, declared)
	for _, key := range v.keys {
		vs.byKey[key] = v
	}
	if v.core.Of.Group == "" {
		return
	}
	if vs.group == nil {
		vs.group = map[string]*virtual{}
	}
	vs.group[v.name] = v
}
