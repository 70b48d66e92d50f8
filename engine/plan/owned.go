package plan

import "slices"

// Owned is what is ours in the kernel's table: services, and which of their
// destinations, sorted. Only the ends of these count. All else in the table is foreign.
// The destinations are shared with the services that they come from.
type Owned map[ServiceKey][]Destination

// OwnedOf makes services, each with its destinations, ours.
func OwnedOf(services []Service) Owned {
	o := make(Owned, len(services))
	o.Add(services)
	return o
}

// Add makes services ours besides what is ours already.
func (o Owned) Add(services []Service) {
	for i := range services {
		o.add(services[i].Key, services[i].AsNormal().Destinations)
	}
}

func (o Owned) add(key ServiceKey, ends []Destination) {
	there := o[key]
	switch {
	case holds(there, ends):
		ends = there
	case !holds(ends, there):
		ends = Service{Destinations: slices.Concat(there, ends)}.Normal().Destinations
	}
	o[key] = ends
}

// Names says whether the service under key is ours, whatever its destinations.
func (o Owned) Names(key ServiceKey) bool {
	_, ours := o[key]
	return ours
}

// Has says whether all of services, each with its destinations in normal form, is ours.
func (o Owned) Has(services []Service) bool {
	for i := range services {
		ends, ours := o[services[i].Key]
		if !ours || !holds(ends, services[i].Destinations) {
			return false
		}
	}
	return true
}

// holds says whether every end of some is one of all; both are sorted.
func holds(all, some []Destination) bool {
	if len(some) > len(all) {
		return false
	}
	for i := range some {
		for len(all) > 0 && compareDestination(all[0], some[i]) < 0 {
			all = all[1:]
		}
		if len(all) == 0 || !all[0].same(some[i]) {
			return false
		}
	}
	return true
}

// With is o and services, as a new value.
func (o Owned) With(services []Service) Owned {
	both := OwnedOf(services)
	for key, ends := range o {
		both.add(key, ends)
	}
	return both
}

// Of gives the part of the table that is ours, and the services of ours into
// which somebody else put destinations. What is ours altogether shares its memory with
// the table.
func (o Owned) Of(table []Service) (ours []Service, shared map[ServiceKey]bool) {
	shared = map[ServiceKey]bool{}
	for _, s := range table {
		ends, mine := o[s.Key]
		if !mine {
			continue
		}
		if !holds(ends, s.AsNormal().Destinations) {
			shared[s.Key] = true
			listed := s.Listed()
			s.Destinations = without(s.Destinations, func(d Destination) bool { return !among(ends, d) })
			if s.Order != nil {
				s.Order = OrderOf(without(listed, func(d Destination) bool { return !among(ends, d) }))
			}
		}
		ours = append(ours, s)
	}
	return ours, shared
}

// among says whether the end of d is one of ends, which are sorted.
func among(ends []Destination, d Destination) bool {
	d.Addr = d.Addr.Unmap()
	_, found := slices.BinarySearchFunc(ends, d, compareDestination)
	return found
}

// without is list without those that leave, in memory of its own.
func without(list []Destination, leaves func(Destination) bool) []Destination {
	return slices.DeleteFunc(slices.Clone(list), leaves)
}

// maxForeignLines is how many lines of what is not ours are kept to be shown.
const maxForeignLines = 100

// Foreign gives what of the table is not ours, as ipvsadm lines.
func (o Owned) Foreign(table []Service) []string {
	lines := []string{}
	for _, s := range table {
		ends, mine := o[s.Key]
		others := s
		if mine && holds(ends, s.AsNormal().Destinations) {
			continue
		}
		others.Destinations = without(s.Destinations, func(d Destination) bool { return among(ends, d) })
		p := Diff(State{}, State{Services: []Service{others}})
		if mine {
			p = p[1:] // the service itself is ours
		}
		if lines = append(lines, p.Lines()...); len(lines) >= maxForeignLines {
			return lines[:maxForeignLines]
		}
	}
	return lines
}

// OwnedDiff is how to get from have to want.
func OwnedDiff(have, want []Service, shared map[ServiceKey]bool) Plan {
	return Diff(State{Services: have}, State{Services: Staying(have, want, shared)})
}

// Staying is want with what stays for others: a service that leaves, but in
// which somebody else has destinations, stays for those.
func Staying(have, want []Service, shared map[ServiceKey]bool) []Service {
	if len(shared) == 0 {
		return want
	}
	wanted := OwnedOf(want)
	want = slices.Clone(want)
	for _, s := range have {
		if shared[s.Key] && !wanted.Names(s.Key) {
			s.Destinations = nil
			want = append(want, s)
		}
	}
	return want
}
