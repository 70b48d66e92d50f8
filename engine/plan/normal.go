package plan

import (
	"cmp"
	"net/netip"
	"slices"
)

// settable is the flags an operator can set; the kernel adds its own (0x2, "hashed").
const settable = Persistent | OnePacket | SchedFlag1 | SchedFlag2 | SchedFlag3

// The address scopes of linux/rtnetlink.h.
const (
	scopeGlobal  uint8 = 0
	scopeSite    uint8 = 200
	scopeLink    uint8 = 253
	scopeHost    uint8 = 254
	scopeNowhere uint8 = 255
)

// Normal gives s in the form in which the kernel would tell it: sorted, no key
// twice (the first one stays), and whatever can be said in two ways said in
// one. It shares no memory with s.
func (s State) Normal() State { return s.normal(Service.Normal) }

// AsNormal is Normal, but shares the destinations of services that are in that form
// already.
func (s State) AsNormal() State { return s.normal(Service.AsNormal) }

func (s State) normal(service func(Service) Service) State {
	var n State
	for _, a := range s.Addresses {
		n.Addresses = append(n.Addresses, a.Normal())
	}
	slices.SortStableFunc(n.Addresses, compareAddress)
	n.Addresses = slices.CompactFunc(n.Addresses, func(a, b Address) bool { return a.same(b) })
	for _, r := range s.Routes {
		n.Routes = append(n.Routes, r.Normal())
	}
	slices.SortStableFunc(n.Routes, compareRoute)
	n.Routes = slices.CompactFunc(n.Routes, func(a, b Route) bool { return a.Key() == b.Key() })
	for _, r := range s.Rules {
		n.Rules = append(n.Rules, r.Normal())
	}
	slices.SortStableFunc(n.Rules, compareRule)
	n.Rules = slices.Compact(n.Rules)
	if len(s.Services) > 0 {
		n.Services = make([]Service, 0, len(s.Services))
	}
	for i := range s.Services {
		n.Services = append(n.Services, service(s.Services[i]))
	}
	if !slices.IsSortedFunc(n.Services, compareService) {
		slices.SortStableFunc(n.Services, compareService)
	}
	n.Services = slices.CompactFunc(n.Services, func(a, b Service) bool { return a.Key == b.Key })
	n.Links = slices.Clone(s.Links)
	slices.SortStableFunc(n.Links, compareLink)
	n.Links = slices.CompactFunc(n.Links, func(a, b Link) bool { return a.Name == b.Name })
	n.Settings = slices.Clone(s.Settings)
	slices.SortStableFunc(n.Settings, compareSetting)
	n.Settings = slices.CompactFunc(n.Settings, Setting.same)
	n.Drops, n.Timeouts = normalDrops(s.Drops), s.Timeouts
	for _, d := range s.Daemons {
		n.Daemons = append(n.Daemons, d.Normal())
	}
	slices.SortStableFunc(n.Daemons, compareDaemon)
	n.Daemons = slices.CompactFunc(n.Daemons, func(a, b SyncDaemon) bool { return a.State == b.State })
	return n
}

// Normal gives the service as State.Normal does.
func (v Service) Normal() Service {
	v = v.bare()
	if len(v.Destinations) == 0 {
		v.Destinations = nil
		return v
	}
	ds := slices.Clone(v.Destinations)
	for i := range ds {
		ds[i].Addr = ds[i].Addr.Unmap()
		ds[i].Wrap = ds[i].Wrap.normal(ds[i].Method)
	}
	slices.SortStableFunc(ds, compareDestination)
	v.Destinations = slices.CompactFunc(ds, Destination.same)
	return v
}

// AsNormal is Normal, but shares the destinations if they are in that form already.
func (v Service) AsNormal() Service {
	for i := range v.Destinations {
		d := &v.Destinations[i]
		if d.Addr.Is4In6() || d.Wrap != d.Wrap.normal(d.Method) || i > 0 && compareDestination(v.Destinations[i-1], *d) >= 0 {
			return v.Normal()
		}
	}
	if len(v.Destinations) == 0 {
		v.Destinations = nil
	}
	return v.bare()
}

