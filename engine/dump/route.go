package dump

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// route is a virtual or static route as keepalived writes it: "prepend 198.51.100.0/24 via
// inet 192.0.2.10 dev eth0 proto 18". One that is not acted on is written as it stands.
func route(m model.Route) string {
	r, err := plan.ParseRoute(m.Words)
	if m.Words == "" || err != nil {
		return m.Line
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	how := [...]string{"prepend", "add", "append"}[r.Place]
	if r.Type != unicast && r.Place == plan.Prepend {
		how = "add" // 2.2.7 has one bit for the word and for the type
	}
	b.WriteString(how)
	if r.Type != unicast {
		say(" %s", plan.TypeWord(r.Type))
	}
	say(" %s", network(r.Dst))
	if r.Src.IsValid() {
		say(" src %s", r.Src)
	}
	if r.TOS != 0 {
		say(" tos %d", r.TOS)
	}
	if r.Via.IsValid() {
		b.WriteString(via(r.Via))
	}
	if r.Link != "" {
		say(" dev %s", r.Link)
	}
	if r.Table != mainTable {
		say(" table %d", r.Table)
	}
	if !m.NoTrack || r.Protocol != plan.KeepalivedProtocol {
		say(" proto %d", r.Protocol)
	}
	if r.Scope != 0 {
		say(" scope %d", r.Scope)
	}
	if r.Metric != 0 {
		say(" metric %d", r.Metric)
	}
	if r.OnLink && !r.Six() {
		b.WriteString(" onlink")
	}
	b.WriteString(realms(r.Realms))
	if r.Expires != 0 {
		say(" expires %dsec", r.Expires)
	}
	b.WriteString(metrics(r.Metrics))
	if r.Pref != plan.NoPref {
		say(" pref %s", [...]string{"", "medium", "high", "low"}[r.Pref])
	}
	if m := r.Metrics; m.Set&(1<<plan.MetricFastOpenNoCookie) != 0 {
		say(" fastopen_no_cookie %d", m.Values[plan.MetricFastOpenNoCookie])
	}
	if r.TTL != plan.NoPropagate {
		say(" ttl-propagate %s", [...]string{"", "disabled", "enabled"}[r.TTL])
	}
	for _, h := range r.Hops.List() {
		b.WriteString(hop(h))
	}
	if m.NoTrack || m.Dev == "" { // 2.2.7 follows none without an interface
		b.WriteString(" no_track")
	}
	if m.TrackGroup != "" {
		b.WriteString(" track_group " + m.TrackGroup)
	}
	return b.String()
}

// What goes without saying.
const (
	unicast   = 1
	mainTable = 254
)

func via(a netip.Addr) string {
	if a.Is6() {
		return " via inet6 " + a.String()
	}
	return " via inet " + a.String()
}

func hop(h plan.Hop) string {
	s := " nexthop"
	if h.Via.IsValid() {
		s += via(h.Via)
	}
	if h.Link != "" {
		s += " dev " + h.Link
	}
	if h.Weight > 1 {
		s += " weight " + strconv.Itoa(h.Weight)
	}
	if h.OnLink {
		s += " onlink"
	}
	return s + realms(h.Realms)
}

func realms(r uint32) string {
	switch {
	case r == 0:
		return ""
	case r>>16 == 0:
		return fmt.Sprintf(" realm %d", r)
	}
	return fmt.Sprintf(" realms %d/%d", r>>16, r&0xffff)
}

// network is a prefix, without the length where it is one address.
func network(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// metrics are the numbers of a route in keepalived's order.
func metrics(m plan.Metrics) string {
	var b strings.Builder
	lock := func(code int) string {
		if m.Lock&(1<<code) != 0 {
			return "lock "
		}
		return ""
	}
	if m.Congestion != "" {
		b.WriteString(" congctl " + m.Congestion + lock(plan.MetricCongestion))
	}
	for _, w := range []struct {
		word  string
		code  int
		parts float64
	}{
		{"rtt", plan.MetricRTT, 8}, {"rttvar", plan.MetricRTTVar, 4}, {"rto_min", plan.MetricRTOMin, 1}, {"features", plan.MetricFeatures, 0},
		{"mtu", plan.MetricMTU, 0}, {"window", plan.MetricWindow, 0}, {"ssthresh", plan.MetricSSThresh, 0}, {"cwnd", plan.MetricCWnd, 0},
		{"advmss", plan.MetricAdvMSS, 0}, {"reordering", plan.MetricReordering, 0}, {"hoplimit", plan.MetricHopLimit, 0},
		{"initcwnd", plan.MetricInitCWnd, 0}, {"initrwnd", plan.MetricInitRWnd, 0}, {"quickack", plan.MetricQuickAck, 0},
	} {
		if m.Set&(1<<w.code) == 0 {
			continue
		}
		value := strconv.FormatUint(uint64(m.Values[w.code]), 10)
		switch ms := float64(m.Values[w.code]) / max(w.parts, 1); {
		case w.code == plan.MetricFeatures:
			value = "ecn"
		case w.parts > 0 && ms >= 1000:
			value = fmt.Sprintf("%gs", ms/1000)
		case w.parts > 0:
			value = fmt.Sprintf("%gms", ms)
		}
		b.WriteString(" " + w.word + " " + lock(w.code) + value)
	}
	return b.String()
}
