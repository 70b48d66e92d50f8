package model

import "net/netip"

// BFD is bfd_instance: a session with a neighbour.
type BFD struct {
	Name       string          `key:"name"`
	Neighbor   Opt[netip.Addr] `kw:"neighbor_ip" alias:"neighbour_ip"`
	Source     Opt[netip.Addr] `kw:"source_ip"` // not written: the kernel's choice
	MinRx      Opt[Millis]     `kw:"min_rx" range:"1..4294967" default:"10" since:"..2.0.7"`
	MinTx      Opt[Millis]     `kw:"min_tx" range:"1..4294967" default:"10"`
	IdleTx     Opt[Millis]     `kw:"idle_tx" range:"1..4294967" default:"1000"`
	Multiplier Opt[uint8]      `kw:"multiplier" range:"1..255" default:"5"`
	Passive    bool            `kw:"passive"`
	TTL        Opt[uint8]      `kw:"ttl" alias:"hoplimit" range:"1..255"` // IPv4: 255; IPv6: 64
	MaxHops    Opt[uint8]      `kw:"max_hops" range:"0..255" default:"0"` // 255: any number
	Multihop   Opt[bool]       `kw:"multihop" since:"2.2.8"`
	Weight     Opt[Weight]     `kw:"weight" range:"-253..253" default:"0"`
	VRRP       bool            `kw:"vrrp"` // neither of these: both
	Checker    bool            `kw:"checker"`
	Kept       []Item
}

// The hop limits of what a session sends, where none is written: keepalived's.
const (
	bfdTTL      = 255
	bfdHopLimit = 64
)

// usable says whether there is a session at all.
func (s *BFD) usable() bool {
	return s.Neighbor.Written && (!s.Source.Written || s.Source.Val.Is6() == s.Neighbor.Val.Is6())
}

// Tracked says whether instances and groups may follow the session.
func (s *BFD) Tracked() bool { return s.VRRP || !s.Checker }

// Checked says whether BFD_CHECK may.
func (s *BFD) Checked() bool { return s.Checker || !s.VRRP }

// resolveBFDs gives the sessions that there are, with every value in force.
func resolveBFDs(list []BFD) []BFD {
	kept, known := make([]BFD, 0, len(list)), map[[2]netip.Addr]bool{}
	for _, s := range list {
		pair := [2]netip.Addr{s.Neighbor.Val, s.Source.Val}
		if !s.usable() || known[pair] {
			continue
		}
		known[pair] = true
		if !s.TTL.Written {
			s.TTL.Val = bfdTTL
			if s.Neighbor.Val.Is6() {
				s.TTL.Val = bfdHopLimit
			}
		}
		s.MaxHops.Val = min(s.MaxHops.Val, s.TTL.Val)
		kept = append(kept, s)
	}
	return kept
}

// bfdWeights are those of the sessions that trackers may follow.
func bfdWeights(list []BFD) map[string]Weight {
	weights := map[string]Weight{}
	for i := range list {
		if s := &list[i]; s.usable() && s.Tracked() {
			weights[s.Name] = s.Weight.Val
		}
	}
	return weights
}

// sessionsOfChecks are the sessions that BFD_CHECK may follow.
func sessionsOfChecks(resolved []BFD) map[string]bool {
	names := map[string]bool{}
	for i := range resolved {
		if resolved[i].Checked() {
			names[resolved[i].Name] = true
		}
	}
	return names
}
