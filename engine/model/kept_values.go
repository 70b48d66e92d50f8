package model

import (
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// read reads the argument of a kept word by its kind, and says whether it is one.
// What it does not take it has reported.
func (l *line) read(k *keptWord) bool {
	if k.typ != nil {
		return l.scan(reflect.New(k.typ).Interface())
	}
	switch k.kind {
	case "flag":
		return true
	case "metric", "time", "control":
		if w, ok := l.next(); !ok || w != "lock" {
			l.at-- // it is read again as the value
		}
	case "target":
		if w, ok := l.next(); !ok || w != "to" {
			l.at--
		}
	case "gateway":
		if w, ok := l.next(); !ok || w != "inet" && w != "inet6" {
			l.at--
		}
	}
	w, ok := l.value()
	if !ok {
		return false
	}
	switch k.kind {
	case "interface":
		if l.b != nil {
			l.b.mentionInterface(w, l.n.WordSpan(l.at))
		}
	case "prefix":
		return routeFree(w) || l.fail(Warning, "bad-address", w)
	case "gateway", "target":
		_, err := netip.ParseAddr(w)
		return err == nil || l.fail(Warning, "bad-address", w)
	case "metric":
		_, ok = l.toWhole(w)
		return ok
	case "time":
		return l.numeral(strings.TrimSuffix(strings.TrimSuffix(w, "s"), "m"), w)
	case "lifetime":
		return w == "forever" || l.isLifetime(w)
	case "octal": // a number in one of the bases of C
		return numeral(w) || l.fail(Warning, "bad-number", w, "Default", "")
	case "octet":
		n, err := strconv.ParseUint(w, 0, 64)
		return err != nil && !digit(w) || err == nil && n < 256 || l.fail(Warning, "out-of-range", w, "Range", "0..255", "Default", "")
	case "scope":
		return l.isScope(w)
	case "mark":
		value, mask, masked := strings.Cut(w, "/")
		return numeral(value) && (!masked || numeral(mask)) || l.fail(Warning, "bad-number", w, "Default", "")
	case "span":
		return l.span(w)
	case "broadcast":
		b, err := netip.ParseAddr(w)
		return w == "+" || w == "-" || err == nil && b.Is4() || l.fail(Warning, "bad-broadcast", w)
	case "encap":
		l.at--
		_, ok = l.choice()
		l.at = len(l.n.Words) // its own words depend on the kind
		return ok
	}
	return true
}

func digit(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }

// numeral says whether w is a number in one of the bases of C.
func numeral(w string) bool {
	_, err := strconv.ParseUint(w, 0, 64)
	return err == nil
}

func (l *line) numeral(digits, w string) bool {
	_, err := strconv.ParseUint(digits, 10, 64)
	return err == nil || l.fail(Warning, "bad-number", w, "Default", "")
}

func (l *line) isLifetime(w string) bool {
	n, err := strconv.ParseUint(w, 10, 64)
	if err != nil {
		return l.fail(Warning, "bad-number", w, "Default", "")
	}
	return n < 1<<32 || l.fail(Warning, "out-of-range", w, "Range", "0..4294967295", "Default", "")
}

// isScope reads a scope: its name or its number.
func (l *line) isScope(w string) bool {
	if _, ok := scopes[w]; ok {
		return true
	}
	if n, err := strconv.ParseUint(w, 0, 64); err == nil && n < 256 {
		return true
	}
	return l.fail(Warning, "unknown-value", w, "Values", "global, site, link, host, nowhere", "Default", "global")
}

// span reads A-B.
func (l *line) span(w string) bool {
	from, to, ok := strings.Cut(w, "-")
	if !ok {
		return l.fail(Warning, "bad-span", w)
	}
	_, ok = l.toWhole(from)
	if ok {
		_, ok = l.toWhole(to)
	}
	return ok
}

// series reads an argument of several words, by its kind.
func (l *line) series(k *keptWord) bool {
	switch k.kind {
	case "sync":
		return l.sync(k)
	case "timeouts":
		return l.atLeast(k, l.known(k.word, nil))
	case "vmac", "ipvlan":
		return l.device(k)
	case "every":
		if w, ok := l.next(); !ok || readKept()[k.word][w] == nil {
			l.at--
		}
		_, ok := l.whole()
		l.rest()
		return ok
	case "misses":
		return l.misses(k)
	case "initial":
		return l.known(k.word, func(w string) bool { _, err := strconv.Atoi(w); return err == nil })
	case "policy":
		if w, _ := l.next(); readKept()[k.word][w] != nil {
			return true
		}
		l.at--
		_, ok := l.whole()
		return ok
	case "mode":
		return l.mode()
	case "cpus":
		for w, ok := l.value(); ok; w, ok = l.next() {
			if _, ok := l.toWhole(w); !ok {
				return false
			}
		}
		return len(l.n.Words) > 1
	case "hex":
		return l.hexadecimal(k)
	case "key":
		return l.key()
	case "names":
		return l.names(k)
	}
	_, ok := l.value()
	return ok
}

// atLeast wants one word behind the directive.
func (l *line) atLeast(k *keptWord, good bool) bool {
	if len(l.n.Words) > 1 {
		return good
	}
	l.at = 1
	return l.fail(Warning, "missing-option", "", "Values", strings.Join(optionNames(k.word), ", "))
}

// optionNames are the words that a line may have, in the order of the table.
func optionNames(block string) []string {
	words := readKept()[block]
	var list []string
	for w, k := range words {
		if w == k.word && !k.is("moved") {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y string) int { return words[x].place - words[y].place })
	return list
}
