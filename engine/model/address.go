package model

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// maxLabel is the longest address label the kernel takes (IFNAMSIZ less its NUL).
const maxLabel = 15

var scopes = map[string]uint8{"global": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255}

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
		return l.fail(Error, "bad-address", w, "Hint", addressMeant(w))
	}
	list := l.options(nil)
	for _, o := range list {
		if !l.addressOption(o, &a) {
			return false
		}
	}
	if l.b != nil {
		l.relateAddress(a, list)
		if a.Prefix.Addr().Is6() {
			a.Label = "" // IPv6 addresses have none
		}
	}
	*p = a
	return true
}

// addressOption puts one option where it belongs. An acted one without a value
// costs keepalived the address, so it does here.
func (l *line) addressOption(o option, a *Address) bool {
	v := l.n.Word(o.end - 1)
	switch {
	case o.word == "no_track":
		a.NoTrack = true
	case o.word == "use_vmac":
		a.VMAC = true
	case o.word == "-nodad":
		a.Detect = true
	case o.kind.name == "flag":
		if !slices.Contains(strings.Fields(a.Flags), o.word) {
			a.Flags = strings.TrimLeft(a.Flags+" "+o.word, " ")
		}
	case o.end-o.at < 2:
		return false
	case o.word == "dev":
		a.Dev = v
	case o.word == "track_group":
		a.TrackGroup = v
	case o.word == "label":
		if len(v) > maxLabel {
			l.at = o.end - 1
			l.fail(Warning, "label-too-long", v, "Most", strconv.Itoa(maxLabel))
			return true
		}
		a.Label = v
	case !o.good:
	case o.word == "peer":
		l.peer(v, a)
	case o.word == "preferred_lft":
		a.Preferred = strings.TrimLeft(v, "+")
	case o.word == "scope":
		a.Scope = Some(scopeNumber(v))
	default:
		a.Broadcast = Some(newBroadcast(v))
	}
	return true
}

// peer takes the other end of a link. As by keepalived one with a length is passed over,
// and so is one of another family; the first one counts.
func (l *line) peer(w string, a *Address) {
	ip, err := netip.ParseAddr(w)
	if ip = ip.Unmap(); err == nil && !a.Peer.IsValid() && ip.Is6() == a.Prefix.Addr().Is6() {
		a.Peer = ip
	}
}

func scopeNumber(w string) uint8 {
	if s, ok := scopes[w]; ok {
		return s
	}
	n, _ := strconv.ParseUint(w, 0, 8) // read before
	return uint8(n)
}

func newBroadcast(w string) Broadcast {
	a, _ := netip.ParseAddr(w) // read before
	return Broadcast{Addr: a, Ones: w == "+", Zeros: w == "-"}
}
