package kit

import (
	"cmp"
	"slices"

	"holdfast/engine/control"
	"holdfast/engine/plan"
)

// Of is the service as its real servers have to know it, or one of them; "" is all. Where
// there is no server of that name the service has no ways.
func Of(f control.Forwarding, server string) Service {
	s := Service{Name: f.Virtual, Addresses: f.Addresses}
	for _, one := range f.Servers {
		if server != "" && server != one.Name {
			continue
		}
		w := Way{Method: one.Method, Wrap: one.Wrap}
		if w.Method == plan.Tunnel {
			w.Six = one.Addr.Is6()
		}
		if !slices.Contains(s.Ways, w) {
			s.Ways = append(s.Ways, w)
		}
	}
	slices.SortFunc(s.Ways, func(a, b Way) int {
		return cmp.Or(cmp.Compare(b.Method, a.Method), cmp.Compare(a.Wrap.Kind, b.Wrap.Kind), cmp.Compare(a.Wrap.Port, b.Wrap.Port))
	})
	return s
}

// Has says whether f has a server of that name; "" is any.
func Has(f control.Forwarding, server string) bool {
	return server == "" || slices.ContainsFunc(f.Servers, func(one control.Forwarded) bool { return one.Name == server })
}
