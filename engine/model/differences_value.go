package model

import (
	"reflect"
	"strconv"
)

// equal says whether nothing is to be told of a word: the value in force is the
// same, or it is written in neither and so told where it comes from.
func (d *directive) equal(old, next reflect.Value) bool {
	switch a := old.Addr().Interface().(type) {
	case optional:
		b := next.Addr().Interface().(optional)
		switch {
		case !a.isWritten() && !b.isWritten():
			return true
		case d.optional && a.isWritten() != b.isWritten():
			return false // one that stands alone says something, too
		}
	case *Command:
		// Where the user has a word of its own, that tells of it.
		if b := next.Addr().Interface().(*Command); d.block.words["user"] != nil && (a.User.Written || b.User.Written) {
			return a.Line == b.Line
		}
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

func (d *directive) secret() bool {
	return d.typ == reflect.TypeFor[Opt[Secret]]() || d.typ == reflect.TypeFor[[]SigningKey]()
}

// told is the value in force as a difference has it: of a command also the user that
// it runs as, whatever says so.
func (d *directive) told(field reflect.Value) *string {
	text := d.inForceText(field)
	if c, ok := field.Addr().Interface().(*Command); ok && text != nil && !c.User.Written {
		*text += c.User.Val.behind()
	}
	return text
}

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
