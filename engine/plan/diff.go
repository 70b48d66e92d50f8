package plan

import (
	"net/netip"
	"slices"
)

// Diff gives the shortest plan that leads from have to want. It adds before it
// deletes, so that nothing that stays is ever without its neighbours: addresses
// come first, behind the links that they are on and the drops of what comes to them, then routes, rules, each service with its
// destinations, then deletions the other way round. What
// exists on both sides is edited in place, so that connections survive; only an
// address, a route or a daemon has to be deleted and added to change.
func Diff(have, want State) Plan {
	have, want = have.AsNormal(), want.AsNormal()
	links, unlinks, anew := diffLinks(have.Links, want.Links)
	have.Addresses = slices.DeleteFunc(have.Addresses, func(a Address) bool { return slices.Contains(anew, a.Link) })
	early, late := diffAddresses(have.Addresses, want.Addresses)
	before, routes, gone := diffRoutes(have.Routes, want.Routes, early)
	rules, lateRules := diffRules(have.Rules, want.Rules)
	drops, lateDrops := diffDrops(have.Drops, want.Drops)
	return slices.Concat(diffSettings(have.Settings, want.Settings), links, drops, before, early, routes, rules, diffTimeouts(have.Timeouts, want.Timeouts),
		diffServices(have.Services, want.Services),
		diffDaemons(have.Daemons, want.Daemons), lateRules, gone, late, lateDrops, unlinks)
}

// diffAddresses gives what to do first and what to do last.
func diffAddresses(have, want []Address) (early, late Plan) {
	var gone, came, stale, fresh []Address
	merge(have, want, compareAddress, func(h, w *Address) {
		switch {
		case w == nil:
			gone = append(gone, *h)
		case h == nil:
			came = append(came, *w)
		case *h != *w:
			stale, fresh = append(stale, *h), append(fresh, *w)
		}
	})
	// An address that the kernel would refuse beside one that leaves has to
	// wait for it; these swaps are the only deletions before an addition.
	leaving := rivals(gone, stale)
	var waiting []Address
	for _, a := range came {
		if leaving.refuse(a) {
			waiting = append(waiting, a)
		} else {
			early = append(early, Op{Verb: AddAddress, Address: a})
		}
	}
	arriving := rivals(waiting, fresh)
	for _, a := range gone {
		if arriving.refuse(a) {
			stale = append(stale, a)
		} else {
			late = append(late, Op{Verb: DeleteAddress, Address: a})
		}
	}
	for _, a := range stale {
		early = append(early, Op{Verb: DeleteAddress, Address: a})
	}
	for _, a := range append(fresh, waiting...) {
		early = append(early, Op{Verb: AddAddress, Address: a})
	}
	return early, late
}

// Additions appends to p what puts services, each in normal form, into a table that
// has none of them.
func Additions(p Plan, services []Service) Plan {
	for i := range services {
		s := &services[i]
		p = append(p, Op{Verb: AddService, Service: s.alone()})
		for j := range s.Destinations {
			p = append(p, Op{Verb: AddDestination, Service: Service{Key: s.Key}, Destination: s.Destinations[j]})
		}
	}
	return p
}

func diffServices(have, want []Service) Plan {
	var p, late Plan
	if len(have) == 0 {
		n := len(want)
		for i := range want {
			n += len(want[i].Destinations)
		}
		return Additions(make(Plan, 0, n), want)
	}
	merge(have, want, compareService, func(h, w *Service) {
		switch {
		case w == nil: // takes its destinations along
			late = append(late, Op{Verb: DeleteService, Service: h.alone()})
			return
		case h == nil:
			p = append(p, Op{Verb: AddService, Service: w.alone()})
			h = &Service{}
		case !h.alike(*w):
			p = append(p, Op{Verb: EditService, Service: w.alone()})
		}
		if MindsOrder(w.Scheduler) {
			p = diffOrdered(p, w.Key, *h, w.Destinations)
			return
		}
		p = diffDestinations(p, w.Key, h.Destinations, w.Destinations)
	})
	return append(p, late...)
}

// diffDestinations appends to p how to get from have to want.
func diffDestinations(p Plan, key ServiceKey, have, want []Destination) Plan {
	var late Plan
	op := func(verb Verb, d Destination) Op {
		return Op{Verb: verb, Service: Service{Key: key}, Destination: d}
	}
	merge(have, want, compareDestination, func(h, w *Destination) {
		switch {
		case w == nil:
			late = append(late, op(DeleteDestination, *h))
		case h == nil:
			p = append(p, op(AddDestination, *w))
		case *h != *w:
			p = append(p, op(EditDestination, *w))
		}
	})
	return append(p, late...)
}

// alone is the service without its destinations.
func (v Service) alone() Service {
	v.Destinations, v.Order = nil, nil
	return v
}

// alike compares all but the destinations.
func (v Service) alike(w Service) bool {
	return v.Key == w.Key && v.Scheduler == w.Scheduler && v.Flags == w.Flags &&
		v.Timeout == w.Timeout && v.Netmask == w.Netmask && v.Engine == w.Engine
}

// Equal compares services with their destinations, and with the order in which the kernel
// lists those.
func (v Service) Equal(w Service) bool {
	return v.alike(w) && slices.Equal(v.Destinations, w.Destinations) && slices.Equal(v.Order, w.Order)
}

// merge walks two sorted lists side by side; each key is told once, with nil
// for the side that lacks it.
func merge[T any](have, want []T, compare func(a, b T) int, tell func(h, w *T)) {
	for len(have) > 0 || len(want) > 0 {
		c := 0
		switch {
		case len(have) == 0:
			c = 1
		case len(want) == 0:
			c = -1
		default:
			c = compare(have[0], want[0])
		}
		switch {
		case c < 0:
			tell(&have[0], nil)
			have = have[1:]
		case c > 0:
			tell(nil, &want[0])
			want = want[1:]
		default:
			tell(&have[0], &want[0])
			have, want = have[1:], want[1:]
		}
	}
}

// A place is where addresses of one link can be in each other's way: an IPv4
// subnet, where all must have one scope (net/ipv4/devinet.c), or an IPv6 address.
type place struct {
	link   string
	prefix netip.Prefix
}

func (a Address) place() place {
	if a.Prefix.Addr().Is6() {
		return place{a.Link, netip.PrefixFrom(a.Prefix.Addr(), 128)}
	}
	return place{a.Link, a.Prefix.Masked()}
}

// places holds the scopes that are taken, by place.
type places map[place][]uint8

func rivals(lists ...[]Address) places {
	p := places{}
	for _, list := range lists {
		for _, a := range list {
			p[a.place()] = append(p[a.place()], a.Scope)
		}
	}
	return p
}

// refuse says whether a cannot be there beside one of those in p.
func (p places) refuse(a Address) bool {
	for _, scope := range p[a.place()] {
		if a.Prefix.Addr().Is6() || scope != a.Scope {
			return true
		}
	}
	return false
}
