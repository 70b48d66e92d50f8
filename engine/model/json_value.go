package model

import "reflect"

// jsonValue is one value, by its kind; nil where nothing is written.
func jsonValue(d *directive, field reflect.Value) any {
	p, there := d.written(field)
	if !there {
		return nil
	}
	return d.kind.jsonOf(d, p)
}
