package model

import (
	"strconv"
	"strings"
)

// nameKinds are the kinds of values that have a number and may be written as a name, as
// iproute2's files have it.
var nameKinds = map[string]bool{"table": true, "protocol": true, "scope": true, "octet": true, "realms": true, "group": true, "ipproto": true}

// ownNames are those that need no file.
var ownNames = map[string]map[string]uint32{
	"table": {"default": 253, "main": 254, "local": 255},
	"scope": {"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255},
	"protocol": {"none": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11,
		"bird": 12, "dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "babel": 42},
	"ipproto": {"icmp": 1, "tcp": 6, "udp": 17, "dccp": 33, "ipv6-icmp": 58, "sctp": 132},
}

// largestNumber are the bounds of the numbers.
var largestNumber = map[string]uint64{"table": 1<<32 - 1, "scope": 255, "protocol": 255, "octet": 255, "realms": 255, "group": 1<<31 - 1, "ipproto": 255}

// number is the number of a name, as text, and whether there is one. Realms are one, or
// two with a slash.
func (l *line) number(kind, w string) (text string, known bool) {
	if from, to, two := strings.Cut(w, "/"); kind == "realms" && two {
		a, known := l.number(kind, from)
		b, also := l.number(kind, to)
		return a + "/" + b, known && also
	}
	if n, err := strconv.ParseUint(w, 0, 64); err == nil {
		return strconv.FormatUint(n, 10), n <= largestNumber[kind]
	}
	n, known := uint32(0), false
	if l.b != nil && l.b.facts.Number != nil {
		n, known = l.b.facts.Number(kind, w)
	}
	if !known {
		n, known = ownNames[kind][w]
	}
	return strconv.FormatUint(uint64(n), 10), known
}

// isNamed holds a value against the names of its kind, and against the numbers. Where
// nothing is known of the host, any name is one.
func isNamed(kind string) func(l *line, w string) bool {
	return func(l *line, w string) bool {
		if _, known := l.number(kind, w); known || !digit(w) && l.b != nil && l.b.facts.Number == nil {
			return true
		}
		if digit(w) {
			return l.fail(Warning, "out-of-range", w, "Range", "0.."+strconv.FormatUint(largestNumber[kind], 10), "Default", "")
		}
		return l.fail(Warning, "unknown-number-name", w)
	}
}

// isRealms reads a realm, or two with a slash between.
func (l *line) isRealms(w string) bool {
	from, to, two := strings.Cut(w, "/")
	is := isNamed("realms")
	return is(l, from) && (!two || is(l, to))
}
