package plan

import (
	"maps"
	"net/netip"
	"slices"
)

// Owned is what is ours in the kernel's table: services, and which of their
// destinations. All else in the table is foreign.
type Owned map[ServiceKey]map[netip.AddrPort]bool

// OwnedOf makes services, each with its destinations, ours.
func OwnedOf(services []Service) Owned {
	o := make(Owned, len(services))
	o.Add(services)
	return o
}

// Add makes services ours besides what is ours already.
func (o Owned) Add(services []Service) {
	for _, s := range services {
		if o[s.Key] == nil {
			o[s.Key] = make(map[netip.AddrPort]bool, len(s.Destinations))
		}
		for _, d := range s.Destinations {
			o[s.Key][d.End()] = true
		}
	}
}

// Has says whether all of services, each with its destinations, is ours.
func (o Owned) Has(services []Service) bool {
	for i := range services {
		ends, ours := o[services[i].Key]
		if !ours {
			return false
		}
		for j := range services[i].Destinations {
			if !ends[services[i].Destinations[j].End()] {
				return false
			}
		}
	}
	return true
}

// With is o and services, as a new value.
func (o Owned) With(services []Service) Owned {
	both := OwnedOf(services)
	for key, ends := range o {
		if both[key] == nil {
			both[key] = make(map[netip.AddrPort]bool, len(ends))
		}
		maps.Copy(both[key], ends)
	}
	return both
}

// Of gives the part of the table that is ours, and the services of ours into
// which somebody else put destinations.
func (o Owned) Of(table []Service) (ours []Service, shared map[ServiceKey]bool) {
	shared = map[ServiceKey]bool{}
	for _, s := range table {
		ends, mine := o[s.Key]
		if !mine {
			continue
		}
		all := len(s.Destinations)
		s.Destinations = slices.DeleteFunc(slices.Clone(s.Destinations), func(d Destination) bool {
			return !ends[d.End()]
		})
		if len(s.Destinations) < all {
			shared[s.Key] = true
		}
		ours = append(ours, s)
	}
	return ours, shared
}

// maxForeignLines is how many lines of what is not ours are kept to be shown.
const maxForeignLines = 100

// Foreign gives what of the table is not ours, as ipvsadm lines.
func (o Owned) Foreign(table []Service) []string {
	lines := []string{}
	for _, s := range table {
		ends, mine := o[s.Key]
		others := s
		others.Destinations = slices.DeleteFunc(slices.Clone(s.Destinations), func(d Destination) bool { return ends[d.End()] })
		if mine && len(others.Destinations) == 0 {
			continue
		}
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
		if shared[s.Key] && wanted[s.Key] == nil {
			s.Destinations = nil
			want = append(want, s)
		}
	}
	return want
}
