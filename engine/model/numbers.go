package model

import (
	"math"
	"strconv"
	"strings"
)

func (l *line) scanSeconds(p *Seconds) bool {
	w, ok := l.next()
	if !ok && l.d.bare != "" {
		w, ok = l.d.bare, true
	}
	if !ok {
		return l.missing()
	}
	s, ok := parseSeconds(unsigned(w))
	parted := strings.Contains(w, ".")
	if !ok || parted && l.d.whole == "yes" {
		return l.fail(Warning, "bad-number", w, "Default", l.inForce(), "Hint", l.numberMeant(w))
	}
	if parted && l.d.whole != "" {
		l.fail(Warning, "whole-seconds", w, "Release", l.d.whole)
	}
	if f := s.Duration().Seconds(); l.d.ranged && (f < l.d.min || f > l.d.max) {
		return l.fail(Warning, "out-of-range", w, "Range", l.d.bounds, "Default", l.inForce())
	}
	*p = s
	return true
}

// unsigned is a number without the plus sign that keepalived passes over.
func unsigned(w string) string {
	if len(w) > 1 && w[0] == '+' && (w[1] == '.' || digit(w[1:])) {
		return w[1:]
	}
	return w
}

// scanMillis reads a number of milliseconds; less than a microsecond rounds.
func (l *line) scanMillis(p *Millis) bool {
	var s Seconds
	ok := l.scanSeconds(&s)
	return set(p, Millis(s.Duration()/1000), ok)
}

// parseSeconds reads digits with at most one point. keepalived keeps six
// decimals; further ones round.
func parseSeconds(w string) (Seconds, bool) {
	points := 0
	for i := range len(w) {
		switch c := w[i]; {
		case c == '.':
			points++
		case c < '0' || c > '9':
			return 0, false
		}
	}
	if points > 1 || points == len(w) {
		return 0, false
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil || f > 1<<32 {
		return 0, false
	}
	return Seconds(math.Round(f*1e6) * 1e3), true
}

// scanWeight reads N [reverse|noreverse].
func (l *line) scanWeight(p *Weight) bool {
	n, ok := l.scriptWeight()
	if !ok {
		n, ok = l.whole()
	}
	if !ok {
		return false
	}
	*p = Weight{N: int(n)}
	switch w, ok := l.next(); {
	case ok && w == "reverse":
		p.Reverse = true
	case ok && w != "noreverse":
		l.at--
	}
	return true
}

// scriptWeight is the weight of a script that is out of its range: keepalived
// complains and counts it all the same, and a priority ends at 1 and 254.
func (l *line) scriptWeight() (int64, bool) {
	if l.n == nil || l.d.block == nil || l.d.block.word != "vrrp_script" {
		return 0, false
	}
	n, err := strconv.ParseInt(l.n.Word(l.at+1), 10, 32)
	if err != nil || float64(n) >= l.d.min && float64(n) <= l.d.max {
		return 0, false
	}
	l.at++
	w, n := l.n.Word(l.at), min(max(n, int64(l.d.min)), int64(l.d.max))
	l.fail(Warning, "weight-beyond", w, "Range", l.d.bounds, "Most", strconv.FormatInt(n, 10))
	return n, true
}

// scanCodes adds the codes and ranges of the line: 200 301-302.
func (l *line) scanCodes(p *[]CodeRange) bool {
	w, ok := l.value()
	for ; ok; w, ok = l.next() {
		from, to, _ := strings.Cut(w, "-")
		if to == "" {
			to = from
		}
		a, ok1 := l.toWhole(from)
		if !ok1 {
			continue
		}
		z, ok2 := l.toWhole(to)
		if !ok2 {
			continue
		}
		if z < a {
			l.fail(Warning, "out-of-range", w, "Range", l.d.bounds, "Default", "")
			continue
		}
		*p = append(*p, CodeRange{int(a), int(z)})
	}
	return len(*p) > 0
}
