package lvsrole

import (
	"maps"

	"holdfast/engine/plan"
)

// table is the part of the kernel's table that is ours, by key.
type table map[plan.ServiceKey]plan.Service

func (t table) all() []plan.Service {
	all := make([]plan.Service, 0, len(t))
	for _, s := range t {
		all = append(all, s)
	}
	return all
}

// under gives what t has under the keys of want.
func (t table) under(want []plan.Service) []plan.Service {
	var some []plan.Service
	for _, s := range want {
		if there, ok := t[s.Key]; ok {
			some = append(some, there)
		}
	}
	return some
}

// after makes of t what it is after ops.
func (t table) after(ops plan.Plan) {
	for _, op := range ops {
		key := op.Service.Key
		var s plan.State
		if there, ok := t[key]; ok {
			s.Services = []plan.Service{there}
		}
		next, err := s.With(op)
		switch {
		case err != nil: // it is not as was believed, and the next look tells
		case len(next.Services) == 0:
			delete(t, key)
		default:
			t[key] = next.Services[0]
		}
	}
}

// facts gives what of the kernel's table is ours by o. A job that trusts takes
// what it leaves as it is from the last look, so that a small change of a large
// table costs little; a job that does not reads the whole.
func (h *writer) facts(o plan.Owned, job tableJob) (have table, shared map[plan.ServiceKey]bool, err error) {
	have = table{}
	var touched []plan.ServiceKey
	if job.trust && h.known {
		have, touched = maps.Clone(h.have), keysOf(plan.OwnedDiff(h.have.all(), job.want, nil))
	}
	shared, err = h.refresh(o, have, touched)
	return have, shared, err
}

// refresh reads again what have has under keys: nothing where there are none,
// unless nothing is known yet, and the whole table where they are most of it,
// since one service by itself costs twice as much.
func (h *writer) refresh(o plan.Owned, have table, keys []plan.ServiceKey) (shared map[plan.ServiceKey]bool, err error) {
	var table []plan.Service
	switch {
	case len(have) == 0 || 2*len(keys) > len(have):
		table, err = h.door.Read()
		h.foreign = h.ours.Foreign(table)
		clear(have)
	case len(keys) > 0:
		table, err = h.door.ReadSome(keys)
		for _, key := range keys {
			delete(have, key)
		}
	}
	ours, shared := o.Of(table)
	for _, s := range ours {
		have[s.Key] = s
	}
	return shared, err
}

// keysOf names the services that a plan touches.
func keysOf(p plan.Plan) []plan.ServiceKey {
	seen := map[plan.ServiceKey]bool{}
	var keys []plan.ServiceKey
	for _, op := range p {
		if key := op.Service.Key; !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}
