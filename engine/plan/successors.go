package plan

import "slices"

// Successors cuts p where it adds services to a family and takes others out of it: first is
// all but the deletions of services at its end, last are those. Where p does not do both,
// last is empty.
//
// The kernel unhooks IPVS from a family with its last service, and answers packets of live
// connections with RST: so what follows has to stand before, and that is known only when
// the kernel has answered.
func Successors(p Plan) (first, last Plan) {
	at := len(p)
	for at > 0 && p[at-1].Verb == DeleteService {
		at--
	}
	var adds [2]bool
	for i := range p[:at] {
		if p[i].Verb == AddService {
			adds[p[i].family()] = true
		}
	}
	if slices.ContainsFunc(p[at:], func(o Op) bool { return adds[o.family()] }) {
		return p[:at], p[at:]
	}
	return p, nil
}

// WithSuccessors is last without one deletion of each family of which the kernel refused
// all that first was to add and nothing is in there besides: what stays keeps the family
// hooked, and goes as soon as a service that follows it stands. there are the services
// that were known before.
func WithSuccessors(last, first Plan, refused []Op, there []ServiceKey) Plan {
	stands := func(o Op) bool {
		if slices.ContainsFunc(there, func(k ServiceKey) bool {
			return k.Addr.Is6() == o.Service.Key.Addr.Is6() && !slices.ContainsFunc(last, func(g Op) bool { return g.Service.Key == k })
		}) {
			return true
		}
		return slices.ContainsFunc(first, func(f Op) bool {
			return f.Verb == AddService && f.family() == o.family() &&
				!slices.ContainsFunc(refused, func(r Op) bool { return r.Verb == AddService && r.Service.Key == f.Service.Key })
		})
	}
	failed := func(o Op) bool {
		return slices.ContainsFunc(refused, func(r Op) bool { return r.Verb == AddService && r.family() == o.family() })
	}
	var kept [2]bool
	return slices.DeleteFunc(slices.Clone(last), func(o Op) bool {
		if kept[o.family()] || stands(o) || !failed(o) {
			return false
		}
		kept[o.family()] = true
		return true
	})
}

// family is 1 where the service is one of IPv6, else 0.
func (o Op) family() int {
	if o.Service.Key.Addr.Is6() {
		return 1
	}
	return 0
}
