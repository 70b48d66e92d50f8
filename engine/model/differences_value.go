package model

import (
	"reflect"
	"strconv"

	"holdfast/engine/conf"
)

// equal says whether nothing is to be told of a word: the value in force is the
// same, or it is written in neither and so told where it comes from.
func (d *directive) equal(old, next reflect.Value) bool {
	a, optional := old.Addr().Interface().(optional)
	if optional && !a.isWritten() && !next.Addr().Interface().(interface{ isWritten() bool }).isWritten() {
		return true
	}
	return d.equalInForce(old, next)
}

// equalInForce compares two fields, whether they are written or not.
func (d *directive) equalInForce(old, next reflect.Value) bool {
	if o, ok := old.Addr().Interface().(optional); ok {
		a, b := reflect.ValueOf(o.inside()).Elem(), reflect.ValueOf(next.Addr().Interface().(interface{ inside() any }).inside()).Elem()
		return a.Equal(b)
	}
	switch a := old.Addr().Interface().(type) {
	case *Command:
		b := next.Addr().Interface().(*Command)
		return a.Line == b.Line && a.User.Val == b.User.Val
	}
	if old.Kind() != reflect.Slice {
		return old.Equal(next)
	}
	if old.Len() != next.Len() {
		return false
	}
	for i := range old.Len() {
		if !old.Index(i).Equal(next.Index(i)) {
			return false
		}
	}
	return true
}

func (d *directive) secret() bool { return d.typ == reflect.TypeFor[Opt[Secret]]() }

// inForceText is the value in force as keepalived.conf writes it, nil for none.
func (d *directive) inForceText(field reflect.Value) *string {
	text := ""
	p := field.Addr().Interface()
	if o, ok := p.(optional); ok {
		p = o.inside()
		switch p.(type) {
		case *bool, *Method, *Protocol:
		default:
			if !o.isWritten() && d.def == "" && reflect.ValueOf(p).Elem().IsZero() {
				return nil
			}
		}
	} else if _, ok := p.(*bool); !ok && field.IsZero() {
		return nil
	}
	switch v := p.(type) {
	case *bool:
		if text = strconv.FormatBool(*v); len(d.values) == 2 {
			text = d.values[index(*v)]
		}
	case *Command:
		if !v.Written() {
			return nil
		}
		text = command(d, *v)
	case *[]CodeRange:
		text = codes(*v)
	default:
		text = words(d, p)
	}
	return &text
}

// oneLine says whether a list stands on the line of its word.
func (d *directive) oneLine() bool { return !d.lines() && len(d.words) == 1 }

// lineTexts are the values of a list as their lines have them.
func (d *directive) lineTexts(field reflect.Value) []string {
	switch list := field.Addr().Interface().(type) {
	case *[]string:
		out := make([]string, len(*list))
		for i, w := range *list {
			out[i] = conf.Quote(w)
		}
		return out
	case *[]Address:
		return texts(*list)
	case *[]Track:
		return texts(*list)
	}
	panic("no way to write the lines of " + d.word)
}
