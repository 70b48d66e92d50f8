package model

import (
	"net/netip"
	"slices"
	"strconv"

	"holdfast/engine/conf"
)

// VirtualOf is what a virtual server serves where that is no address: the packets that
// the firewall marked, or all that a virtual_server_group names. The zero value is
// neither.
type VirtualOf struct {
	Mark   uint32
	Family string // of the packets with the mark: "inet", "inet6", or "" where it is not written here
	Group  string
}

// scanOf reads fwmark N [inet|inet6], or group NAME.
func (l *line) scanOf(p *VirtualOf) bool {
	kind, _ := l.next()
	w, ok := l.value()
	switch {
	case !ok:
		return false
	case kind == "group":
		p.Group = w
		l.b.mention(serverGroup, w, l.n.WordSpan(l.at))
		return true
	}
	mark, err := strconv.ParseUint(unsigned(w), 10, 32)
	if err != nil || mark == 0 {
		return l.fail(Warning, "out-of-range", w, "Range", "1..4294967295", "Default", "")
	}
	p.Mark = uint32(mark)
	if w, more := l.next(); more && (w == "inet" || w == "inet6") {
		p.Family = w
	} else {
		l.at--
	}
	return true
}

// String is what stands behind virtual_server.
func (o VirtualOf) String() string {
	if o.Mark == 0 {
		return "group " + conf.Quote(o.Group)
	}
	out := "fwmark " + strconv.FormatUint(uint64(o.Mark), 10)
	if o.Family != "" {
		out += " " + o.Family
	}
	return out
}

// of is Of with the family of a mark, where it is written in the block.
func (v *Virtual) of() VirtualOf {
	of := v.Of
	if of.Mark != 0 && of.Family == "" && v.Family.Written {
		of.Family = v.Family.Val
	}
	return of
}

// name is what a virtual server of these is called.
func (o VirtualOf) name(p Protocol) string {
	if o.Mark == 0 {
		return p.String() + ":group:" + o.Group
	}
	out := "fwmark:" + strconv.FormatUint(uint64(o.Mark), 10)
	if o.Family == "inet6" {
		out += ":inet6"
	}
	return out
}

// End is one service of the kernel: an address and a port, or a mark and a family.
type End struct {
	Addr netip.Addr // of a mark the unspecified address of its family
	Port uint16
	Mark uint32
}

// serverGroup is the block that names what several virtual servers are.
const serverGroup = "virtual_server_group"

// ends are the services that a line of a group names, nil where it is none. The family
// of a mark is six where the line does not say it.
func ends(line Item, six bool) []End {
	words := []string{conf.Unquote(line.Word)}
	for _, a := range line.Args {
		words = append(words, conf.Unquote(a))
	}
	if words[0] == "fwmark" && len(words) > 1 {
		mark, err := strconv.ParseUint(unsigned(words[1]), 10, 32)
		if err != nil || mark == 0 {
			return nil
		}
		if len(words) > 2 {
			six = words[2] == "inet6"
		}
		return []End{markEnd(uint32(mark), six)}
	}
	first, last, ok := span(words[0])
	if !ok {
		return nil
	}
	var port uint64
	if len(words) > 1 {
		port, _ = strconv.ParseUint(unsigned(words[1]), 10, 16)
	}
	var list []End
	for a := first; a.IsValid() && len(list) < maxEnds; a = a.Next() {
		list = append(list, End{Addr: a, Port: uint16(port)})
		if a == last {
			break
		}
	}
	return list
}

// maxEnds bounds how many addresses one line of a group names.
const maxEnds = 1 << 16

func markEnd(mark uint32, six bool) End {
	if six {
		return End{Addr: netip.IPv6Unspecified(), Mark: mark}
	}
	return End{Addr: netip.IPv4Unspecified(), Mark: mark}
}

