package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the route in the words of ip(8), as an operator would type them.
func (r Route) String() string {
	var b strings.Builder
	r = r.Normal()
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	if r.Type != unicast {
		say("%s ", TypeWord(r.Type))
	}
	switch {
	case r.Dst.Bits() == 0:
		say("default")
	case r.Dst.IsSingleIP():
		say("%s", r.Dst.Addr())
	default:
		say("%s", r.Dst)
	}
	if r.From.IsValid() {
		say(" from %s", r.From)
	}
	if r.Via.IsValid() {
		say("%s", via(r.Via))
	}
	if r.Link != "" {
		say(" dev %s", r.Link)
	}
	if r.Src.IsValid() {
		say(" src %s", r.Src)
	}
	if r.Table != mainTable {
		say(" table %d", r.Table)
	}
	if r.Protocol != 0 {
		say(" proto %s", protocolWord(r.Protocol))
	}
	if !r.Six() {
		say(" scope %s", scopeName(r.Scope))
	}
	if r.Metric != 0 && !(r.Six() && r.Metric == ipv6Metric) {
		say(" metric %d", r.Metric)
	}
	if r.TOS != 0 {
		say(" tos %#x", r.TOS)
	}
	if r.OnLink {
		say(" onlink")
	}
	if r.Realms != 0 {
		say(" realms %s", realmsWord(r.Realms))
	}
	if r.Expires != 0 {
		say(" expires %d", r.Expires)
	}
	if r.Pref != NoPref {
		say(" pref %s", [...]string{"", "medium", "high", "low"}[r.Pref])
	}
	if r.TTL != NoPropagate {
		say(" ttl-propagate %s", [...]string{"", "disabled", "enabled"}[r.TTL])
	}
	b.WriteString(r.Metrics.line())
	if r.Hops != "" {
		say(" %s", r.Hops)
	}
	return b.String()
}

func (m Metrics) line() string {
	var b strings.Builder
	lock := func(code int) string {
		if m.Lock&(1<<code) != 0 {
			return "lock "
		}
		return ""
	}
	for _, w := range metricWords {
		if m.Set&(1<<w.code) == 0 {
			continue
		}
		value := strconv.FormatUint(uint64(m.Values[w.code]), 10)
		switch {
		case w.code == MetricFeatures:
			value = "ecn"
		case w.parts > 0:
			value = strconv.FormatFloat(float64(m.Values[w.code])/w.parts, 'f', -1, 64) + "ms"
		}
		b.WriteString(" " + w.word + " " + lock(w.code) + value)
	}
	if m.Congestion != "" {
		b.WriteString(" congctl " + lock(MetricCongestion) + m.Congestion)
	}
	return b.String()
}

// protocolWord is the name that iproute2 has for keepalived's routes, else the number.
func protocolWord(protocol uint8) string {
	if protocol == KeepalivedProtocol {
		return "keepalived"
	}
	return strconv.Itoa(int(protocol))
}

// addVerb is how ip(8) adds the route.
func (r Route) addVerb() string { return [...]string{"prepend", "add", "append"}[r.Place] }

// family is the option of ip(8) for routes of IPv6.
func (r Route) family() string { return sixOption(r.Six()) }

func sixOption(six bool) string {
	if six {
		return "-6 "
	}
	return ""
}

func (r Rule) family() string { return sixOption(r.IPv6) }

// String is the rule in the words of ip(8).
func (r Rule) String() string { return r.family() + r.line() }

// line is the rule in the words of ip(8), without its family.
func (r Rule) line() string {
	var b strings.Builder
	r = r.Normal()
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	if r.Not {
		say("not ")
	}
	if r.From.IsValid() {
		say("from %s", r.From)
	} else {
		say("from all")
	}
	if r.To.IsValid() {
		say(" to %s", r.To)
	}
	say(" priority %d", r.Priority)
	if r.TOS != 0 {
		say(" tos %#x", r.TOS)
	}
	if r.Marked {
		say(" fwmark %#x", r.Mark)
		if r.Mask != ^uint32(0) {
			say("/%#x", r.Mask)
		}
	}
	if r.IIf != "" {
		say(" iif %s", r.IIf)
	}
	if r.OIf != "" {
		say(" oif %s", r.OIf)
	}
	if r.TunnelID != 0 {
		say(" tun_id %d", r.TunnelID)
	}
	if r.UIDs.Set {
		say(" uidrange %d-%d", r.UIDs.From, r.UIDs.To)
	}
	if r.IPProto != 0 {
		say(" ipproto %d", r.IPProto)
	}
	if r.SrcPorts.Set {
		say(" sport %d-%d", r.SrcPorts.From, r.SrcPorts.To)
	}
	if r.DstPorts.Set {
		say(" dport %d-%d", r.DstPorts.From, r.DstPorts.To)
	}
	if r.Protocol != 0 {
		say(" protocol %s", protocolWord(r.Protocol))
	}
	if r.Realms != 0 {
		say(" realms %s", realmsWord(r.Realms))
	}
	switch {
	case r.L3MDev:
		say(" l3mdev")
	case r.Action == ToTable:
		say(" lookup %d", r.Table)
	case r.Action == GotoRule:
		say(" goto %d", r.Goto)
	case r.Action == Nop:
		say(" nop")
	default:
		say(" %s", TypeWord(r.Action))
	}
	if r.Suppressed.ByLength {
		say(" suppress_prefixlength %d", r.Suppressed.Length)
	}
	if r.Suppressed.ByGroup {
		say(" suppress_ifgroup %d", r.Suppressed.Group)
	}
	return b.String()
}
