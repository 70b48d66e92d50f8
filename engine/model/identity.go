package model

import (
	"reflect"
	"strings"
)

// Identity is what a resolved check asks for, as text: two checks with one identity
// are the same check, and the health of one goes on in the other. Every word of the
// check takes part, unless its tag says identity:"no": when it runs does not belong
// to what it asks, so that a changed delay_loop does not make a server that is down
// come up.
func Identity(c Check) string {
	var b strings.Builder
	b.WriteString(string(c.Kind) + " " + c.Target.String())
	checks := readTable().inside("virtual_server").inside("real_server").words[string(c.Kind)]
	writeIdentity(&b, checks.subs[string(c.Kind)], reflect.ValueOf(&c).Elem())
	return b.String()
}

func writeIdentity(b *strings.Builder, blk *block, v reflect.Value) {
	for _, d := range blk.order {
		if d.apart {
			continue
		}
		field := v.FieldByIndex(d.field)
		if d.subs == nil {
			if text := d.inForceText(field); text != nil {
				b.WriteString(" " + d.word + " " + *text)
			}
			continue
		}
		for i := range field.Len() {
			b.WriteString(" " + d.word)
			writeIdentity(b, d.subs[d.word], field.Index(i))
		}
	}
}
