package model

import (
	"maps"
	"slices"
	"strings"
)

// option is one word of a line together with what follows it: the words
// at..end-1 of the statement.
type option struct {
	*keptWord
	at, end int
	good    bool // its value is one
}

// options reads the rest of a line by the words that the table has for a block.
// A word that is none of them goes to free, which says whether it is a value in
// its own right. What is wrong is reported; nothing is left out of the answer.
func (l *line) options(block string, free func(w string) bool) []option {
	var list []option
	known, outer, name := readKept()[block], l.d, l.word
	if name == "" {
		name = block
	}
	for w, ok := l.next(); ok; w, ok = l.next() {
		k := known[w]
		if k == nil {
			if free == nil || !free(w) {
				l.d, l.word = outer, name
				l.stranger(block, w, known)
			}
			continue
		}
		if l.b != nil && (slices.Contains(k.old, w) || k.is("old")) {
			hint := ""
			if w != k.word {
				hint = k.word
			}
			l.b.report(Note, "deprecated-word", l.n.WordSpan(l.at), "Word", name+" "+w, "Hint", hint)
			if hint != "" {
				l.b.edit(l.at, hint)
			}
		}
		o := option{keptWord: k, at: l.at}
		l.d, l.word = k.directive, name+" "+w
		o.good = l.read(k)
		o.end = min(l.at+1, len(l.n.Words))
		list = append(list, o)
	}
	l.d, l.word = outer, name
	return list
}

// oneALine are the kinds of lists whose lines hold one entry each, and what an
// entry looks like.
var oneALine = map[string]func(w string) bool{
	"addresses": func(w string) bool { _, ok := prefix(w); return ok },
	"tracks":    func(w string) bool { return !isNumber(strings.TrimPrefix(w, "+")) },
}

// stranger reports a word that the block does not know. Where nothing but entries
// stands before it, it was meant for one.
func (l *line) stranger(block, w string, known map[string]*keptWord) {
	hint := l.hint(block, w, known)
	entry := oneALine[listKinds[block]]
	for i := 0; entry != nil && i <= l.at; i++ {
		if hint != "" || !entry(l.n.Word(i)) || known[l.n.Word(i)] != nil {
			entry = nil
		}
	}
	lost := ""
	if kind := listKinds[block]; kind == "routes" || kind == "tracks" && l.at == 1 {
		lost = "yes"
		l.b.edit(wholeLine, "")
	} else if kind != "" {
		l.b.edit(l.at, "")
	}
	if entry != nil {
		l.fail(Warning, "one-a-line", w, "Word", block, "Line", lost)
		return
	}
	l.fail(Warning, "unknown-word", w, "Word", w, "Block", l.name(), "Line", lost, "Hint", hint)
}

// listKinds are the kinds of the lists whose lines have options. For a word that it
// does not know, keepalived leaves out a route or a rule, and a track where nothing
// but the name stands before the word.
var listKinds = map[string]string{"virtual_routes": "routes", "static_routes": "routes", "virtual_rules": "routes", "static_rules": "routes",
	"virtual_ipaddress": "addresses", "virtual_ipaddress_excluded": "addresses", "static_ipaddress": "addresses",
	"track_interface": "tracks", "track_script": "tracks", "track_process": "tracks", "track_file": "tracks", "track_bfd": "tracks"}

// hint is the word of the block that was probably meant. The same slip is looked
// up once.
func (l *line) hint(block, w string, known map[string]*keptWord) string {
	if l.b == nil {
		return ""
	}
	key := [2]string{"line " + block, w}
	g, ok := l.b.guesses[key]
	if !ok && len(l.b.guesses) < maxAlike {
		g.hint = nearest(w, slices.Collect(maps.Keys(known)))
		l.b.guesses[key] = g
	}
	return g.hint
}

// known is options for a line of which only the words matter.
func (l *line) known(block string, free func(w string) bool) bool {
	good := true
	found := len(l.said())
	for _, o := range l.options(block, free) {
		good = good && o.good
	}
	return good && len(l.said()) == found
}

// said are the findings so far.
func (l *line) said() []Finding {
	if l.b == nil {
		return nil
	}
	return l.b.findings
}

// routeFree says whether a word of a route may be its destination.
func routeFree(w string) bool {
	_, ok := prefix(w)
	return ok || slices.Contains(anywhere, w)
}

// anywhere are the names of the prefix that holds all addresses.
var anywhere = []string{"default", "all", "any"}

// hardware says whether a word is a MAC address, or the five octets that stand
// for one whose last is the virtual router's number.
func hardware(w string) bool {
	octets := strings.Split(w, ":")
	for _, o := range octets {
		if o == "" || len(o) > 2 || strings.Trim(o, "0123456789abcdefABCDEF") != "" {
			return false
		}
	}
	return len(octets) == 5 || len(octets) == 6
}
