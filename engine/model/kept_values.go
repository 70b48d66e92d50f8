package model

import (
	"slices"
	"strconv"
	"strings"
)

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

// policy reads a word of the table, or a number.
func (l *line) policy() bool {
	if w, _ := l.next(); l.d.options[w] != nil {
		return true
	}
	l.at--
	_, ok := l.whole()
	return ok
}

func (l *line) cpus() bool {
	for w, ok := l.value(); ok; w, ok = l.next() {
		if _, ok := l.toWhole(w); !ok {
			return false
		}
	}
	return len(l.n.Words) > 1
}

// atLeast wants one word behind the directive.
func (l *line) atLeast(good bool) bool {
	if len(l.n.Words) > 1 {
		return good
	}
	l.at = 1
	return l.fail(Warning, "missing-option", "", "Values", strings.Join(optionNames(l.d.options), ", "))
}

// optionNames are the words that a line may have, in the order of the table.
func optionNames(words map[string]*keptWord) []string {
	var list []string
	for w, k := range words {
		if w == k.word && !k.is("moved") {
			list = append(list, w)
		}
	}
	slices.SortFunc(list, func(x, y string) int { return words[x].place - words[y].place })
	return list
}
