package kernel

import (
	"net/netip"

	"holdfast/engine/plan"
)

// ServiceStats is what IPVS counts for a service.
type ServiceStats struct {
	plan.Counters
	Destinations map[netip.AddrPort]DestinationStats `json:"destinations,omitempty"`
}

// DestinationStats is what IPVS counts for a destination. Active, Inactive and
// Persistent are the connections held now.
type DestinationStats struct {
	plan.Counters
	Active     uint32 `json:"active"`
	Inactive   uint32 `json:"inactive"`
	Persistent uint32 `json:"persistent"`
}

// Stats gives the counters of every service.
func (k *IPVS) Stats() (map[plan.ServiceKey]ServiceStats, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	counters, err := k.serviceCounters()
	if err != nil {
		return nil, err
	}
	all := make(map[plan.ServiceKey]ServiceStats, len(counters))
	for key, c := range counters {
		all[key] = ServiceStats{Counters: c, Destinations: map[netip.AddrPort]DestinationStats{}}
	}
	for key, s := range all {
		err := k.destinations(key, func(d plan.Destination, ds DestinationStats) {
			s.Destinations[netip.AddrPortFrom(d.Addr, d.Port)] = ds
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// serviceCounters gives those of the services themselves.
func (k *IPVS) serviceCounters() (map[plan.ServiceKey]plan.Counters, error) {
	all := map[plan.ServiceKey]plan.Counters{}
	return all, k.services(func(v plan.Service, c plan.Counters) { all[v.Key] = c })
}

// parseCounters reads the 64-bit counters (Linux 4.1).
func parseCounters(c *plan.Counters, b []byte) error {
	return attributes(b, func(kind uint16, v []byte) {
		if len(v) != 8 {
			return
		}
		n := native.Uint64(v)
		switch kind {
		case statsConnections:
			c.Connections = n
		case statsInPackets:
			c.InPackets = n
		case statsOutPackets:
			c.OutPackets = n
		case statsInBytes:
			c.InBytes = n
		case statsOutBytes:
			c.OutBytes = n
		case rateConnections:
			c.Rates.Connections = n
		case rateInPackets:
			c.Rates.InPackets = n
		case rateOutPackets:
			c.Rates.OutPackets = n
		case rateInBytes:
			c.Rates.InBytes = n
		case rateOutBytes:
			c.Rates.OutBytes = n
		}
	})
}
