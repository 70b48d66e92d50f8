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

// options reads the rest of a line by the words that the table has for the directive.
// A word that is none of them goes to free, which says whether it is a value in
// its own right. What is wrong is reported; nothing is left out of the answer.
func (l *line) options(free func(w string) bool) []option {
	var list []option
	known, outer, name := l.d.options, l.d, l.name()
	for w, ok := l.next(); ok; w, ok = l.next() {
		k := known[w]
		if k == nil {
			if free == nil || !free(w) {
				l.d, l.word = outer, name
				l.stranger(w)
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
		o.good = k.kind.scan(l, k.kind.new())
		o.end = min(l.at+1, len(l.n.Words))
		list = append(list, o)
	}
	l.d, l.word = outer, name
	return list
}

// stranger reports a word that the line cannot have. Where nothing but entries
// stands before it, it was meant for one. For such a word keepalived leaves out a
// route or a rule, and a track where nothing but the name stands before the word.
func (l *line) stranger(w string) {
	known, lines := l.d.options, l.d.kind.list
	hint := l.hint(w)
	entry := lines != nil && lines.entry != nil
	for i := 0; entry && i <= l.at; i++ {
		entry = hint == "" && lines.entry(l.n.Word(i)) && known[l.n.Word(i)] == nil
	}
	lost := ""
	switch {
	case lines == nil || lines.loses == nil:
	case lines.loses(l.at):
		lost = "yes"
		l.b.edit(wholeLine, "")
	default:
		l.b.edit(l.at, "")
	}
	if entry {
		l.fail(Warning, "one-a-line", w, "Word", l.d.word, "Line", lost)
		return
	}
	l.fail(Warning, "unknown-word", w, "Word", w, "Block", l.name(), "Line", lost, "Hint", hint)
}

// hint is the word of the block that was probably meant. The same slip is looked
// up once.
func (l *line) hint(w string) string {
	if l.b == nil {
		return ""
	}
	key := [2]string{"line " + l.d.word, w}
	g, ok := l.b.guesses[key]
	if !ok && len(l.b.guesses) < maxAlike {
		g.hint = nearest(w, slices.Collect(maps.Keys(l.d.options)))
		l.b.guesses[key] = g
	}
	return g.hint
}

// known is options for a line of which only the words matter.
func (l *line) known(free func(w string) bool) bool {
	good := true
	found := len(l.said())
	for _, o := range l.options(free) {
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
