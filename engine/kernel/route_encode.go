package kernel

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// indexOf gives the index of a link by its name; the error is ENODEV where there is none.
type indexOf func(name string) (int, error)

// routeBody is the message that adds or deletes a route, behind its netlink header.
func routeBody(r plan.Route, index indexOf, remove bool) (body []byte, err error) {
	r = r.Normal()
	table := uint8(unix.RT_TABLE_UNSPEC)
	if r.Table < 256 {
		table = uint8(r.Table)
	}
	scope := r.Scope
	if remove {
		scope = unix.RT_SCOPE_NOWHERE // any
	}
	var from uint8
	if r.From.IsValid() {
		from = uint8(r.From.Bits())
	}
	var flags uint32
	if r.OnLink {
		flags = unix.RTNH_F_ONLINK
	}
	e := encoder{familyNumber(r.Six()), uint8(r.Dst.Bits()), from, r.TOS, table, r.Protocol, scope, r.Type}
	e = native.AppendUint32(e, flags)
	if r.Dst.Bits() > 0 {
		e.bytes(unix.RTA_DST, r.Dst.Addr().AsSlice())
	}
	if from > 0 {
		e.bytes(unix.RTA_SRC, r.From.Addr().AsSlice())
	}
	if table == unix.RT_TABLE_UNSPEC {
		e.u32(unix.RTA_TABLE, r.Table)
	}
	e.addr(unix.RTA_PREFSRC, r.Src)
	e.addr(unix.RTA_GATEWAY, r.Via)
	if r.Link != "" {
		i, err := index(r.Link)
		if err != nil {
			return nil, err
		}
		e.u32(unix.RTA_OIF, uint32(i))
	}
	e.unlessZero(unix.RTA_PRIORITY, r.Metric)
	e.unlessZero(unix.RTA_FLOW, r.Realms)
	e.unlessZero(unix.RTA_EXPIRES, r.Expires)
	if r.Pref != plan.NoPref {
		e.bytes(unix.RTA_PREF, []byte{map[plan.Pref]byte{plan.MediumPref: 0, plan.HighPref: 1, plan.LowPref: 3}[r.Pref]}) // RFC 4191
	}
	if r.TTL != plan.NoPropagate {
		e.bytes(unix.RTA_TTL_PROPAGATE, []byte{byte(r.TTL - plan.PropagateOff)})
	}
	if r.Metrics != (plan.Metrics{}) {
		e.nest(unix.RTA_METRICS, func(e *encoder) { e.metrics(r.Metrics) })
	}
	if r.Hops != "" {
		e.nest(unix.RTA_MULTIPATH, func(e *encoder) {
			for _, h := range r.Hops.List() {
				if hopErr := e.hop(h, index); err == nil {
					err = hopErr
				}
			}
		})
	}
	return e, err
}

// hop writes one next hop.
func (e *encoder) hop(h plan.Hop, index indexOf) error {
	i, err := 0, error(nil)
	if h.Link != "" {
		if i, err = index(h.Link); err != nil {
			return err
		}
	}
	start := len(*e)
	*e = append(*e, 0, 0, 0, uint8(max(h.Weight, 1)-1))
	if h.OnLink {
		(*e)[start+2] = unix.RTNH_F_ONLINK
	}
	*e = native.AppendUint32(*e, uint32(i))
	e.addr(unix.RTA_GATEWAY, h.Via)
	e.unlessZero(unix.RTA_FLOW, h.Realms)
	native.PutUint16((*e)[start:], uint16(len(*e)-start))
	return nil
}

func (e *encoder) metrics(m plan.Metrics) {
	for code, value := range m.Values {
		if m.Set&(1<<code) != 0 {
			e.u32(uint16(code), value)
		}
	}
	if m.Congestion != "" {
		e.text(unix.RTAX_CC_ALGO, m.Congestion)
	}
	e.unlessZero(unix.RTAX_LOCK, m.Lock)
}

