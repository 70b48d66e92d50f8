package model

import (
	"encoding/json"
	"net/netip"
	"reflect"
)

// jsonValue is one value, by its type; nil where nothing is written.
func jsonValue(d *directive, field reflect.Value) any {
	p := field.Addr().Interface()
	if o, ok := p.(optional); ok {
		if !o.isWritten() {
			return nil
		}
		if b, ok := o.inside().(*bool); ok {
			return *b
		}
		return jsonWritten(d, o.inside())
	}
	switch v := p.(type) {
	case *bool:
		if len(d.values) == 2 {
			return d.values[index(*v)]
		}
		if !*v {
			return nil
		}
		return true
	case *Command:
		if !v.Written() {
			return nil
		}
	default:
		if field.IsZero() {
			return nil
		}
	}
	return jsonWritten(d, p)
}

func jsonWritten(d *directive, p any) any {
	switch v := p.(type) {
	case *string:
		return *v
	case *Secret:
		return v.Reveal()
	case *Kind:
		return string(*v)
	case *netip.Addr:
		return address(d, *v)
	case *int, *uint8, *uint16, *uint32, *Seconds:
		return json.Number(words(d, p))
	case *Weight:
		if !v.Reverse {
			return v.N
		}
		return v.String()
	case *Command:
		if v.User.Written && d.block.words["user"] == nil {
			return object{{"line", v.Line}, {"user", v.User.Val.Name}, {"group", v.User.Val.Group}}
		}
		return v.Line
	case *[]string:
		return *v
	case *[]Address:
		return texts(*v)
	case *[]Track:
		return texts(*v)
	case *[]CodeRange:
		return codes(*v)
	}
	return words(d, p)
}

func texts[T interface{ String() string }](list []T) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].String()
	}
	return out
}
