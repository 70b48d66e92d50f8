package model

import (
	"reflect"
	"strconv"
)

// equal says whether nothing is to be told of a word: the value in force is the
// same, or it is written in neither and so told where it comes from.
func (d *directive) equal(old, next reflect.Value) bool {
	a, ok := old.Addr().Interface().(optional)
	if ok && !a.isWritten() && !next.Addr().Interface().(optional).isWritten() {
		return true
	}
	return d.equalInForce(old, next)
}

// equalInForce compares two fields, whether they are written or not.
func (d *directive) equalInForce(old, next reflect.Value) bool {
	if o, ok := old.Addr().Interface().(optional); ok {
		return d.kind.equal(o.inside(), next.Addr().Interface().(optional).inside())
	}
	return d.kind.equal(old.Addr().Interface(), next.Addr().Interface())
}

func (d *directive) secret() bool { return d.typ == reflect.TypeFor[Opt[Secret]]() }

// inForceText is the value in force as keepalived.conf writes it, nil for none.
func (d *directive) inForceText(field reflect.Value) *string {
	p, there := d.written(field)
	if o, optional := field.Addr().Interface().(optional); optional {
		there = there || d.def != "" || d.kind.zero || !o.isZero()
	}
	text := ""
	switch yes, isBool := p.(*bool); {
	case isBool && len(d.values) == 0:
		text = strconv.FormatBool(*yes)
	case !there:
		return nil
	default:
		text = d.kind.words(d, p)
	}
	return &text
}
