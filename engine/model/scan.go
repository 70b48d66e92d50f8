package model

import (
	"math"
	"net/netip"
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

func (o *Opt[T]) inside() any     { return &o.Val }
func (o *Opt[T]) isWritten() bool { return o.Written }
func (o *Opt[T]) written()        { o.Written = true }
func (o *Opt[T]) unwritten()      { o.Written = false }

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
			return l.fail(Warning, "bad-boolean", w, "Hint", strings.ToLower(w))
		}
		*p = true
	}
	return true
}

func (l *line) scanSeconds(p *Seconds) bool {
	w, ok := l.next()
	if !ok && l.d.bare != "" {
		w, ok = l.d.bare, true
	}
	if !ok {
		return l.fail(Error, "missing-value", "")
	}
	s, ok := parseSeconds(w)
	if !ok {
		return l.fail(Warning, "bad-number", w, "Default", l.inForce())
	}
	if f := s.Duration().Seconds(); l.d.ranged && (f < l.d.min || f > l.d.max) {
		return l.fail(Warning, "out-of-range", w, "Range", l.d.bounds, "Default", l.inForce())
	}
	*p = s
	return true
}

// parseSeconds reads digits with at most one point. keepalived keeps six
// decimals; further ones round.
func parseSeconds(w string) (Seconds, bool) {
	if w == "" || strings.Trim(w, "0123456789.") != "" || strings.Count(w, ".") > 1 || w == "." {
		return 0, false
	}
	f, err := strconv.ParseFloat(w, 64)
	if err != nil || f > 1e9 {
		return 0, false
	}
	return Seconds(math.Round(f*1e6) * 1e3), true
}

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

// scanWeight reads N [reverse|noreverse].
func (l *line) scanWeight(p *Weight) bool {
	n, ok := l.whole()
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

// scanUser reads USER [[:]GROUP].
func (l *line) scanUser(p *User) bool {
	name, ok := l.value()
	if !ok {
		return false
	}
	u, joined := newUser(name)
	if !joined {
		group, _ := l.next()
		u.Group = strings.TrimLeft(group, ":")
	}
	*p = u
	return true
}

// newUser reads USER or USER:GROUP, and says whether the group was there.
func newUser(word string) (User, bool) {
	name, group, cut := strings.Cut(word, ":")
	if !cut || name == "" {
		return User{Name: word}, false
	}
	return User{name, strings.TrimLeft(group, ":")}, true
}

func (l *line) scanEndpoint(p *Endpoint) bool {
	var e Endpoint
	if !l.scanAddr(&e.Addr) {
		return false
	}
	if !l.port(&e.Port) {
		return false
	}
	*p = e
	return true
}

// port reads a port if there is one more word.
func (l *line) port(p *uint16) bool {
	w, ok := l.next()
	if !ok {
		return true
	}
	n, err := strconv.ParseUint(w, 10, 16)
	if err != nil || n == 0 {
		return l.fail(Error, "bad-port", w)
	}
	*p = uint16(n)
	return true
}

func (l *line) scanSMTPServer(p *SMTPServer) bool {
	host, ok := l.value()
	if !ok {
		return false
	}
	s := SMTPServer{Host: host}
	if !l.port(&s.Port) {
		return false
	}
	*p = s
	return true
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
