package model

import (
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// VMAC is the argument of use_vmac: the name of the interface that is made and its MAC
// address, of which five octets stand for one that ends in the number of the virtual
// router. What is not written is chosen.
type VMAC struct {
	Name, MAC string
	Kept      string // options that are not acted on, as written
}

// String is the argument as a statement has it.
func (v VMAC) String() string {
	var words []string
	if v.Name != "" {
		words = append(words, conf.Quote(v.Name))
	}
	for _, w := range []string{v.MAC, v.Kept} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// scanVMAC reads [[name] NAME] [MAC] and the options behind them. A name or a MAC address
// that is none is passed over, as by keepalived.
func (l *line) scanVMAC(p *VMAC) bool {
	var v VMAC
	list := l.options(func(w string) bool {
		into, usable := &v.Name, len(w) <= maxLabel
		if hardware(w) {
			into, usable = &v.MAC, !multicastMAC(w)
		}
		switch {
		case *into != "":
			return false
		case usable:
			*into = w
		case into == &v.MAC:
			l.fail(Warning, "mac-multicast", w)
		default:
			l.fail(Warning, "name-too-long", w, "Most", strconv.Itoa(maxLabel))
		}
		return true
	})
	for _, o := range list {
		if o.is("acted") {
			continue
		}
		if l.b != nil && !l.d.soft {
			l.b.report(Note, "kept-not-acted", l.n.WordSpan(o.at), "Word", l.d.word+" "+o.word, "Loss", o.loss)
		}
		v.Kept = strings.TrimLeft(v.Kept+" "+strings.Join(rawWords(l.n.Words[o.at:o.end]), " "), " ")
	}
	*p = v
	return true
}

// Octets is the MAC address for the virtual router of this number; without one, that of
// RFC 9568, section 7.3 for the family.
func (v VMAC) Octets(vrid uint8, six bool) (mac [6]byte) {
	if v.MAC == "" {
		return [6]byte{0, 0, 0x5e, 0, 1 + byte(index(six)), vrid}
	}
	mac[5] = vrid
	for i, o := range strings.Split(v.MAC, ":") {
		n, _ := strconv.ParseUint(o, 16, 8) // read before
		mac[i] = byte(n)
	}
	return mac
}
