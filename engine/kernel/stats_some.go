package kernel

import (
	"fmt"
	"net/netip"

	"holdfast/engine/plan"
)

// StatsOf gives the counters of the destinations of some services; those of the services
// themselves stay 0. A service that the kernel does not have is left out.
func (k *IPVS) StatsOf(keys []plan.ServiceKey) (map[plan.ServiceKey]ServiceStats, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	some := make(map[plan.ServiceKey]ServiceStats, len(keys))
	for _, key := range keys {
		s := ServiceStats{Destinations: map[netip.AddrPort]DestinationStats{}}
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
