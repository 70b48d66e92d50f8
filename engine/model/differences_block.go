package model

import (
	"reflect"
	"slices"
	"strings"
)

// owner is a block whose words are compared. Its name is only made where there is
// something to tell.
type owner struct {
	outer *owner
	d     *directive
	v     reflect.Value
	name  string // where it is no element of a list
	role  Role   // of all its words; "" is that each has its own
}

// String is the block in a difference: "VI_1", "vrrp_script chk",
// "tcp:192.0.2.1:80/192.0.2.2:80: HTTP_GET http://192.0.2.2:80/".
func (o *owner) String() string {
	if o == nil {
		return ""
	}
	if o.d == nil {
		return below(o.outer, o.name)
	}
	word, name := o.d.wordOf(o.v), nameOf(o.d, o.v)
	switch o.v.Addr().Interface().(type) {
	case *Instance, *Virtual:
		return name
	case *Real:
		return o.outer.String() + "/" + name
	}
	return below(o.outer, strings.TrimRight(word+" "+name, " "))
}

func below(outer *owner, name string) string {
	if outer == nil {
		return name
	}
	return outer.String() + ": " + name
}

// elements compares two lists of blocks. Where they have no names and are all of one
// kind, such as the pages of a check, they mean what they do in their order.
func (c *comparison) elements(d *directive, at *owner, old, next reflect.Value) {
	if old.Len() == next.Len() && old.Pointer() == next.Pointer() {
		return // they share it
	}
	pairs, gone := d.pair(old, next)
	for i := range next.Len() {
		n := next.Index(i)
		if pairs[i] < 0 {
			c.tell(Difference{Object: at.String(), Word: d.wordOf(n), Sign: Appeared, New: nameOf(d, n)})
			continue
		}
		if v, is := n.Addr().Interface().(*Virtual); is && v.Same(old.Index(pairs[i]).Addr().Interface().(*Virtual)) {
			continue
		}
		c.block(d.blockOf(n), &owner{outer: at, d: d, v: n, role: d.role}, old.Index(pairs[i]), n)
	}
	if stayed := slices.DeleteFunc(slices.Clone(pairs), func(i int) bool { return i < 0 }); !d.named() && len(d.words) == 1 && !slices.IsSorted(stayed) {
		c.tell(Difference{Object: at.String(), Word: d.word, Sign: Reads})
	}
	for _, i := range gone {
		o := old.Index(i)
		c.tell(Difference{Object: at.String(), Word: d.wordOf(o), Sign: Vanished, Old: nameOf(d, o)})
	}
}

// pair finds for each block of next the one of old that it was, -1 for none, and
// the blocks of old that are gone. A block that has no name of its own, such as a
// check, is also one that asks for something else than before.
func (d *directive) pair(old, next reflect.Value) (pairs, gone []int) {
	pairs = make([]int, next.Len())
	if d.standAsTheyStood(old, next) {
		for i := range pairs {
			pairs[i] = i
		}
		return pairs, nil
	}
	was := make(map[string][]int, old.Len())
	for i := range old.Len() {
		id := d.identityOf(old.Index(i))
		was[id] = append(was[id], i)
	}
	taken := make([]bool, old.Len())
	for i := range pairs {
		pairs[i] = -1
		if id := d.identityOf(next.Index(i)); len(was[id]) > 0 {
			pairs[i], was[id] = was[id][0], was[id][1:]
			taken[pairs[i]] = true
		}
	}
	if !d.named() {
		d.pairRest(pairs, taken, old, next)
	}
	for i, t := range taken {
		if !t {
			gone = append(gone, i)
		}
	}
	return pairs, gone
}

// pairRest pairs the blocks of a word that are left over, in their order; those
// with the same name first.
func (d *directive) pairRest(pairs []int, taken []bool, old, next reflect.Value) {
	for _, byName := range []bool{true, false} {
		for i := range pairs {
			if pairs[i] >= 0 {
				continue
			}
			n := next.Index(i)
			j := slices.IndexFunc(taken, func(t bool) bool { return !t })
			for ; j >= 0 && j < len(taken); j++ {
				o := old.Index(j)
				if !taken[j] && d.wordOf(o) == d.wordOf(n) && (!byName || nameOf(d, o) == nameOf(d, n)) {
					pairs[i], taken[j] = j, true
					break
				}
			}
		}
	}
}

// standAsTheyStood says whether the blocks of both lists are the same ones in the
// same order, as far as that is quickly said.
func (d *directive) standAsTheyStood(old, next reflect.Value) bool {
	if old.Len() != next.Len() {
		return false
	}
	if !d.named() {
		return old.Len() == 1 && d.wordOf(old.Index(0)) == d.wordOf(next.Index(0))
	}
	for i := range old.Len() {
		o, n := old.Index(i), next.Index(i)
		for _, k := range d.subs[d.word].naming {
			if !k.equalInForce(o.FieldByIndex(k.field), n.FieldByIndex(k.field)) {
				return false
			}
		}
	}
	return true
}

// named says whether the blocks of the word have names that tell them apart.
func (d *directive) named() bool { return len(d.words) == 1 && len(d.subs[d.word].keys) > 0 }

// wordOf is the word that opens an element.
func (d *directive) wordOf(element reflect.Value) string {
	if c, ok := element.Addr().Interface().(*Check); ok {
		return string(c.Kind)
	}
	return d.word
}

// identityOf tells the elements of a list apart.
func (d *directive) identityOf(element reflect.Value) string {
	if c, ok := element.Addr().Interface().(*Check); ok {
		return Identity(*c)
	}
	return nameOf(d, element)
}

// nameOf is how an element is called behind its word; "" is that it has no name.
func nameOf(d *directive, element reflect.Value) string {
	switch e := element.Addr().Interface().(type) {
	case interface{ Name() string }:
		return strings.TrimPrefix(e.Name(), d.wordOf(element)+" ")
	case *URL:
		return e.Path
	}
	if keys := d.blockOf(element).keys; len(keys) > 0 {
		return element.FieldByIndex(keys[0].field).String()
	}
	return ""
}
