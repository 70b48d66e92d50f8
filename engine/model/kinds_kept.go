package model

import (
	"net/netip"
	"slices"
	"strings"
)

// keptKinds are those that no field has yet: of words that are not acted on, and of
// the options of a line.
var keptKinds = []*kind{
	{name: "block"},
	{name: "flag", scan: func(*line, any) bool { return true }, schema: boolSchema},
	argument("interface", (*line).mentionsInterface),
	argument("name", nil), argument("control", nil, "lock"),
	argument("prefix", func(l *line, w string) bool { return routeFree(w) || l.fail(Warning, "bad-address", w) }),
	argument("gateway", (*line).isAddress, "inet", "inet6"), argument("target", (*line).isAddress, "to"),
	argument("metric", func(l *line, w string) bool { _, ok := l.toWhole(w); return ok }, "lock"),
	argument("time", func(l *line, w string) bool {
		return l.numeral(strings.TrimSuffix(strings.TrimSuffix(w, "s"), "m"), w)
	}, "lock"),
	argument("lifetime", func(l *line, w string) bool { return w == "forever" || l.isLifetime(w) }),
	argument("octal", func(l *line, w string) bool { return numeral(w) || l.fail(Warning, "bad-number", w, "Default", "") }),
	argument("octet", isNamed("octet")), argument("scope", (*line).isScope), argument("mark", (*line).isMark),
	argument("span", (*line).span), argument("broadcast", (*line).isBroadcast), argument("encap", (*line).encap),
	argument("table", isNamed("table")), argument("protocol", isNamed("protocol")), argument("realms", (*line).isRealms),
	argument("group", isNamed("group")), argument("ipproto", isNamed("ipproto")),
	series("ipvlan", (*line).ipvlan),
	series("misses", (*line).misses), series("policy", (*line).policy),
	series("mode", (*line).mode), series("cpus", (*line).cpus),
	series("names", (*line).nameList),
}

// argument is a kind of one word, which may stand behind one of some others.
func argument(name string, check func(l *line, w string) bool, before ...string) *kind {
	return &kind{name: name, word: name == "interface", scan: func(l *line, _ any) bool {
		if w, ok := l.next(); !ok || !slices.Contains(before, w) {
			l.at-- // it is read again as the value
		}
		w, ok := l.value()
		return ok && (check == nil || check(l, w))
	}}
}

// series is a kind of several words, up to the end of the statement.
func series(name string, scan func(l *line) bool) *kind {
	return &kind{name: name, full: true, scan: func(l *line, _ any) bool { return scan(l) }}
}

func (l *line) mentionsInterface(w string) bool {
	if l.b != nil {
		l.b.mentionInterface(w, l.n.WordSpan(l.at))
	}
	return true
}

func (l *line) isAddress(w string) bool {
	_, err := netip.ParseAddr(w)
	return err == nil || l.fail(Warning, "bad-address", w)
}

func (l *line) isMark(w string) bool {
	value, mask, masked := strings.Cut(w, "/")
	return numeral(value) && (!masked || numeral(mask)) || l.fail(Warning, "bad-number", w, "Default", "")
}

func (l *line) isBroadcast(w string) bool {
	b, err := netip.ParseAddr(w)
	return w == "+" || w == "-" || err == nil && b.Is4() || l.fail(Warning, "bad-broadcast", w)
}

// encap reads the kind of an encapsulation; its own words depend on the kind.
func (l *line) encap(string) bool {
	l.at--
	_, ok := l.choice()
	l.at = len(l.n.Words)
	return ok
}