func (e *encoder) addr(kind uint16, a netip.Addr) {
	if a.IsValid() {
		e.bytes(kind, a.AsSlice())
	}
}

func (e *encoder) unlessZero(kind uint16, v uint32) {
	if v != 0 {
		e.u32(kind, v)
	}
}

func familyNumber(six bool) uint8 {
	if six {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// kernelRoute is a route as the kernel tells it: what plan.RouteKey is about.
type kernelRoute struct {
	key  plan.RouteKey // without Link, Via and Hops
	hops []kernelHop
	raw  []byte // the body, good for adding the same again
}

type kernelHop struct {
	via   netip.Addr
	index int
}

func parseRoute(body []byte) (r kernelRoute, ok bool) {
	if len(body) < unix.SizeofRtMsg {
		return r, false
	}
	six := body[0] == unix.AF_INET6
	if body[0] != unix.AF_INET && !six {
		return r, false
	}
	zero := netip.IPv4Unspecified()
	if six {
		zero = netip.IPv6Unspecified()
	}
	dst, single := zero, kernelHop{}
	var from netip.Addr
	r.key = plan.RouteKey{TOS: body[3], Table: uint32(body[4]), Protocol: body[5], Type: body[7]}
	err := attributes(body[unix.SizeofRtMsg:], func(kind uint16, v []byte) {
		switch kind {
		case unix.RTA_DST:
			dst, _ = netip.AddrFromSlice(v)
		case unix.RTA_SRC:
			from, _ = netip.AddrFromSlice(v)
		case unix.RTA_GATEWAY:
			single.via, _ = netip.AddrFromSlice(v)
		case unix.RTA_OIF:
			single.index = int(number(v))
		case unix.RTA_PRIORITY:
			r.key.Metric = number(v)
		case unix.RTA_TABLE:
			r.key.Table = number(v)
		case unix.RTA_MULTIPATH:
			r.hops = parseHops(v)
		}
	})
	if r.hops == nil {
		r.hops = []kernelHop{single}
	}
	r.key.Dst = netip.PrefixFrom(dst, int(body[1]))
	if from.IsValid() {
		r.key.From = netip.PrefixFrom(from, int(body[2]))
	}
	r.raw = body
	return r, err == nil && r.key.Dst.IsValid()
}

func parseHops(b []byte) (list []kernelHop) {
	for len(b) >= unix.SizeofRtNexthop {
		length := int(native.Uint16(b))
		if length < unix.SizeofRtNexthop || length > len(b) {
			return list
		}
		h := kernelHop{index: int(native.Uint32(b[4:]))}
		if attributes(b[unix.SizeofRtNexthop:length], func(kind uint16, v []byte) {
			if kind == unix.RTA_GATEWAY {
				h.via, _ = netip.AddrFromSlice(v)
			}
		}) != nil {
			return list
		}
		list = append(list, h)
		b = b[min(align(length), len(b)):]
	}
	return list
}

// number is an attribute of four bytes; 0 where it is none.
func number(v []byte) uint32 {
	if len(v) < 4 {
		return 0
	}
	return native.Uint32(v)
}

// is says whether the kernel's route is the one that is meant. IPv6 routes to one
// destination with several gateways are told as one.
func (k kernelRoute) is(r plan.Route, index indexOf) bool {
	want := r.Key()
	hops := r.Hops.List()
	if len(hops) == 0 {
		hops = []plan.Hop{{Via: want.Via, Link: want.Link}}
	}
	want.Link, want.Via, want.Hops = "", netip.Addr{}, ""
	if k.key != want || !r.Six() && len(hops) != len(k.hops) {
		return false
	}
	for i, h := range hops {
		found := false
		for j, there := range k.hops {
			found = found || (r.Six() || i == j) && there.is(h, index)
		}
		if !found {
			return false
		}
	}
	return true
}

func (k kernelHop) is(h plan.Hop, index indexOf) bool {
	if h.Link != "" {
		if i, err := index(h.Link); err != nil || i != k.index {
			return false
		}
	}
	return h.Via == k.via
}
