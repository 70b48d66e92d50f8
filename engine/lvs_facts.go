package engine

import (
	"maps"

	"holdfast/engine/plan"
)

// lvsTable is the part of the kernel's table that is ours, by key.
type lvsTable map[plan.ServiceKey]plan.Service

func (t lvsTable) all() []plan.Service {
	all := make([]plan.Service, 0, len(t))
	for _, s := range t {
		all = append(all, s)
	}
	return all
}

// under gives what t has under the keys of want.
func (t lvsTable) under(want []plan.Service) []plan.Service {
	var some []plan.Service
	for _, s := range want {
		if there, ok := t[s.Key]; ok {
			some = append(some, there)
		}
	}
	return some
}

// after makes of t what it is after ops.
func (t lvsTable) after(ops plan.Plan) {
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
func (h *lvsHand) facts(o lvsOwned, job lvsJob) (have lvsTable, shared map[plan.ServiceKey]bool, err error) {
	have = lvsTable{}
	var touched []plan.ServiceKey
	if job.trust && h.known {
		have, touched = maps.Clone(h.have), lvsKeys(lvsDiff(h.have.all(), job.want, nil))
	}
	shared, err = h.refresh(o, have, touched)
	return have, shared, err
}

// refresh reads again what have has under keys: nothing where there are none,
// unless nothing is known yet, and the whole table where they are most of it,
// since one service by itself costs twice as much.
func (h *lvsHand) refresh(o lvsOwned, have lvsTable, keys []plan.ServiceKey) (shared map[plan.ServiceKey]bool, err error) {
	var table []plan.Service
	switch {
	case len(have) == 0 || 2*len(keys) > len(have):
		table, err = h.door.Read()
		h.strangers = h.ours.strangers(table)
		clear(have)
	case len(keys) > 0:
		table, err = h.door.ReadSome(keys)
		for _, key := range keys {
			delete(have, key)
		}
	}
	ours, shared := o.of(table)
	for _, s := range ours {
		have[s.Key] = s
	}
	return shared, err
}

// lvsKeys names the services that a plan touches.
func lvsKeys(p plan.Plan) []plan.ServiceKey {
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
