package dump

import (
	"fmt"
	"strings"

	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// rule is a virtual or static rule as keepalived writes it: "from 192.0.2.0/24 priority 100
// tos 0x0 protocol 18 lookup 100".
func rule(m model.Rule) string {
	r, err := plan.ParseRule(m.Words)
	if m.Words == "" || err != nil {
		return m.Line
	}
	written := r.Protocol != plan.KeepalivedProtocol
	r = r.Normal()
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	if r.IPv6 && !r.From.IsValid() && !r.To.IsValid() {
		b.WriteString("inet6 ")
	}
	if r.Not {
		b.WriteString("not ")
	}
	b.WriteString("from ")
	if r.From.IsValid() {
		b.WriteString(network(r.From))
	} else {
		b.WriteString("all")
	}
	if r.To.IsValid() {
		say(" to %s", network(r.To))
	}
	say(" priority %d tos %#x", r.Priority, r.TOS)
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
	if r.Suppressed.ByLength {
		say(" suppress_prefixlen %d", r.Suppressed.Length)
	}
	if r.Suppressed.ByGroup {
		say(" suppress_ifgroup %d", r.Suppressed.Group)
	}
	if r.TunnelID != 0 {
		say(" tunnel-id %d", r.TunnelID)
	}
	if r.UIDs.Set {
		say(" uidrange %d-%d", r.UIDs.From, r.UIDs.To)
	}
	if r.L3MDev {
		b.WriteString(" l3mdev")
	}
	if !m.NoTrack || written {
		say(" protocol %d", r.Protocol)
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
	if r.Realms != 0 {
		say(" realms %d/%d", r.Realms>>16, r.Realms&0xffff)
	}
	switch r.Action {
	case plan.ToTable:
		say(" lookup %d", r.Table)
	case plan.GotoRule:
		say(" goto %d", r.Goto)
	case plan.Nop:
		b.WriteString(" nop")
	default:
		say(" type %s", plan.TypeWord(r.Action))
	}
	if m.NoTrack {
		b.WriteString(" no_track")
	}
	if m.TrackGroup != "" {
		b.WriteString(" track_group " + m.TrackGroup)
	}
	return b.String()
}
