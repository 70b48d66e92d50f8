package model

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// optional is every Opt.
type optional interface {
	inside() any
	isWritten() bool
	written()
	unwritten()
}

func (o *Opt[T]) inside() any { return &o.Val }

func (o *Opt[T]) isWritten() bool { return o.Written }

func (o *Opt[T]) written() { o.Written = true }

func (o *Opt[T]) unwritten() { o.Written = false }

// scan reads the rest of a line into the value p points to. It reports what it
// does not understand and then leaves the value alone and gives false.
func (l *line) scan(p any) bool {
	if o, ok := p.(optional); ok {
		if !l.scan(o.inside()) {
			return false
		}
		o.written()
		return true
	}
	switch p := p.(type) {
	case *string:
		return l.scanString(p)
	case *bool:
		return l.scanBool(p)
	case *int:
		n, ok := l.whole()
		return set(p, int(n), ok)
	case *uint8:
		n, ok := l.whole()
		return set(p, uint8(n), ok)
	case *uint16:
		n, ok := l.whole()
		return set(p, uint16(n), ok)
	case *uint32:
		n, ok := l.whole()
		return set(p, uint32(n), ok)
	case *Seconds:
		return l.scanSeconds(p)
	case *Secret:
		return l.scanSecret(p)
	case *Weight:
		return l.scanWeight(p)
	case *User:
		return l.scanUser(p)
	case *Method:
		w, ok := l.choice()
		return set(p, methods[w], ok)
	case *Protocol:
		w, ok := l.choice()
		return set(p, protocols[w], ok)
	case *netip.Addr:
		return l.scanAddr(p)
	case *Endpoint:
		return l.scanEndpoint(p)
	case *SMTPServer:
		return l.scanSMTPServer(p)
	case *Command:
		return l.scanCommand(p)
	case *[]CodeRange:
		return l.scanCodes(p)
	}
	panic("no grammar for the type of " + l.d.word)
}

var (
	methods   = map[string]Method{"NAT": NAT, "DR": DR, "TUN": TUN}
	protocols = map[string]Protocol{"TCP": TCP, "UDP": UDP, "SCTP": SCTP}
)

func set[T any](p *T, v T, ok bool) bool {
	if ok {
		*p = v
	}
	return ok
}

func (l *line) scanString(p *string) bool {
	if len(l.d.values) > 0 {
		w, ok := l.choice()
		return set(p, w, ok)
	}
	w, ok := l.value()
	if !ok {
		return false
	}
	if l.d.hex > 0 && (len(w) != l.d.hex || strings.Trim(w, "0123456789abcdefABCDEF") != "") {
		return l.fail(Warning, "bad-hex", w, "Digits", strconv.Itoa(l.d.hex))
	}
	if l.d.names == "interface" {
		l.b.mentionInterface(w, l.n.WordSpan(l.at))
	}
	*p = w
	return true
}

// scanBool reads on/true/yes or off/false/no; the bare word means yes. Where the
// directive has two values, the second means yes.
func (l *line) scanBool(p *bool) bool {
	if len(l.d.values) == 2 {
		w, ok := l.choice()
		return set(p, w == l.d.values[1], ok)
	}
	w, ok := l.next()
	switch w {
	case "on", "true", "yes":
		*p = true
	case "off", "false", "no":
		*p = false
	default:
		if ok {
			hint := strings.TrimRight(strings.ToLower(w), punctuation)
			if !slices.Contains(booleans, hint) {
				hint = ""
			}
			return l.fail(Warning, "bad-boolean", w, "Hint", hint)
		}
		*p = true
	}
	return true
}

// booleans are the words of a switch.
var booleans = []string{"on", "true", "yes", "off", "false", "no"}

func (l *line) scanSecret(p *Secret) bool {
	w, ok := l.value()
	if !ok {
		return false
	}
	if l.b != nil {
		l.b.glued(l.n)
	}
	if l.d.longest > 0 && len(w) > l.d.longest {
		l.fail(Warning, "password-too-long", "", "Most", strconv.Itoa(l.d.longest))
		w = w[:l.d.longest]
	}
	*p = Secret(w)
	return true
}
