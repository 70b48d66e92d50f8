package kernel

import (
	"fmt"
	"net/netip"

	"holdfast/engine/plan"
)

// StatsOf gives the counters of the destinations of some services; with own also those of
// the services themselves, for which the kernel tells of all that there are. A service that
// the kernel does not have is left out.
func (k *IPVS) StatsOf(keys []plan.ServiceKey, own bool) (map[plan.ServiceKey]ServiceStats, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	counters := map[plan.ServiceKey]plan.Counters{}
	if own {
		var err error
		if counters, err = k.serviceCounters(); err != nil {
			return nil, err
		}
	}
	some := make(map[plan.ServiceKey]ServiceStats, len(keys))
	for _, key := range keys {
		s := ServiceStats{Counters: counters[key], Destinations: map[netip.AddrPort]DestinationStats{}}
		err := k.destinations(key, func(d plan.Destination, ds DestinationStats) {
			s.Destinations[d.End()] = ds
		})
		if err != nil {
			return nil, fmt.Errorf("count %v: %w", key, err)
		}
		if len(s.Destinations) > 0 {
			some[key] = s
		}
	}
	return some, nil
}
