package lvsrole

import "holdfast/engine/plan"

// services is a part of the kernel's table, by key.
type services map[plan.ServiceKey]plan.Service

func servicesOf(list []plan.Service) services {
	t := make(services, len(list))
	for _, s := range list {
		t[s.Key] = s
	}
	return t
}

func (t services) all() []plan.Service {
	all := make([]plan.Service, 0, len(t))
	for _, s := range t {
		all = append(all, s)
	}
	return all
}

// under gives what t has under the keys of want.
func (t services) under(want []plan.Service) []plan.Service {
	var some []plan.Service
	for _, s := range want {
		if there, ok := t[s.Key]; ok {
			some = append(some, there)
		}
	}
	return some
}

// after makes of t what it is after ops.
func (t services) after(ops plan.Plan) {
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
