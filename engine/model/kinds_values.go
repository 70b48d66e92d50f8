package model

import (
	"encoding/json"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// valueKinds are those of one value.
var valueKinds = []*kind{
	of(kind{name: "bool", zero: true, json: jsonBool, schema: boolSchema}, (*line).scanBool, boolWords),
	wholeKind[int](), wholeKind[uint8](), wholeKind[uint16](), wholeKind[uint32](),
	of(kind{name: "secs", number: true, schema: numberSchema("number")}, (*line).scanSeconds, itself[Seconds]),
	of(kind{name: "secs", number: true, schema: numberSchema("number")}, (*line).scanMillis, itself[Millis]),
	of(kind{name: "weight", json: jsonWeight, schema: weightSchema}, (*line).scanWeight, itself[Weight]),
	textKind("text", conf.Quote), textKind("choice", nil),
	of(kind{name: "text", json: func(_ *directive, p any) any { return p.(*Secret).Reveal() }, quote: conf.Quote},
		(*line).scanSecret, func(_ *directive, s Secret) string { return conf.Quote(s.Reveal()) }),
	of(kind{name: "word", json: func(_ *directive, p any) any { return string(*p.(*Kind)) }},
		func(*line, *Kind) bool { return false }, func(_ *directive, k Kind) string { return string(k) }),
	of(kind{name: "user"}, (*line).scanUser, itself[User]),
	of(kind{name: "choice", zero: true, schema: formsSchema}, (*line).scanMethod, itself[Method]),
	of(kind{name: "choice", zero: true, schema: choiceSchema}, scanChoice(protocols),
		func(_ *directive, p Protocol) string { return strings.ToUpper(p.String()) }),
	of(kind{name: "addr", word: true}, (*line).scanAddr, address),
	of(kind{name: "endpoint"}, (*line).scanEndpoint, itself[Endpoint]),
	of(kind{name: "server"}, (*line).scanSMTPServer, itself[SMTPServer]),
	of(kind{name: "hex"}, (*line).scanHex, itself[Hex]),
	of(kind{name: "of"}, (*line).scanOf, itself[VirtualOf]),
	of(kind{name: "vmac", full: true}, (*line).scanVMAC, itself[VMAC]),
	of(kind{name: "sync", full: true}, (*line).scanSync, itself[Sync]),
	of(kind{name: "text", full: true, quote: conf.QuoteCommand, json: func(_ *directive, p any) any { return string(*p.(*Regex)) }},
		(*line).scanRegex, func(_ *directive, r Regex) string { return conf.QuoteCommand(string(r)) }),
	of(kind{name: "names", full: true}, (*line).scanProcess, processWords),
	of(kind{name: "timeouts", full: true}, (*line).scanTimeouts, itself[Timeouts]),
	of(kind{name: "every", full: true}, (*line).scanEvery, itself[Every]),
	of(kind{name: "fifo"}, (*line).scanFifo, itself[Fifo]),
	of(kind{name: "initial", zero: true}, (*line).scanInitFile, itself[InitFile]),
	commandKind(), codesKind(),
}

var (
	methods   = map[string]Method{"NAT": NAT, "DR": DR, "TUN": TUN}
	protocols = map[string]Protocol{"TCP": TCP, "UDP": UDP, "SCTP": SCTP}
)

// itself are the words of a value whose text is that of keepalived.conf.
func itself[T interface{ String() string }](_ *directive, v T) string { return v.String() }

func textKind(name string, quote func(string) string) *kind {
	return of(kind{name: name, word: true, quote: quote, schema: choiceSchema, json: func(_ *directive, p any) any { return *p.(*string) }},
		(*line).scanString, func(d *directive, s string) string {
			if s == "" && d.optional { // the word alone
				return ""
			}
			return conf.Quote(s)
		})
}

func wholeKind[T int | uint8 | uint16 | uint32]() *kind {
	return of(kind{name: "whole", number: true, schema: numberSchema("integer")}, func(l *line, p *T) bool {
		n, ok := l.whole()
		return set(p, T(n), ok)
	}, func(_ *directive, n T) string { return strconv.FormatInt(int64(n), 10) })
}

func scanChoice[T any](values map[string]T) func(*line, *T) bool {
	return func(l *line, p *T) bool {
		w, ok := l.choice()
		return set(p, values[w], ok)
	}
}

func boolWords(d *directive, yes bool) string {
	switch {
	case len(d.values) == 2:
		return d.values[index(yes)]
	case yes:
		return ""
	}
	return "no"
}

func jsonBool(d *directive, p any) any {
	if len(d.values) == 2 {
		return d.values[index(*p.(*bool))]
	}
	return *p.(*bool)
}

func jsonWeight(_ *directive, p any) any {
	if w := p.(*Weight); w.Reverse || w.Upright {
		return w.String()
	}
	return p.(*Weight).N
}

func commandKind() *kind {
	return &kind{
		name: "command", typ: typeFor[Command](), quote: conf.QuoteCommand, schema: commandSchema,
		scan:  func(l *line, p any) bool { return l.scanCommand(p.(*Command)) },
		words: func(d *directive, p any) string { return command(d, *p.(*Command)) },
		none:  func(p any) bool { return !p.(*Command).Written() },
		equal: func(a, b any) bool {
			x, y := a.(*Command), b.(*Command)
			return x.Line == y.Line && x.User.Val == y.User.Val
		},
		json: func(d *directive, p any) any {
			c := p.(*Command)
			if c.User.Written && d.block.words["user"] == nil {
				return object{{"line", c.Line}, {"user", c.User.Val.Name}, {"group", c.User.Val.Group}}
			}
			return c.Line
		},
		unjson: func(o map[string]any) []string {
			line, _ := o["line"].(string)
			user, ok := o["user"].(string)
			if line == "" || !ok {
				return nil
			}
			words := []string{conf.QuoteCommand(line), conf.QuoteCommand(user)}
			if group, _ := o["group"].(string); group != "" {
				words = append(words, conf.QuoteCommand(group))
			}
			return words
		},
	}
}

func codesKind() *kind {
	return &kind{
		name: "codes", typ: typeFor[[]CodeRange](), equal: equalLists[CodeRange],
		scan:  func(l *line, p any) bool { return l.scanCodes(p.(*[]CodeRange)) },
		words: func(_ *directive, p any) string { return codes(*p.(*[]CodeRange)) },
		none:  func(p any) bool { return len(*p.(*[]CodeRange)) == 0 },
	}
}

// jsonOf is the JSON of a value.
func (k *kind) jsonOf(d *directive, p any) any {
	switch {
	case k.json != nil:
		return k.json(d, p)
	case k.list != nil:
		return k.list.texts(p)
	case k.number:
		return json.Number(k.words(d, p))
	}
	return k.words(d, p)
}
