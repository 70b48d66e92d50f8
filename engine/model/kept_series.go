package model

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ipvlan reads the argument of use_ipvlan: the name of the interface that is made, and
// its own address.
func (l *line) ipvlan() bool {
	named, addressed := false, false
	list := l.options(func(w string) bool {
		first := &named
		if routeFree(w) {
			first = &addressed
		} else if len(w) > maxLabel {
			l.fail(Warning, "name-too-long", w, "Most", strconv.Itoa(maxLabel))
		}
		if *first {
			return false
		}
		*first = true
		return true
	})
	l.relateDevice(list)
	return !slices.ContainsFunc(list, func(o option) bool { return !o.good })
}

// misses reads the sorts of misses that an include may have; each may follow a sign.
func (l *line) misses() bool {
	words := l.d.options
	return l.known(func(w string) bool { return words[strings.TrimLeft(w, "+-")] != nil })
}

// modeBits are the names of permission bits.
var modeBits = map[string]bool{"IRUSR": true, "IWUSR": true, "IXUSR": true, "IRGRP": true, "IWGRP": true,
	"IXGRP": true, "IROTH": true, "IWOTH": true, "IXOTH": true}

// mode reads a file mode: a number up to 0777 in a base of C, or names of bits
// with | between them.
func (l *line) mode() bool {
	w, ok := l.value()
	if !ok {
		return false
	}
	if digit(w) {
		n, err := strconv.ParseUint(w, 0, 64)
		if err != nil {
			return l.fail(Warning, "bad-number", w, "Default", l.inForce())
		}
		return n <= 0o777 || l.fail(Warning, "out-of-range", w, "Range", "0..0777", "Default", l.inForce())
	}
	for ; ok; w, ok = l.next() {
		for bit := range strings.SplitSeq(strings.Trim(w, "|"), "|") {
			if bit != "" && !modeBits[bit] {
				return l.fail(Warning, "unknown-value", bit, "Values", "IRUSR, IWUSR, IXUSR, IRGRP, IWGRP, IXGRP, IROTH, IWOTH, IXOTH",
					"Default", l.inForce())
			}
		}
	}
	return true
}

// nameList reads as many words as the directive takes.
func (l *line) nameList() bool {
	w, ok := l.value()
	for n := 1; ok; n++ {
		if len(l.d.values) > 0 && !slices.Contains(l.d.values, w) {
			l.at--
			l.choice()
		}
		if n == l.d.most {
			l.rest()
			break
		}
		w, ok = l.next()
	}
	return len(l.n.Words) > 1
}

// member reads a line of virtual_server_group: an address, a range of them or a
// prefix, and the port; or a mark.
func (l *line) member() bool {
	l.at = -1
	w, ok := l.next()
	if l.d.options[w] != nil {
		l.at = -1
		return l.known(nil)
	}
	if !ok || !l.addresses(w) {
		return false
	}
	var port uint16
	if !l.port(&port) {
		return false
	}
	l.rest()
	return true
}

// addresses reads 192.0.2.1, 192.0.2.1-9, 192.0.2.1-192.0.2.9 or 192.0.2.0/28.
func (l *line) addresses(w string) bool {
	if from, to, ok := strings.Cut(w, "-"); ok {
		a, err := netip.ParseAddr(from)
		if err != nil {
			return l.fail(Warning, "bad-address", w)
		}
		z, err := netip.ParseAddr(to)
		if err != nil {
			z, ok = lastOf(a, to)
			if !ok {
				return l.fail(Warning, "bad-address-range", w)
			}
		}
		return a.BitLen() == z.BitLen() && a.Less(z) || l.fail(Warning, "bad-address-range", w)
	}
	p, ok := prefix(w)
	if !ok {
		return l.fail(Warning, "bad-address", w)
	}
	return p.Masked() == p || l.fail(Warning, "host-bits", w, "Value", w, "Hint", p.Masked().String())
}

// lastOf is a with its last octet (or, in IPv6, its last 16 bits) replaced.
func lastOf(a netip.Addr, end string) (netip.Addr, bool) {
	if a.Is4() {
		n, err := strconv.ParseUint(end, 10, 8)
		b := a.As4()
		b[3] = byte(n)
		return netip.AddrFrom4(b), err == nil
	}
	n, err := strconv.ParseUint(end, 16, 16)
	b := a.As16()
	b[14], b[15] = byte(n>>8), byte(n)
	return netip.AddrFrom16(b), err == nil
}
