package model

import (
	"net/netip"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// maxLabel is the longest address label the kernel takes (IFNAMSIZ less its NUL).
const maxLabel = 15

var scopes = map[string]uint8{"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}

// keptAddressWords are options of an address line that are not acted on, with
// whether a value follows.
var keptAddressWords = map[string]bool{
	"peer": true, "preferred_lft": true, "track_group": true, "use_vmac": false, "home": false,
	"-nodad": false, "mngtmpaddr": false, "noprefixroute": false, "autojoin": false,
}

var addressWords = []string{"dev", "label", "brd", "broadcast", "scope", "no_track", "peer", "preferred_lft",
	"track_group", "use_vmac", "home", "-nodad", "mngtmpaddr", "noprefixroute", "autojoin"}

// scanAddress reads a line of virtual_ipaddress:
// ADDRESS[/LENGTH] [dev IF] [label L] [brd|broadcast A|+|-] [scope S] [no_track].
func (l *line) scanAddress(p *Address) bool {
	l.at = -1
	w, ok := l.next()
	if !ok {
		return false
	}
	var a Address
	if a.Prefix, ok = prefix(w); !ok {
		return l.fail(Error, "bad-address", w)
	}
	for w, ok = l.next(); ok; w, ok = l.next() {
		if !l.addressOption(w, &a) {
			return false
		}
	}
	*p = a
	return true
}

func (l *line) addressOption(w string, a *Address) bool {
	if w == "no_track" {
		a.NoTrack = true
		return true
	}
	if follows, kept := keptAddressWords[w]; kept {
		l.fail(Note, "kept-not-acted", "", "Word", l.d.word+" "+w)
		a.Kept = strings.TrimLeft(a.Kept+" "+w, " ")
		if follows {
			v, ok := l.value()
			a.Kept += " " + conf.Quote(v)
			return ok
		}
		return true
	}
	switch w {
	case "dev", "label", "brd", "broadcast", "scope":
	default:
		l.fail(Warning, "unknown-word", w, "Word", w, "Block", l.d.word, "Hint", nearest(w, addressWords))
		return true
	}
	v, ok := l.value()
	if !ok {
		return false
	}
	switch w {
	case "dev":
		l.b.mentionInterface(v, l.n.WordSpan(l.at))
		a.Dev = v
	case "label":
		if len(v) > maxLabel {
			l.fail(Warning, "label-too-long", v, "Most", strconv.Itoa(maxLabel))
			return true
		}
		a.Label = v
	case "scope":
		return l.scope(v, a)
	default:
		return l.broadcast(v, a)
	}
	return true
}

func (l *line) scope(v string, a *Address) bool {
	s, ok := scopes[v]
	if !ok {
		n, err := strconv.ParseUint(v, 0, 8)
		if err != nil {
			l.fail(Warning, "unknown-value", v, "Word", "scope", "Values", "global, site, link, host, nowhere", "Default", "global")
			return true
		}
		s = uint8(n)
	}
	a.Scope = Some(s)
	return true
}

func (l *line) broadcast(v string, a *Address) bool {
	switch v {
	case "+":
		a.Broadcast = Some(Broadcast{Ones: true})
	case "-":
		a.Broadcast = Some(Broadcast{Zeros: true})
	default:
		b, err := netip.ParseAddr(v)
		if err != nil || !b.Is4() {
			l.fail(Warning, "bad-broadcast", v)
			return true
		}
		a.Broadcast = Some(Broadcast{Addr: b})
	}
	return true
}
