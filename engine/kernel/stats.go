package kernel

import "net/netip"

// Counters is what IPVS counts for a service or a destination since it was added.
type Counters struct {
	Connections           uint64 `json:"connections"`
	InPackets, OutPackets uint64 `json:",omitempty"`
	InBytes, OutBytes     uint64 `json:",omitempty"`
}

// ServiceStats is what IPVS counts for a service.
type ServiceStats struct {
	Counters
	Destinations map[netip.AddrPort]DestinationStats `json:"destinations,omitempty"`
}

// DestinationStats is what IPVS counts for a destination. Active, Inactive and
// Persistent are connections held now.
type DestinationStats struct {
	Counters
	Active, Inactive, Persistent uint32
}
