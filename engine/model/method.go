package model

import (
	"slices"
	"strconv"
	"strings"
)

// Method is how IPVS forwards to a destination; of TUN also how packets are wrapped,
// where that is not plain IP in IP.
type Method uint32

// The forwarding methods of lvs_method (alias lb_kind).
const (
	NAT Method = iota
	DR
	TUN
)

// Above the way to forward a method holds the kind of the tunnel, its checksum and its
// port.
const (
	wayBits  = 0b11
	wrapAt   = 2
	sumAt    = 4
	portAt   = 16
	wrapBits = 0b11
)

// The words of tunnels, each at its number in the kernel.
var (
	wraps = []string{"ipip", "gue", "gre"}
	sums  = []string{"nocsum", "csum", "remcsum"}
)

// tunnelled is TUN with packets that are wrapped by kind with sum, for port.
func tunnelled(kind, sum string, port uint16) Method {
	return TUN | Method(slices.Index(wraps, kind))<<wrapAt | Method(slices.Index(sums, sum))<<sumAt | Method(port)<<portAt
}

// Way is NAT, DR or TUN.
func (m Method) Way() Method { return m & wayBits }

// Wrap gives the kind of a tunnel and its checksum, by their numbers in the kernel, and
// its port.
func (m Method) Wrap() (kind, sum uint8, port uint16) {
	return uint8(m >> wrapAt & wrapBits), uint8(m >> sumAt & wrapBits), uint16(m >> portAt)
}

// String is the method as lvs_method writes it.
func (m Method) String() string {
	kind, sum, port := m.Wrap()
	words := []string{map[Method]string{DR: "DR", TUN: "TUN"}[m.Way()]}
	if words[0] == "" {
		words[0] = "NAT"
	}
	if kind > 0 {
		words = append(words, "type", wraps[kind])
	}
	if port > 0 {
		words = append(words, "port", strconv.Itoa(int(port)))
	}
	if sum > 0 {
		words = append(words, sums[sum])
	}
	return strings.Join(words, " ")
}

// scanMethod reads NAT, DR, or TUN and how packets are wrapped. What is wrong there
// leaves IP in IP, as with keepalived.
func (l *line) scanMethod(p *Method) bool {
	w, ok := l.choice()
	if !ok {
		return false
	}
	*p = methods[w]
	if *p == TUN && l.n != nil && l.at+1 < len(l.n.Words) {
		*p = l.tunnel()
	}
	return true
}

// tunnel reads what stands behind TUN.
func (l *line) tunnel() Method {
	inner := line{b: l.b, n: l.n, d: &directive{word: l.d.word, kind: l.d.kind, options: l.d.options, soft: true, mild: true}, at: l.at}
	found := len(l.said())
	kind, sum, port, ports, written := wraps[0], sums[0], 0, 0, []string{}
	for _, o := range inner.options(nil) {
		switch o.word {
		case "type":
			if o.good {
				kind = l.valueOf(o)
			}
		case "port":
			ports++
			if o.good {
				port = number(l.valueOf(o))
			}
		default:
			sum = o.word
			written = append(written, sum)
		}
	}
	l.at = len(l.n.Words)
	inner.at, inner.word = 1, l.d.word+" TUN"
	if (kind == "gue") != (ports > 0) {
		inner.fail(Warning, "tunnel-port", kind)
	}
	for _, s := range written {
		if kind == "ipip" && s != "nocsum" || kind == "gre" && s == "remcsum" {
			inner.fail(Warning, "tunnel-checksum", s, "Kind", kind)
		}
	}
	if len(l.said()) > found {
		return TUN
	}
	return tunnelled(kind, sum, uint16(port))
}
