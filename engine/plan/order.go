package plan

import (
	"net/netip"
	"slices"
)

// MindsOrder says whether a scheduler gives clients to servers by the order in which the
// kernel lists them: mh fills its table in that order (net/netfilter/ipvs/ip_vs_mh.c). Two
// directors pick the same server only where both have the same order.
func MindsOrder(scheduler string) bool { return scheduler == "mh" }

// OrderOf is the order of destinations as the kernel lists them; nil where it is the one
// that Diff leaves behind: the kernel puts what is added before all others, so of
// destinations that were added by their keys the last comes first.
func OrderOf(listed []Destination) []netip.AddrPort {
	if slices.IsSortedFunc(listed, func(a, b Destination) int { return compareDestination(b, a) }) {
		return nil
	}
	order := make([]netip.AddrPort, 0, len(listed))
	for _, d := range listed {
		order = append(order, d.End())
	}
	return order
}

// Listed are the destinations of a service in normal form as the kernel lists them.
func (v Service) Listed() []Destination {
	list := slices.Clone(v.Destinations)
	slices.Reverse(list)
	if v.Order == nil {
		return list
	}
	place := make(map[netip.AddrPort]int, len(v.Order))
	for i, end := range v.Order {
		place[end] = i
	}
	slices.SortStableFunc(list, func(a, b Destination) int { return place[a.End()] - place[b.End()] })
	return list
}

// reordered is the order of v after d was added, or deleted.
func (v Service) reordered(d Destination, added bool) []netip.AddrPort {
	if !MindsOrder(v.Scheduler) {
		return nil
	}
	list := slices.DeleteFunc(v.Listed(), d.same)
	if added {
		list = slices.Insert(list, 0, d)
	}
	return OrderOf(list)
}

// diffOrdered is diffDestinations where the order counts. What stays is left alone as far
// as it stands where it shall, counted from the first that was added; what stands behind
// it is deleted and added again, one at a time: the kernel keeps the connections of a
// destination that comes back, and drops what comes for it between the two.
func diffOrdered(p Plan, key ServiceKey, have Service, want []Destination) Plan {
	op := func(verb Verb, d Destination) Op {
		return Op{Verb: verb, Service: Service{Key: key}, Destination: d}
	}
	stand := slices.DeleteFunc(have.Listed(), func(d Destination) bool { return !among(want, d) })
	slices.Reverse(stand) // the first that was added comes first
	n := 0
	for n < len(stand) && stand[n].same(want[n]) {
		if stand[n] != want[n] {
			p = append(p, op(EditDestination, want[n]))
		}
		n++
	}
	for _, d := range want[n:] {
		if among(have.Destinations, d) {
			p = append(p, op(DeleteDestination, d))
		}
		p = append(p, op(AddDestination, d))
	}
	for _, d := range have.Destinations {
		if !among(want, d) {
			p = append(p, op(DeleteDestination, d))
		}
	}
	return p
}
