package model

import (
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// listKinds are those of blocks whose every line is a value. Those without a type are
// not acted on.
var listKinds = []*kind{
	listOf(kind{name: "lines", quote: conf.Quote}, list{line: scanNames, each: true}, func(s string) string { return s }),
	listOf(kind{name: "addresses"}, list{line: scanAddresses, entry: isPrefix, sure: true, loses: func(int) bool { return false }}, Address.String),
	listOf(kind{name: "tracks"}, list{line: scanTracks, entry: isTrack, loses: func(at int) bool { return at == 1 }}, Track.String),
	listOf(kind{name: "peers"}, list{line: scanPeers}, Peer.String),
	listOf(kind{name: "routes"}, list{line: scanRoutes, loses: always}, Route.String),
	listOf(kind{name: "rules"}, list{line: scanRules, loses: always}, Rule.String),
	keyKind(),
	{name: "members", list: &list{line: func(l *line, _ any) bool { return l.member() }}},
	{name: "interfaces", list: &list{line: func(l *line, _ any) bool { return l.interfaces() }}},
	listOf(kind{name: "linkbeat"}, list{line: scanPolled}, PolledLink.String),
	listOf(kind{name: "delays"}, list{line: scanDelays}, LinkDelay.String),
}

func always(int) bool { return true }

func isPrefix(w string) bool { _, ok := prefix(w); return ok }

func isTrack(w string) bool { return !isNumber(strings.TrimPrefix(w, "+")) }

func typeFor[T any]() reflect.Type { return reflect.TypeFor[T]() }

// listOf makes a row of a list; text is the inverse of reading one value.
func listOf[T comparable](k kind, l list, text func(T) string) *kind {
	l.texts = func(p any) []string {
		all := *p.(*[]T)
		out := make([]string, len(all))
		for i := range all {
			out[i] = text(all[i])
		}
		return out
	}
	k.typ, k.list, k.equal = reflect.TypeFor[[]T](), &l, equalLists[T]
	return &k
}

// keyKind is a list without braces: each statement adds a key.
func keyKind() *kind {
	k := listOf(kind{name: "key"}, list{line: scanKey, alone: true}, SigningKey.words)
	k.scan = func(l *line, p any) bool { return scanKey(l, p) }
	return k
}

func equalLists[T comparable](a, b any) bool { return slices.Equal(*a.(*[]T), *b.(*[]T)) }

// add puts a value into the list that a line adds to, where there is one.
func add[T any](l *line, into any, v T) bool {
	if list, ok := into.(*[]T); ok {
		*list = append(*list, v)
		l.b.places = append(l.b.places, place{&(*list)[len(*list)-1], l.n})
	}
	return true
}

func scanNames(l *line, into any) bool {
	if l.d.names == "recipient" && l.n != nil && l.recipients(into) {
		return true
	}
	for w, ok := l.next(); ok; w, ok = l.next() {
		l.b.mention(l.d.names, w, l.n.WordSpan(l.at))
		add(l, into, w)
	}
	return true
}

func scanAddresses(l *line, into any) bool {
	var a Address
	return l.scanAddress(&a) && add(l, into, a)
}

func scanTracks(l *line, into any) bool {
	var t Track
	if !l.scanTrack(&t) {
		return false
	}
	if into != nil && l.b.tracked[t.Name] {
		l.b.report(Warning, "duplicate-track", l.n.WordSpan(0), "Word", l.d.word, "Name", t.Name)
		return false
	}
	if into != nil {
		l.b.tracked[t.Name] = true
	}
	return add(l, into, t)
}

func (l *line) interfaces() bool {
	for w, ok := l.next(); ok; w, ok = l.next() {
		l.b.mentionInterface(w, l.n.WordSpan(l.at))
	}
	return true
}