// bare gives the service as Normal does, with its destinations as they are.
func (v Service) bare() Service {
	v.Key.Addr = v.Key.Addr.Unmap()
	v.Flags &= settable
	if v.Timeout > 0 {
		v.Flags |= Persistent
	} else {
		v.Flags &^= Persistent
		v.Engine = ""
	}
	v.Netmask = v.Netmask.Unmap()
	if v.Flags&Persistent == 0 || v.Netmask.IsValid() && MaskBits(v.Netmask) == v.Netmask.BitLen() {
		v.Netmask = netip.Addr{}
	}
	return v
}

// Normal drops what the kernel does not keep: a label equal to the link's name
// is the default, and an IPv6 address has neither label nor broadcast and a
// scope that follows from its bits (net/ipv6/addrconf.c).
func (a Address) Normal() Address {
	if ip := a.Prefix.Addr(); ip.Is4In6() {
		a.Prefix = netip.PrefixFrom(ip.Unmap(), a.Prefix.Bits()-96)
	}
	ip := a.Prefix.Addr()
	if a.Label == a.Link || ip.Is6() {
		a.Label = ""
	}
	if a.Broadcast = a.Broadcast.Unmap(); a.Broadcast.IsUnspecified() || ip.Is6() {
		a.Broadcast = netip.Addr{}
	}
	if a.Peer = a.Peer.Unmap(); a.Peer == ip {
		a.Peer = netip.Addr{}
	}
	if a.Preferred == a.usual() || ip.Is4() {
		a.Preferred = ""
	}
	a.Flags, a.Detect = a.Flags&SettableFlags, a.Detect && ip.Is6()
	if ip.Is6() {
		a.Prefix = netip.PrefixFrom(ip.WithZone(""), a.Prefix.Bits())
		a.Scope = scopeOf(ip)
	}
	return a
}

func scopeOf(ip netip.Addr) uint8 {
	b := ip.As16()
	switch {
	case ip.IsLoopback():
		return scopeHost
	case ip.IsLinkLocalUnicast():
		return scopeLink
	case b[0] == 0xfe && b[1]&0xc0 == 0xc0: // fec0::/10, RFC 3879
		return scopeSite
	}
	return scopeGlobal
}

// AddressKey is by what the kernel knows an address again. IPv4 may carry an
// address twice on a link under two masks, IPv6 not.
type AddressKey struct {
	Link   string
	Prefix netip.Prefix // of an IPv6 address always /128
}

// Key gives the identity of the address.
func (a Address) Key() AddressKey {
	a = a.Normal()
	if ip := a.Prefix.Addr(); ip.Is6() {
		return AddressKey{a.Link, netip.PrefixFrom(ip, 128)}
	}
	return AddressKey{a.Link, a.Prefix}
}

// same says whether the kernel takes a and b for one address.
func (a Address) same(b Address) bool { return a.Key() == b.Key() }

func (d Destination) same(e Destination) bool { return d.Addr == e.Addr && d.Port == e.Port }

func compareAddress(a, b Address) int {
	if c := cmp.Compare(a.Link, b.Link); c != 0 {
		return c
	}
	if c := a.Prefix.Addr().Compare(b.Prefix.Addr()); c != 0 || a.Prefix.Addr().Is6() {
		return c
	}
	return cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits())
}

func compareService(a, b Service) int { return a.Key.Compare(b.Key) }

// Compare orders keys: by address, then mark, port and protocol.
func (k ServiceKey) Compare(l ServiceKey) int {
	if c := k.Addr.Compare(l.Addr); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(k.Mark, l.Mark), cmp.Compare(k.Port, l.Port), cmp.Compare(k.Protocol, l.Protocol))
}

func compareDestination(a, b Destination) int {
	if c := a.Addr.Compare(b.Addr); c != 0 {
		return c
	}
	return cmp.Compare(a.Port, b.Port)
}

// MaskBits counts the leading ones of a mask written as an address.
func MaskBits(mask netip.Addr) int {
	n := 0
	for _, b := range mask.AsSlice() {
		for ; b&0x80 != 0; b <<= 1 {
			n++
		}
		if b != 0 || n%8 != 0 {
			break
		}
	}
	return n
}
