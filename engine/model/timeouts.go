package model

import (
	"strconv"
	"strings"
)

// Timeouts is the argument of lvs_timeouts, in seconds. What is 0 is the kernel's choice.
type Timeouts struct{ TCP, FIN, UDP uint32 }

// scanTimeouts reads the timeouts. An option that is none is passed over, as by
// keepalived.
func (l *line) scanTimeouts(p *Timeouts) bool {
	var t Timeouts
	some := false
	for _, o := range l.options(nil) {
		if !o.good {
			continue
		}
		some = true
		n := uint32(number(l.valueOf(o)))
		switch o.word {
		case "tcp":
			t.TCP = n
		case "tcpfin":
			t.FIN = n
		case "udp":
			t.UDP = n
		}
	}
	return set(p, t, l.atLeast(some))
}

// String is the argument of lvs_timeouts.
func (t Timeouts) String() string {
	var words []string
	add := func(word string, n uint32) {
		if n > 0 {
			words = append(words, word, strconv.Itoa(int(n)))
		}
	}
	add("tcp", t.TCP)
	add("tcpfin", t.FIN)
	add("udp", t.UDP)
	if len(words) == 0 {
		return "tcp 0" // all of them are the kernel's
	}
	return strings.Join(words, " ")
}
