package model

import (
	"net/netip"
	"reflect"
)

// kindOf names the grammar of an argument, as forms and schemas ask for it: the
// kinds of the kept table, and for the rest endpoint, server, user and codes.
func kindOf(t reflect.Type) string {
	if _, ok := reflect.New(t).Interface().(optional); ok {
		t = t.Field(0).Type
	}
	return actedKinds()[t]
}

func actedKinds() map[reflect.Type]string {
	return map[reflect.Type]string{
		reflect.TypeFor[string](): "text", reflect.TypeFor[bool](): "bool", reflect.TypeFor[int](): "whole",
		reflect.TypeFor[uint8](): "whole", reflect.TypeFor[uint16](): "whole", reflect.TypeFor[uint32](): "whole",
		reflect.TypeFor[Seconds](): "secs", reflect.TypeFor[Secret](): "text", reflect.TypeFor[Weight](): "weight",
		reflect.TypeFor[User](): "user", reflect.TypeFor[Method](): "choice", reflect.TypeFor[Protocol](): "choice",
		reflect.TypeFor[netip.Addr](): "addr", reflect.TypeFor[Endpoint](): "endpoint",
		reflect.TypeFor[SMTPServer](): "server", reflect.TypeFor[Command](): "command",
		reflect.TypeFor[[]string](): "lines", reflect.TypeFor[[]Address](): "addresses",
		reflect.TypeFor[[]Track](): "tracks", reflect.TypeFor[[]CodeRange](): "codes",
	}
}

// kind is the kind of the directive's argument.
func (d *directive) kind(word string) string {
	switch k := kindOf(d.typ); {
	case d.subs != nil:
		return "block"
	case len(d.words) > 1, word == d.off, d.typ.Kind() == reflect.Bool && len(d.values) == 0:
		return "flag"
	case len(d.values) > 0:
		return "choice"
	default:
		return k
	}
}

// mayBeBare says whether the word may stand alone.
func (d *directive) mayBeBare() bool {
	return d.bare != "" || kindOf(d.typ) == "bool" && len(d.values) == 0
}
