package plan

import (
	"net/netip"
	"strconv"
	"strings"
)

// Route is a route of the kernel, comparable with ==. Key gives its identity.
type Route struct {
	Type     uint8        `json:"type,omitempty"` // RTN_*; 0 is unicast
	Dst      netip.Prefix `json:"dst"`            // its family is that of the route
	From     netip.Prefix `json:"from,omitzero"`  // of IPv6: only packets that come from there
	TOS      uint8        `json:"tos,omitempty"`
	Table    uint32       `json:"table,omitempty"` // 0 is main
	Metric   uint32       `json:"metric,omitempty"`
	Protocol uint8        `json:"protocol"` // RTPROT_*: who made it
	Scope    uint8        `json:"scope,omitempty"`
	Link     string       `json:"link,omitempty"`
	Via      netip.Addr   `json:"via,omitzero"`
	Src      netip.Addr   `json:"src,omitzero"`
	OnLink   bool         `json:"onlink,omitempty"`
	Place    Place        `json:"place,omitempty"`
	Realms   uint32       `json:"realms,omitempty"` // the upper half is the source's
	Expires  uint32       `json:"expires,omitempty"`
	Pref     Pref         `json:"pref,omitempty"`
	TTL      Propagate    `json:"ttl,omitempty"`
	Metrics  Metrics      `json:"metrics,omitzero"`
	Hops     Hops         `json:"hops,omitempty"` // instead of Link and Via
}

// Place is where a route goes among others to the same destination.
type Place uint8

// The places: before the others, as keepalived has it; only where there is none; behind.
const (
	Prepend Place = iota
	Alone
	Append
)

// Pref is the preference of an IPv6 router.
type Pref uint8

// The preferences; NoPref leaves it to the kernel.
const (
	NoPref Pref = iota
	MediumPref
	HighPref
	LowPref
)

// Propagate says whether the hop limit goes along into a label-switched path.
type Propagate uint8

// The answers; NoPropagate leaves it to the kernel.
const (
	NoPropagate Propagate = iota
	PropagateOff
	PropagateOn
)

// Metrics are the numbers that a route has for the protocols above it, by RTAX_*.
type Metrics struct {
	Set        uint32              `json:"set"`  // bit n: Values[n] is given
	Lock       uint32              `json:"lock"` // bit n: nobody may change it
	Values     [metricCount]uint32 `json:"values"`
	Congestion string              `json:"congestion,omitempty"`
}

// The metrics that have a word (linux/rtnetlink.h, RTAX_*).
const (
	MetricMTU              = 2
	MetricWindow           = 3
	MetricRTT              = 4
	MetricRTTVar           = 5
	MetricSSThresh         = 6
	MetricCWnd             = 7
	MetricAdvMSS           = 8
	MetricReordering       = 9
	MetricHopLimit         = 10
	MetricInitCWnd         = 11
	MetricFeatures         = 12
	MetricRTOMin           = 13
	MetricInitRWnd         = 14
	MetricQuickAck         = 15
	MetricCongestion       = 16
	MetricFastOpenNoCookie = 17
	metricCount            = 18
)

// Hop is one of several next hops.
type Hop struct {
	Via    netip.Addr
	Link   string
	Weight int // 1..256
	OnLink bool
	Realms uint32
}

// Hops are next hops, as text so that routes can be compared: see List.
type Hops string

// HopsOf is the inverse of List.
func HopsOf(list []Hop) Hops {
	var b strings.Builder
	for _, h := range list {
		b.WriteString(" nexthop")
		if h.Via.IsValid() {
			b.WriteString(via(h.Via))
		}
		if h.Link != "" {
			b.WriteString(" dev " + h.Link)
		}
		if h.Weight > 1 {
			b.WriteString(" weight " + strconv.Itoa(h.Weight))
		}
		if h.OnLink {
			b.WriteString(" onlink")
		}
		if h.Realms != 0 {
			b.WriteString(" realms " + realmsWord(h.Realms))
		}
	}
	return Hops(strings.TrimPrefix(b.String(), " "))
}

// List gives the next hops one by one.
func (h Hops) List() []Hop {
	w := words{list: strings.Fields(string(h))}
	hops, _ := w.hops() // it was made of hops
	return hops
}

// Six says whether the route is one of IPv6.
func (r Route) Six() bool { return r.Dst.Addr().Is6() }

// RouteKey is by what the kernel knows a route again: its place in a table, and where
// it leads to.
type RouteKey struct {
	Dst, From netip.Prefix
	Table     uint32
	Metric    uint32
	TOS, Type uint8
	Protocol  uint8
	Link      string
	Via       netip.Addr
	Hops      Hops
}

// Key gives the identity of the route.
func (r Route) Key() RouteKey {
	r = r.Normal()
	return RouteKey{r.Dst, r.From, r.Table, r.Metric, r.TOS, r.Type, r.Protocol, r.Link, r.Via, r.Hops}
}

// Slot is the place in a table for which routes compete.
func (r Route) Slot() RouteKey {
	k := r.Key()
	return RouteKey{Dst: k.Dst, From: k.From, Table: k.Table, Metric: k.Metric, TOS: k.TOS}
}

// The tables, types and protocols that routes have without a word (linux/rtnetlink.h).
const (
	mainTable          = 254
	unicast            = 1
	KeepalivedProtocol = 18 // RTPROT_KEEPALIVED
	ipv6Metric         = 1024
)

// Normal gives the route as the kernel would tell it.
func (r Route) Normal() Route {
	r.Dst = unmap(r.Dst)
	r.Via, r.Src = r.Via.Unmap(), r.Src.Unmap()
	if r.Table == 0 {
		r.Table = mainTable
	}
	if r.Type == 0 {
		r.Type = unicast
	}
	if r.Six() {
		r.Scope = 0
		if r.Metric == 0 {
			r.Metric = ipv6Metric
		}
	}
	return r
}

func unmap(p netip.Prefix) netip.Prefix {
	if ip := p.Addr(); ip.Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(ip.Unmap(), p.Bits()-96)
	}
	return p
}

func compareRoute(a, b Route) int { return strings.Compare(a.sortKey(), b.sortKey()) }

// sortKey orders routes by what tells them apart.
func (r Route) sortKey() string {
	k := r.Key()
	return strings.Join([]string{k.Dst.Addr().StringExpanded(), strconv.Itoa(k.Dst.Bits()), k.From.String(), strconv.FormatUint(uint64(k.Table), 10),
		strconv.FormatUint(uint64(k.Metric), 10), strconv.Itoa(int(k.TOS)), strconv.Itoa(int(k.Type)), strconv.Itoa(int(k.Protocol)), k.Link, k.Via.String(), string(k.Hops)}, " ")
}
