package plan

import "net/netip"

// State is the part of the kernel that is ours, or is wished to be: addresses
// on links, routes, policy rules, IPVS services with their destinations, its timeouts, the
// daemons that copy connections, macvlans, settings of links and drops. Slices are sorted by key
// (Normal does it) so that equal states compare equal.
type State struct {
	Addresses []Address    `json:"addresses,omitempty"`
	Routes    []Route      `json:"routes,omitempty"`
	Rules     []Rule       `json:"rules,omitempty"`
	Services  []Service    `json:"services,omitempty"`
	Daemons   []SyncDaemon `json:"daemons,omitempty"`
	Links     []Link       `json:"links,omitempty"`    // macvlans
	Settings  []Setting    `json:"settings,omitempty"` // of links
	Drops     []Drop       `json:"drops,omitempty"`
	Timeouts  Timeouts     `json:"timeouts,omitzero"`
}

// HoldsNothing says whether no address, route, rule or drop is in s.
func (s State) HoldsNothing() bool {
	return len(s.Addresses)+len(s.Routes)+len(s.Rules)+len(s.Drops) == 0
}

// Address is an address on a link. Key gives its identity.
type Address struct {
	Link      string       `json:"link"`
	Prefix    netip.Prefix `json:"prefix"` // address with mask, host bits kept
	Label     string       `json:"label,omitempty"`
	Scope     uint8        `json:"scope,omitempty"` // RT_SCOPE_*; 0 is global
	Broadcast netip.Addr   `json:"broadcast,omitzero"`
	Peer      netip.Addr   `json:"peer,omitzero"`          // the other end of a point-to-point link
	Flags     uint32       `json:"flags,omitempty"`        // HomeAddress and the others
	Detect    bool         `json:"dad,omitempty"`          // of IPv6: others are asked for it first
	Preferred string       `json:"preferredLft,omitempty"` // of IPv6: seconds or Forever; see Lifetime
}

// ServiceKey is the identity of an IPVS service: protocol, address and port; or the mark
// of its packets and their family, of which Addr is the unspecified address.
type ServiceKey struct {
	Protocol uint8      `json:"protocol"` // IANA: 6 TCP, 17 UDP, 132 SCTP
	Addr     netip.Addr `json:"addr"`
	Port     uint16     `json:"port"`
	Mark     uint32     `json:"mark,omitzero"`
}

// MarkKey is the key of a service by mark.
func MarkKey(mark uint32, six bool) ServiceKey {
	if six {
		return ServiceKey{Addr: netip.IPv6Unspecified(), Mark: mark}
	}
	return ServiceKey{Addr: netip.IPv4Unspecified(), Mark: mark}
}

// Service is an IPVS virtual service.
type Service struct {
	Key          ServiceKey    `json:"key"`
	Scheduler    string        `json:"scheduler"`
	Flags        uint32        `json:"flags,omitempty"`   // IP_VS_SVC_F_*, without "hashed"
	Timeout      uint32        `json:"timeout,omitempty"` // persistence, seconds; 0 is none
	Netmask      netip.Addr    `json:"netmask,omitzero"`  // persistence granularity (IPv4 mask); zero is one host
	Engine       string        `json:"engine,omitempty"`  // of persistence: "sip", or "" for the client's address
	Destinations []Destination `json:"destinations,omitempty"`
	// Order is how the kernel lists the destinations, of a scheduler that minds it; nil: as
	// Diff leaves them.
	Order []netip.AddrPort `json:"-"`
}

// The flags of a service that matter to a comparison (linux/ip_vs.h).
const (
	Persistent uint32 = 0x1
	OnePacket  uint32 = 0x4
	SchedFlag1 uint32 = 0x8
	SchedFlag2 uint32 = 0x10
	SchedFlag3 uint32 = 0x20
)

// Method is the forwarding method of a destination (linux/ip_vs.h, IP_VS_CONN_F_*).
type Method uint8

// The forwarding methods.
const (
	Masquerade  Method = 0
	Tunnel      Method = 2
	DirectRoute Method = 3
)

// Destination is one server of a Service. Its key is Addr and Port.
type Destination struct {
	Addr   netip.Addr `json:"addr"`
	Port   uint16     `json:"port"`
	Method Method     `json:"method"`
	Wrap   Wrap       `json:"wrap,omitzero"` // of the method Tunnel
	Weight uint32     `json:"weight"`
	Upper  uint32     `json:"upper,omitempty"` // connection thresholds; 0 is none
	Lower  uint32     `json:"lower,omitempty"`
}

// End names the destination within its service.
func (d Destination) End() netip.AddrPort { return netip.AddrPortFrom(d.Addr, d.Port) }
