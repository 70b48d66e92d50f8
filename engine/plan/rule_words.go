package plan

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseRule reads the words of a rule as keepalived and ip(8) have them, with numbers
// for names. A rule without a word for it is keepalived's.
func ParseRule(line string) (Rule, error) {
	w := words{list: strings.Fields(line)}
	r := Rule{Protocol: KeepalivedProtocol}
	for v, ok := w.next(); ok; v, ok = w.next() {
		switch v {
		case "inet", "inet6":
			r.IPv6 = v == "inet6"
		case "not":
			r.Not = true
		case "from":
			r.From, _ = w.prefix(w.value())
			r.IPv6 = r.IPv6 || r.From.Addr().Is6()
		case "to":
			r.To, _ = w.prefix(w.value())
			r.IPv6 = r.IPv6 || r.To.Addr().Is6()
		case "iif", "dev":
			r.IIf = w.value()
		case "oif":
			r.OIf = w.value()
		case "tos", "dsfield":
			r.TOS = uint8(w.number(8))
		case "fwmark":
			w.mark(&r)
		case "preference", "priority", "order", "pref":
			r.Priority = uint32(w.number(32))
		case "table", "lookup":
			r.Action, r.Table = ToTable, uint32(w.number(32))
		case "goto":
			r.Action, r.Goto = GotoRule, uint32(w.number(32))
		case "l3mdev":
			r.Action, r.L3MDev = ToTable, true
		case "type": // what it is comes behind
		case "nop":
			r.Action = Nop
		case "blackhole", "unreachable", "prohibit":
			r.Action, _ = routeType(v)
		case "realms":
			r.Realms = w.realms()
		case "protocol", "proto":
			r.Protocol = uint8(w.number(8))
		case "ipproto", "ip_proto":
			r.IPProto = uint8(w.number(8))
		case "sport":
			r.SrcPorts = w.span(16)
		case "dport":
			r.DstPorts = w.span(16)
		case "uidrange":
			r.UIDs = w.span(32)
		case "tunnel-id", "tun_id":
			r.TunnelID = w.number(64)
		case "suppress_prefixlength", "sup_pl":
			r.Suppressed.ByLength, r.Suppressed.Length = true, uint32(w.number(31))
		case "suppress_ifgroup", "sup_group":
			r.Suppressed.ByGroup, r.Suppressed.Group = true, uint32(w.number(31))
		default:
			return Rule{}, fmt.Errorf("%s: not a word of a rule", v)
		}
	}
	if r.Action == 0 && w.err == nil {
		return Rule{}, fmt.Errorf("%s: no action", line)
	}
	return r, w.err
}

// mark reads a mark, and its mask behind a slash.
func (w *words) mark(r *Rule) {
	v := w.value()
	value, mask, masked := strings.Cut(v, "/")
	n, err := strconv.ParseUint(value, 0, 32)
	if err != nil {
		w.fail("fwmark", v)
	}
	r.Marked, r.Mark = true, uint32(n)
	if !masked {
		return
	}
	if n, err = strconv.ParseUint(mask, 0, 32); err != nil {
		w.fail("fwmark", v)
	}
	r.Mask = uint32(n)
}

// span reads A-B.
func (w *words) span(bits int) Span {
	v := w.value()
	from, to, _ := strings.Cut(v, "-")
	a, err := strconv.ParseUint(from, 10, bits)
	b, alsoErr := strconv.ParseUint(to, 10, bits)
	if err != nil || alsoErr != nil {
		w.fail("range", v)
	}
	return Span{true, uint32(a), uint32(b)}
}
