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

// at gives the part of t under keys.
func (t services) at(keys []plan.ServiceKey) services {
	part := make(services, len(keys))
	for _, key := range keys {
		if s, there := t[key]; there {
			part[key] = s
		}
	}
	return part
}

// only gives those of list that are under keys.
func only(list []plan.Service, keys []plan.ServiceKey) (some []plan.Service) {
	among := make(map[plan.ServiceKey]bool, len(keys))
	for _, key := range keys {
		among[key] = true
	}
	for i := range list {
		if among[list[i].Key] {
			some = append(some, list[i])
		}
	}
	return some
}

// unlike gives the keys under which t has something else than want, which has each key
// once.
func (t services) unlike(want []plan.Service) (keys []plan.ServiceKey) {
	met := 0
	for i := range want {
		have, there := t[want[i].Key]
		if there {
			met++
		}
		if !there || !have.Equal(want[i]) {
			keys = append(keys, want[i].Key)
		}
	}
	if met == len(t) {
		return keys
	}
	wanted := servicesOf(want)
	for key := range t {
		if _, stays := wanted[key]; !stays {
			keys = append(keys, key)
		}
	}
	return keys
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
