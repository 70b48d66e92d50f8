package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// words are those of a line of `ip route` or `ip rule`, while they are read.
type words struct {
	list []string
	at   int
	err  error
}

func (w *words) next() (string, bool) {
	if w.at >= len(w.list) {
		return "", false
	}
	w.at++
	return w.list[w.at-1], true
}

// value is the word behind the one read last.
func (w *words) value() string {
	of := ""
	if w.at > 0 {
		of = w.list[w.at-1]
	}
	v, ok := w.next()
	if !ok {
		w.fail(of, "")
	}
	return v
}

func (w *words) fail(word, value string) {
	if w.err == nil {
		w.err = fmt.Errorf("%s %s: no such value", word, value)
	}
}

// number reads a number of at most so many bits, in any base of C.
func (w *words) number(bits int) uint64 {
	v := w.value()
	n, err := strconv.ParseUint(v, 0, bits)
	if err != nil {
		w.fail("number", v)
	}
	return n
}

func (w *words) addr() netip.Addr {
	v := w.value()
	a, err := netip.ParseAddr(v)
	if err != nil {
		w.fail("address", v)
	}
	return a.Unmap()
}

// gateway reads an address that may stand behind the word for its family.
func (w *words) gateway() netip.Addr {
	if v, ok := w.next(); !ok || v != "inet" && v != "inet6" {
		w.at--
	}
	return w.addr()
}

// realms reads one realm, or the source's and the destination's.
func (w *words) realms() uint32 {
	v := w.value()
	from, to, two := strings.Cut(v, "/")
	if !two {
		from, to = "0", v
	}
	a, err := strconv.ParseUint(from, 0, 16)
	b, alsoErr := strconv.ParseUint(to, 0, 16)
	if err != nil || alsoErr != nil {
		w.fail("realms", v)
	}
	return uint32(a)<<16 | uint32(b)
}

func realmsWord(r uint32) string {
	if r>>16 == 0 {
		return strconv.Itoa(int(r))
	}
	return fmt.Sprintf("%d/%d", r>>16, r&0xffff)
}

// prefix reads a network; a name for all addresses gives the zero prefix, whose family
// the rest of the line says.
func (w *words) prefix(v string) (p netip.Prefix, all bool) {
	if v == "default" || v == "all" || v == "any" {
		return p, true
	}
	if a, err := netip.ParseAddr(v); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), false
	}
	p, err := netip.ParsePrefix(v)
	if err != nil {
		w.fail("prefix", v)
	}
	return unmap(p), false
}

// routeTypes are the words for what a route does with packets (RTN_*).
var routeTypes = []struct {
	word string
	code uint8
}{{"unicast", 1}, {"local", 2}, {"broadcast", 3}, {"brd", 3}, {"anycast", 4}, {"multicast", 5}, {"blackhole", 6},
	{"unreachable", 7}, {"prohibit", 8}, {"throw", 9}, {"nat", 10}, {"xresolve", 11}}

func routeType(w string) (uint8, bool) {
	for _, t := range routeTypes {
		if t.word == w {
			return t.code, true
		}
	}
	return 0, false
}

// TypeWord is the word of ip(8) for what a route (RTN_*) or a rule does with packets.
func TypeWord(code uint8) string {
	for _, t := range routeTypes {
		if t.code == code {
			return t.word
		}
	}
	return strconv.Itoa(int(code))
}

// metricWords are the metrics: their words, whether the word may have lock behind it,
// and for a time the parts of a millisecond that the kernel counts in.
var metricWords = []struct {
	word  string
	code  int
	parts float64
}{
	{"rtt", MetricRTT, 8}, {"rttvar", MetricRTTVar, 4}, {"rto_min", MetricRTOMin, 1}, {"features", MetricFeatures, 0}, {"mtu", MetricMTU, 0},
	{"window", MetricWindow, 0}, {"ssthresh", MetricSSThresh, 0}, {"cwnd", MetricCWnd, 0}, {"advmss", MetricAdvMSS, 0},
	{"reordering", MetricReordering, 0}, {"hoplimit", MetricHopLimit, 0}, {"initcwnd", MetricInitCWnd, 0},
	{"initrwnd", MetricInitRWnd, 0}, {"quickack", MetricQuickAck, 0}, {"fastopen_no_cookie", MetricFastOpenNoCookie, 0},
}

const featureECN = 1

// metric reads the value of a metric.
func (w *words) metric(m *Metrics, code int, parts float64) {
	if v, ok := w.next(); ok && v == "lock" {
		m.Lock |= 1 << code
	} else {
		w.at--
	}
	m.Set |= 1 << code
	switch {
	case code == MetricFeatures:
		if v := w.value(); v != "ecn" {
			w.fail("features", v)
		}
		m.Values[code] |= featureECN
	case parts > 0:
		m.Values[code] = w.duration(parts)
	default:
		m.Values[code] = uint32(w.number(32))
	}
}