// span reads 192.0.2.1, 192.0.2.1-9, 192.0.2.1-192.0.2.9 or 192.0.2.0/28.
func span(w string) (first, last netip.Addr, ok bool) {
	if from, to, ranged := cut(w, '-'); ranged {
		first, err := netip.ParseAddr(from)
		if err != nil {
			return first, last, false
		}
		if last, err = netip.ParseAddr(to); err != nil {
			last, ok = lastOf(first, to)
			if !ok {
				return first, last, false
			}
		}
		return first, last, first.BitLen() == last.BitLen() && !last.Less(first)
	}
	p, ok := prefix(w)
	if !ok || p.Masked() != p {
		return first, last, false
	}
	first, last = p.Addr(), p.Addr()
	bits := last.AsSlice()
	for i := p.Bits(); i < last.BitLen(); i++ {
		bits[i/8] |= 0x80 >> (i % 8)
	}
	last, _ = netip.AddrFromSlice(bits)
	return first, last, true
}

func cut(w string, at byte) (before, after string, found bool) {
	if i := slices.Index([]byte(w), at); i >= 0 {
		return w[:i], w[i+1:], true
	}
	return w, "", false
}

// six says whether a virtual server of a mark or a group is of IPv6: as it is written,
// else as its servers are that are behind no tunnel.
func (v *Virtual) six() bool {
	if family := v.of().Family; family != "" {
		return family == "inet6"
	}
	for i := range v.Servers {
		if r := &v.Servers[i]; r.Method.Or(v.Method.Val).Way() != TUN {
			return r.Addr.Is6()
		}
	}
	return false
}

// tunnelled says whether every server is behind a tunnel: then families may differ.
func (v *Virtual) tunnelled() bool {
	return !slices.ContainsFunc(v.Servers, func(r Real) bool { return r.Method.Or(v.Method.Val).Way() != TUN })
}

// standFor says which services a virtual server of a mark or a group is, by the groups
// of the text. False means that there is none, or that their family is not that of its
// servers: keepalived passes over such a one.
func (v *Virtual) standFor(groups map[string][]Item) bool {
	v.Ends = nil
	switch {
	case v.Of.Mark != 0:
		v.Ends = []End{markEnd(v.Of.Mark, v.six())}
		return true
	case v.Of.Group == "":
		return true
	}
	if !v.Persistence.Written && !v.Granularity.Written {
		v.Persistence.Val = 0
	}
	for _, line := range groups[v.Of.Group] {
		for _, e := range ends(line, v.six()) {
			if e.Addr.Is6() != v.six() && !v.tunnelled() {
				return false
			}
			if e.Port == 0 && e.Mark == 0 {
				inherit(&v.Persistence, readDefaults().persists)
			}
			v.Ends = append(v.Ends, e)
		}
	}
	return len(v.Ends) > 0
}

// serverGroups are the lines of each virtual_server_group; of two of a name the first.
func serverGroups(kept []Item) map[string][]Item {
	var groups map[string][]Item
	for _, i := range kept {
		if i.Word != serverGroup || len(i.Args) == 0 {
			continue
		}
		if groups == nil {
			groups = map[string][]Item{}
		}
		if name := conf.Unquote(i.Args[0]); groups[name] == nil {
			groups[name] = i.Lines
		}
	}
	return groups
}

// grouped is a virtual server of a group, until the groups are known.
type grouped struct {
	group          string
	six, tunnelled bool
	at             conf.Span
}

// settleGroups reports virtual servers that are left out because of their group.
func (b *binder) settleGroups() {
	groups := serverGroups(b.cfg.Kept)
	for _, g := range b.names.grouped {
		lines, there := groups[g.group]
		some, other := false, false
		for _, line := range lines {
			for _, e := range ends(line, g.six) {
				some, other = true, other || e.Addr.Is6() != g.six
			}
		}
		switch {
		case !there: // told as a name that nothing bears
		case !some:
			b.report(Warning, "group-without-lines", g.at, "Name", g.group)
		case other && !g.tunnelled:
			b.report(Warning, "group-family-differs", g.at, "Name", g.group)
		}
	}
}
