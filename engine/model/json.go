package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"
)

// The JSON form of a Config has the words of keepalived.conf as its members, in
// the order of the table. Numbers, yes and no, and names are what JSON has for
// them; whatever has a grammar of its own is the text behind its word, a block of
// values the list of its lines. The checks of a server are the list "checks", each
// with its "word"; what the table cannot take apart stands in "kept" as it is
// written. Words that are not acted on are members like all others.
const (
	checksMember = "checks"
	flagsMember  = "flags"
	keptMember   = "kept"
	nameMember   = "name"
	linesMember  = "lines"
	textMember   = "text"
)

// ErrNotUTF8 is a configuration that JSON cannot hold.
var ErrNotUTF8 = errors.New("the configuration has bytes that are not UTF-8, and JSON has no way to write them")

// JSON writes what was written in c; FromJSON reads it back as c. Passwords are
// in it. Its error is ErrNotUTF8.
func JSON(c Config) ([]byte, error) {
	if !utf8.ValidString(Print(c)) {
		return nil, ErrNotUTF8
	}
	o := jsonBlock(readTable(), reflect.ValueOf(&c).Elem(), c.Kept)
	plain, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// object is a JSON object that keeps the order of its members.
type object []field

type field struct {
	name  string
	value any
}

func (o *object) add(name string, value any) { *o = append(*o, field{name, value}) }

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(f.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// memberName is what a directive is called in JSON: its word, where it has one.
func (d *directive) memberName() string {
	switch {
	case len(d.words) == 1:
		return d.word
	case d.subs != nil:
		return checksMember
	}
	return flagsMember
}

func jsonBlock(b *block, v reflect.Value, kept []Item) object {
	o := object{}
	for _, k := range b.keys {
		key := jsonValue(k, v.FieldByIndex(k.field))
		if key == nil && k.need && k.typ.Kind() == reflect.String {
			key = "" // a name of no letters is one
		}
		if key != nil && !b.shares {
			o.add(k.word, key)
		}
	}
	for _, d := range b.order {
		var lines []Item
		switch {
		case d.same:
			lines, kept = within(kept, d.word)
			if in := jsonBlock(d.subs[d.word], v, lines); len(in) > 0 {
				o.add(d.word, in)
			}
			continue
		case d.subs == nil && len(kept) > 0:
			var more []Item
			more, kept = named(kept, d.word)
			if len(more) > 0 {
				o.add(d.word, strings.Join(more[0].Args, " "))
				continue
			}
		}
		if value := jsonField(d, v.FieldByIndex(d.field)); value != nil {
			o.add(d.memberName(), value)
		}
	}
	return append(o, jsonItems(b.kept, kept)...)
}

// named parts the items of a word from the others.
func named(list []Item, word string) (of, rest []Item) {
	for _, i := range list {
		if i.Word == word {
			of = append(of, i)
		} else {
			rest = append(rest, i)
		}
	}
	return of, rest
}

// jsonField is the value of a directive's field, nil where nothing is written.
func jsonField(d *directive, field reflect.Value) any {
	switch {
	case d.subs == nil:
		return jsonValue(d, field)
	case field.Kind() == reflect.Struct:
		if o := jsonBlock(d.subs[d.word], field, d.subs[d.word].keptOf(field)); len(o) > 0 {
			return o
		}
		return nil
	}
	var list []any
	for i := range field.Len() {
		e, word := field.Index(i), d.word
		if c, ok := e.Addr().Interface().(*Check); ok {
			word = string(c.Kind)
		}
		list = append(list, jsonBlock(d.subs[word], e, d.subs[word].keptOf(e)))
	}
	if list == nil {
		return nil
	}
	return list
}