// shortest and longest bound the times of a route, in milliseconds: keepalived takes the
// bound for what lies beyond.
const shortest, longest = 200, 120_000

// duration reads a time: a number alone counts the kernel's own parts, one with a unit
// seconds or milliseconds.
func (w *words) duration(parts float64) uint32 {
	v := w.value()
	unit := 1.0
	digits := v
	if d, ms := strings.CutSuffix(v, "ms"); ms {
		digits, unit = d, parts
	} else if d, s := strings.CutSuffix(v, "s"); s {
		digits, unit = d, parts*1000
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n < 0 {
		w.fail("time", v)
	}
	return uint32(min(max(n*unit, shortest*parts), longest*parts))
}

// hops reads next hops up to the end.
func (w *words) hops() (list []Hop, err error) {
	for v, ok := w.next(); ok; v, ok = w.next() {
		if v == "nexthop" {
			list = append(list, Hop{Weight: 1})
			continue
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("%s: not a next hop", v)
		}
		h := &list[len(list)-1]
		switch v {
		case "via":
			h.Via = w.gateway()
		case "dev":
			h.Link = w.value()
		case "weight":
			h.Weight = int(w.number(16))
		case "onlink":
			h.OnLink = true
		case "realms":
			h.Realms = w.realms()
		default:
			return nil, fmt.Errorf("%s: not a word of a next hop", v)
		}
	}
	return list, w.err
}

// ParseRoute reads the words of a route as keepalived and ip(8) have them, with
// numbers for the names of tables, protocols and the like. A route without a word for
// it is keepalived's. Words for what is not acted on are errors.
func ParseRoute(line string) (Route, error) {
	w := words{list: strings.Fields(line)}
	r := Route{Type: unicast, Table: mainTable, Protocol: KeepalivedProtocol}
	six, known, all, found := false, false, false, false
	family := func(is6 bool) {
		if known && six != is6 {
			w.fail(line, "(two families)")
		}
		six, known = is6, true
	}
	for v, ok := w.next(); ok; v, ok = w.next() {
		if code, is := routeType(v); is {
			r.Type = code
			continue
		}
		if i := slices.IndexFunc(metricWords, func(m struct {
			word  string
			code  int
			parts float64
		}) bool {
			return m.word == v
		}); i >= 0 {
			w.metric(&r.Metrics, metricWords[i].code, metricWords[i].parts)
			continue
		}
		switch v {
		case "inet", "inet6":
			family(v == "inet6")
		case "via", "gw":
			r.Via = w.gateway()
			family(r.Via.Is6())
		case "dev", "oif":
			r.Link = w.value()
		case "src":
			r.Src = w.addr()
			family(r.Src.Is6())
		case "from":
			r.From, _ = w.prefix(w.value())
			family(true)
		case "table":
			r.Table = uint32(w.number(32))
		case "protocol", "proto":
			r.Protocol = uint8(w.number(8))
		case "scope":
			r.Scope = uint8(w.number(8))
		case "metric", "priority", "preference":
			r.Metric = uint32(w.number(32))
		case "tos", "dsfield":
			r.TOS = uint8(w.number(8))
		case "realms", "realm":
			r.Realms = w.realms()
			family(false)
		case "expires":
			r.Expires = uint32(w.number(32))
			family(true)
		case "pref":
			r.Pref = map[string]Pref{"low": LowPref, "medium": MediumPref, "high": HighPref}[w.value()]
			family(true)
		case "ttl-propagate":
			r.TTL = map[string]Propagate{"enabled": PropagateOn, "disabled": PropagateOff}[w.value()]
		case "congctl":
			if n, ok := w.next(); ok && n == "lock" {
				r.Metrics.Lock |= 1 << MetricCongestion
			} else {
				w.at--
			}
			r.Metrics.Congestion = w.value()
		case "onlink":
			r.OnLink = true
		case "add":
			r.Place = Alone
		case "prepend":
			r.Place = Prepend
		case "append":
			r.Place = Append
		case "nexthop":
			w.at--
			hops, err := w.hops()
			if err != nil {
				return Route{}, err
			}
			for _, h := range hops {
				if h.Via.IsValid() {
					family(h.Via.Is6())
				}
			}
			r.Hops = HopsOf(hops)
		default:
			if v == "to" {
				v = w.value()
			}
			r.Dst, all = w.prefix(v)
			if found = true; !all {
				family(r.Dst.Addr().Is6())
			}
		}
	}
	if !found && w.err == nil {
		return Route{}, fmt.Errorf("%s: no destination", line)
	}
	if all {
		r.Dst = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
		if six {
			r.Dst = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
		}
	}
	return r, w.err
}

func via(a netip.Addr) string {
	return " via " + a.String()
}
