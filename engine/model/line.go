package model

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// line is one statement while its words are read. at is the word that was read
// last; b is nil while a default is read from the table.
type line struct {
	b     *binder
	n     *conf.Node
	d     *directive
	given []string // the words of a default
	word  string   // as the operator wrote it; "" is the directive's own
	above string   // the value that a line above gives and this one leaves alone; "" is none
	at    int
	told  bool // of the backslash at the end of the line
}

// lineOf is a statement to be read now, before any other: there is room for one.
func (b *binder) lineOf(n *conf.Node, d *directive, word string) *line {
	b.scanned = line{b: b, n: n, d: d, word: word}
	return &b.scanned
}

// next reads the next word; "" and false at the end.
func (l *line) next() (string, bool) {
	l.at++
	if l.n == nil {
		if l.at > len(l.given) {
			return "", false
		}
		return l.given[l.at-1], true
	}
	if l.at >= len(l.n.Words) {
		return "", false
	}
	return l.n.Words[l.at].Value(), true
}

// value reads a word that has to be there.
func (l *line) value() (string, bool) {
	w, ok := l.next()
	if !ok {
		l.missing()
	}
	return w, ok
}

// missing reports that a value is not there. For want of most keepalived ends at
// once; for want of some it only leaves the word out.
func (l *line) missing() bool {
	if l.d != nil && l.d.mild {
		severity := Warning
		if !l.d.soft && l.d.field == nil {
			severity = Error // an option that is acted on: the line is lost for want of it
		}
		return l.fail(severity, "no-value", "")
	}
	return l.fail(Error, "missing-value", "")
}

// fail reports a finding at the word read last. It gives false, the answer of a
// scan that understood nothing.
func (l *line) fail(s Severity, code, value string, args ...string) bool {
	if l.b == nil {
		return false
	}
	if isName(value) && !l.backslash(s) { // what else is wrong with it nobody can know
		l.b.undefined(value, l.spot())
		return false
	}
	return l.tell(s, code, value, args...)
}

// tell reports a finding as fail does, also of a value that may begin with a name
// which is not keepalived's: a shell replaces those of its line.
func (l *line) tell(s Severity, code, value string, args ...string) bool {
	if l.b == nil {
		return false
	}
	if l.d.soft && code != "missing-value" { // keepalived would end for want of a value only
		s = min(s, Warning)
	}
	if l.backslash(s) {
		return false
	}
	l.b.report(s, code, l.spot(), append([]string{"Word", l.name(), "Value", value}, args...)...)
	return false
}

// spot is the place of the word read last, or that of the statement behind its end.
func (l *line) spot() conf.Span {
	if l.at >= len(l.n.Words) {
		return l.n.Span()
	}
	return l.n.WordSpan(l.at)
}

func (l *line) name() string {
	if l.word != "" {
		return l.word
	}
	return l.d.word
}

// backslash reports that the word read last has the backslash at the end of its line.
func (l *line) backslash(s Severity) bool {
	if l.n == nil || l.at >= len(l.n.Words) || !l.n.Words[l.at].Backslash() {
		return false
	}
	if !l.told {
		l.told = true
		l.b.report(s, "last-backslash", l.n.WordSpan(l.at), "Word", l.name(), "Value", l.n.Word(l.at))
	}
	return true
}

// rest reports words that nobody read, and a backslash that was read with the last one.
func (l *line) rest() {
	if l.b != nil && l.d != nil && l.d.names == "sender" && l.sender() {
		return
	}
	if l.b == nil || l.at+1 >= len(l.n.Words) {
		if l.b != nil {
			l.backslash(Warning)
		}
		return
	}
	first, last := l.n.Words[l.at+1], l.n.Words[len(l.n.Words)-1]
	if mark := strangeMark(first.Raw); mark != "" {
		l.b.report(Note, "slashes-no-comment", first.Span().To(last.Span()), "Mark", mark)
		return
	}
	if l.n.Block != nil && oneWord[l.n.Word(0)] {
		l.b.report(Error, "name-of-words", first.Span().To(last.Span()), "Word", l.name(), "Value", first.Value())
		return
	}
	l.b.report(Note, "surplus-words", first.Span().To(last.Span()), "Word", l.name(), "Value", first.Value())
}

// choice reads one of the directive's values; the finding names the one that was
// probably meant.
func (l *line) choice() (string, bool) {
	w, ok := l.value()
	if !ok {
		return "", false
	}
	for _, v := range l.d.values {
		if v == w || l.d.anyCase && strings.EqualFold(v, w) {
			return v, true
		}
	}
	all := slices.Concat(l.d.values, l.d.kept)
	meant := strings.TrimRight(w, punctuation)
	hint := otherCase(meant, all)
	switch {
	case meant != w && slices.Contains(all, meant):
		hint = meant
	case hint == "" && w != "FNAT": // meant, of a fork of LVS
		hint = nearest(meant, all)
	}
	l.fail(Warning, "unknown-value", w, "Values", strings.Join(all, ", "), "Hint", hint, "Default", l.inForce())
	return "", false
}

// whole reads a decimal whole number inside the directive's range.
func (l *line) whole() (int64, bool) {
	w, ok := l.value()
	if !ok {
		return 0, false
	}
	return l.toWhole(w)
}

func (l *line) toWhole(w string) (int64, bool) {
	n, err := strconv.ParseInt(w, 10, 64)
	if err != nil {
		return 0, l.fail(Warning, "bad-number", w, "Default", l.inForce(), "Hint", l.numberMeant(w))
	}
	if l.d.least && n >= 0 && float64(n) < l.d.min {
		l.fail(Warning, "at-least-one", w)
		return int64(l.d.min), true
	}
	if l.d.ranged && (float64(n) < l.d.min || float64(n) > l.d.max) {
		return 0, l.fail(Warning, "out-of-range", w, "Range", l.d.bounds, "Default", l.inForce())
	}
	return n, true
}

// numberMeant is the number that was probably meant by the word read last.
func (l *line) numberMeant(w string) string {
	if l.n == nil {
		return ""
	}
	return numberMeant(w, l.n.Word(l.at+1))
}

// inForce is what holds when the written value is not taken: what a line above says,
// else the default.
func (l *line) inForce() string {
	if l.above != "" {
		return l.above
	}
	return l.d.def
}
