package model

import (
	"reflect"
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
	isZero() bool
}

func (o *Opt[T]) inside() any { return &o.Val }

func (o *Opt[T]) isWritten() bool { return o.Written }

func (o *Opt[T]) written() { o.Written = true }

func (o *Opt[T]) isZero() bool { return reflect.ValueOf(&o.Val).Elem().IsZero() }
func (o *Opt[T]) unwritten()   { o.Written = false }

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
	if l.d.kind == nil || l.d.kind.scan == nil {
		panic("no grammar for the type of " + l.d.word)
	}
	return l.d.kind.scan(l, p)
}

func set[T any](p *T, v T, ok bool) bool {
	if ok {
		*p = v
	}
	return ok
}

func (l *line) scanString(p *string) bool {
	if len(l.d.values) > 0 {
		if l.d.optional && l.n != nil && l.at+1 >= len(l.n.Words) {
			*p = ""
			return true
		}
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
