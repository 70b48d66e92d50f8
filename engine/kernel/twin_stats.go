package kernel

import (
	"net/netip"

	"holdfast/engine/plan"
)

// Count makes the counters of a destination what s says, as if it had been used. They go
// with the destination.
func (t *Twin) Count(key plan.ServiceKey, end netip.AddrPort, s DestinationStats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[plan.ServiceKey]map[netip.AddrPort]DestinationStats{}
	}
	if t.counts[key] == nil {
		t.counts[key] = map[netip.AddrPort]DestinationStats{}
	}
	t.counts[key][end] = s
}

// Stats gives the counters of every service: zero, but for those set by Count.
func (t *Twin) Stats() (map[plan.ServiceKey]ServiceStats, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[plan.ServiceKey]ServiceStats{}
	for _, v := range t.state.Services {
		s := ServiceStats{Destinations: map[netip.AddrPort]DestinationStats{}}
		for _, d := range v.Destinations {
			s.Destinations[d.End()] = t.counts[v.Key][d.End()]
		}
		all[v.Key] = s
	}
	return all, nil
}

// StatsOf gives those of some services.
func (t *Twin) StatsOf(keys []plan.ServiceKey, _ bool) (map[plan.ServiceKey]ServiceStats, error) {
	all, err := t.Stats()
	some := map[plan.ServiceKey]ServiceStats{}
	for _, key := range keys {
		if s, there := all[key]; there {
			some[key] = s
		}
	}
	return some, err
}
