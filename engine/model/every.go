package model

import "time"

// scanEvery reads [all] SECONDS, in any order.
func (l *line) scanEvery(p *Every) bool {
	var e Every
	timed := false
	for w, ok := l.value(); ok; w, ok = l.next() {
		if l.d.options[w] != nil {
			e.All = true
			continue
		}
		n, ok := l.toWhole(w)
		if !ok {
			return false
		}
		e.Delay, timed = Seconds(time.Duration(n)*time.Second), true
	}
	if !timed {
		return len(l.n.Words) > 1 && l.missing()
	}
	*p = e
	return true
}
