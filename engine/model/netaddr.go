package model

import (
	"net/netip"
	"strconv"
	"strings"
)

func (l *line) scanAddr(p *netip.Addr) bool {
	w, ok := l.value()
	if !ok {
		return false
	}
	if l.d.addr == "mask" {
		return l.mask(w, p)
	}
	host, length, masked := strings.Cut(w, "/")
	a, err := netip.ParseAddr(host)
	if err != nil {
		return l.fail(Error, "bad-address", w, "Hint", addressMeant(w))
	}
	if masked {
		l.fail(Note, "mask-ignored", w, "Length", length)
	}
	if l.d.addr == "multicast4" && !(a.Is4() && a.IsMulticast()) {
		return l.fail(Warning, "not-multicast", w, "Default", l.inForce())
	}
	if l.d.addr == "multicast6" && !(a.Is6() && a.IsMulticast()) {
		return l.fail(Warning, "not-multicast", w, "Default", l.inForce())
	}
	if l.d.addr == "multicast" && !a.IsMulticast() {
		return l.fail(Warning, "not-multicast", w, "Default", l.inForce())
	}
	*p = a
	return true
}

// mask reads the persistence granularity: an IPv4 mask, or the length of an IPv6
// prefix, which is kept as the mask it stands for.
func (l *line) mask(w string, p *netip.Addr) bool {
	if bits, err := strconv.Atoi(w); err == nil && bits > 0 && bits <= 128 {
		var m [16]byte
		for i := range bits {
			m[i/8] |= 0x80 >> (i % 8)
		}
		*p = netip.AddrFrom16(m)
		return true
	}
	a, err := netip.ParseAddr(w)
	if err != nil || maskBits(a) <= 0 {
		return l.fail(Warning, "bad-mask", w)
	}
	*p = a
	return true
}

// maskBits is the length of the prefix that a stands for as a mask, or -1 where
// it stands for none.
func maskBits(a netip.Addr) int {
	bits, ended := 0, false
	for _, b := range a.AsSlice() {
		for i := 7; i >= 0; i-- {
			if b>>i&1 == 0 {
				ended = true
			} else if ended {
				return -1
			} else {
				bits++
			}
		}
	}
	return bits
}

// prefix reads ADDRESS[/LENGTH]; without a length it is one host.
func prefix(w string) (netip.Prefix, bool) {
	if !strings.Contains(w, "/") {
		a, err := netip.ParseAddr(w)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(w)
	return p, err == nil
}
