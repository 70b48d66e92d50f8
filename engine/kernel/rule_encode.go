package kernel

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// Attributes and flags of rules that x/sys/unix lacks (linux/fib_rules.h).
const (
	fraPriority  = 6
	fraOIfName   = 17
	fraSrcPorts  = 23
	ruleInvert   = 0x2
	ruleBodySize = 12
)

// ruleBody is the message that adds or deletes a rule, behind its netlink header.
func ruleBody(r plan.Rule) []byte {
	r = r.Normal()
	table := uint8(unix.RT_TABLE_UNSPEC)
	if r.Table < 256 {
		table = uint8(r.Table)
	}
	var flags uint32
	if r.Not {
		flags = ruleInvert
	}
	e := encoder{familyNumber(r.IPv6), bitsOf(r.To), bitsOf(r.From), r.TOS, table, 0, 0, r.Action}
	e = native.AppendUint32(e, flags)
	if r.To.IsValid() {
		e.bytes(unix.FRA_DST, r.To.Addr().AsSlice())
	}
	if r.From.IsValid() {
		e.bytes(unix.FRA_SRC, r.From.Addr().AsSlice())
	}
	e.u32(fraPriority, r.Priority)
	if r.IIf != "" {
		e.text(unix.FRA_IIFNAME, r.IIf)
	}
	if r.OIf != "" {
		e.text(fraOIfName, r.OIf)
	}
	if r.Marked {
		e.u32(unix.FRA_FWMARK, r.Mark)
		e.u32(unix.FRA_FWMASK, r.Mask)
	}
	if r.Table > 255 {
		e.u32(unix.FRA_TABLE, r.Table)
	}
	e.unlessZero(unix.FRA_FLOW, r.Realms)
	if r.Action == plan.GotoRule {
		e.u32(unix.FRA_GOTO, r.Goto)
	}
	if r.TunnelID != 0 {
		e.bytes(unix.FRA_TUN_ID, binary.BigEndian.AppendUint64(nil, r.TunnelID))
	}
	if r.Suppressed.ByLength {
		e.u32(unix.FRA_SUPPRESS_PREFIXLEN, r.Suppressed.Length)
	}
	if r.Suppressed.ByGroup {
		e.u32(unix.FRA_SUPPRESS_IFGROUP, r.Suppressed.Group)
	}
	if r.L3MDev {
		e.bytes(unix.FRA_L3MDEV, []byte{1})
	}
	if r.UIDs.Set {
		e.bytes(unix.FRA_UID_RANGE, native.AppendUint32(native.AppendUint32(nil, r.UIDs.From), r.UIDs.To))
	}
	if r.Protocol != 0 {
		e.bytes(unix.FRA_PROTOCOL, []byte{r.Protocol})
	}
	if r.IPProto != 0 {
		e.bytes(unix.FRA_IP_PROTO, []byte{r.IPProto})
	}
	e.ports(fraSrcPorts, r.SrcPorts)
	e.ports(unix.FRA_DPORT_RANGE, r.DstPorts)
	return e
}

func bitsOf(p netip.Prefix) uint8 {
	if !p.IsValid() {
		return 0
	}
	return uint8(p.Bits())
}

func (e *encoder) ports(kind uint16, s plan.Span) {
	if s.Set {
		e.bytes(kind, native.AppendUint16(native.AppendUint16(nil, uint16(s.From)), uint16(s.To)))
	}
}

// parseRule reads a rule as the kernel tells it.
func parseRule(body []byte) (r plan.Rule, ok bool) {
	if len(body) < ruleBodySize || body[0] != unix.AF_INET && body[0] != unix.AF_INET6 {
		return r, false
	}
	r = plan.Rule{IPv6: body[0] == unix.AF_INET6, TOS: body[3], Table: uint32(body[4]), Action: body[7], Not: native.Uint32(body[8:])&ruleInvert != 0}
	err := attributes(body[ruleBodySize:], func(kind uint16, v []byte) {
		switch kind {
		case unix.FRA_DST:
			r.To = prefixOf(v, body[1])
		case unix.FRA_SRC:
			r.From = prefixOf(v, body[2])
		case fraPriority:
			r.Priority = number(v)
		case unix.FRA_IIFNAME:
			r.IIf = unix.ByteSliceToString(v)
		case fraOIfName:
			r.OIf = unix.ByteSliceToString(v)
		case unix.FRA_FWMARK:
			r.Marked, r.Mark = true, number(v)
		case unix.FRA_FWMASK:
			r.Marked, r.Mask = true, number(v)
		case unix.FRA_TABLE:
			r.Table = number(v)
		case unix.FRA_FLOW:
			r.Realms = number(v)
		case unix.FRA_GOTO:
			r.Goto = number(v)
		case unix.FRA_TUN_ID:
			if len(v) == 8 {
				r.TunnelID = binary.BigEndian.Uint64(v)
			}
		case unix.FRA_SUPPRESS_PREFIXLEN:
			if n := number(v); n != ^uint32(0) {
				r.Suppressed.ByLength, r.Suppressed.Length = true, n
			}
		case unix.FRA_SUPPRESS_IFGROUP:
			if n := number(v); n != ^uint32(0) {
				r.Suppressed.ByGroup, r.Suppressed.Group = true, n
			}
		case unix.FRA_L3MDEV:
			r.L3MDev = len(v) > 0 && v[0] != 0
		case unix.FRA_UID_RANGE:
			if len(v) == 8 {
				r.UIDs = plan.Span{Set: true, From: number(v), To: number(v[4:])}
			}
		case unix.FRA_PROTOCOL:
			if len(v) > 0 {
				r.Protocol = v[0]
			}
		case unix.FRA_IP_PROTO:
			if len(v) > 0 {
				r.IPProto = v[0]
			}
		case fraSrcPorts:
			r.SrcPorts = portsOf(v)
		case unix.FRA_DPORT_RANGE:
			r.DstPorts = portsOf(v)
		}
	})
	return r.Normal(), err == nil
}

func prefixOf(v []byte, bits uint8) netip.Prefix {
	a, _ := netip.AddrFromSlice(v)
	return netip.PrefixFrom(a, int(bits))
}

func portsOf(v []byte) plan.Span {
	if len(v) != 4 {
		return plan.Span{}
	}
	return plan.Span{Set: true, From: uint32(native.Uint16(v)), To: uint32(native.Uint16(v[2:]))}
}
