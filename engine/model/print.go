package model

import (
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// Print writes what was written in c as keepalived.conf, in the table's order:
// one word a line, quotes only where they are needed. Parse reads it back as c.
// What Resolve filled in is not written.
func Print(c Config) string {
	p := printer{}
	p.block(readTable(), reflect.ValueOf(&c).Elem(), c.Kept)
	return p.String()
}

// printer writes blocks with an indentation of four blanks a level.
type printer struct {
	strings.Builder
	depth int
}

func (p *printer) line(words ...string) {
	p.WriteString(strings.Repeat("    ", p.depth))
	p.WriteString(strings.Join(words, " "))
	p.WriteByte('\n')
}

func (p *printer) open(words ...string) {
	if p.depth == 0 && p.Len() > 0 {
		p.WriteByte('\n')
	}
	p.line(append(words, "{")...)
	p.depth++
}

func (p *printer) shut() {
	p.depth--
	p.line("}")
}

// block writes the words of b in the table's order, then what is kept of others.
func (p *printer) block(b *block, v reflect.Value, kept []Item) {
	if b.path == "" { // what others name comes before them
		kept = p.take(kept, func(i Item) bool { return i.Word != virtualServer })
	}
	for _, d := range b.order {
		if d.same {
			var lines []Item
			lines, kept = within(kept, d.word)
			p.unlessEmpty(d.word, d.subs[d.word], v, lines)
			continue
		}
		if d.subs == nil && len(kept) > 0 { // more than its field holds
			rest := p.take(kept, func(i Item) bool { return i.Word == d.word })
			if len(rest) < len(kept) {
				kept = rest
				continue
			}
		}
		field := v.FieldByIndex(d.field)
		switch {
		case d.subs == nil:
			p.directive(d, field)
		case field.Kind() == reflect.Struct:
			p.unlessEmpty(d.word, d.subs[d.word], field, keptOf(field))
		default:
			for i := range field.Len() {
				p.element(d, field.Index(i))
			}
		}
	}
	p.items(kept)
}

// unlessEmpty writes a block if anything in it is written.
func (p *printer) unlessEmpty(word string, sub *block, v reflect.Value, kept []Item) {
	inner := printer{depth: p.depth + 1}
	inner.block(sub, v, kept)
	if inner.Len() == 0 {
		return
	}
	p.open(word)
	p.WriteString(inner.String())
	p.shut()
}

// element writes one block of a list, its keys behind its word.
func (p *printer) element(d *directive, v reflect.Value) {
	word := d.word
	var keys []string
	for _, k := range d.subs[d.word].keys {
		switch key := v.FieldByIndex(k.field).Addr().Interface().(type) {
		case *Kind:
			word = string(*key)
		case *uint16:
			if *key != 0 {
				keys = append(keys, strconv.Itoa(int(*key)))
			}
		case *string:
			keys = append(keys, conf.Quote(*key))
		case *netip.Addr:
			keys = append(keys, key.String())
		}
	}
	p.body(d.subs[word], append([]string{word}, keys...), v)
}

func (p *printer) body(sub *block, head []string, v reflect.Value) {
	p.open(head...)
	p.block(sub, v, keptOf(v))
	p.shut()
}

// directive writes one field, by its type.
func (p *printer) directive(d *directive, field reflect.Value) {
	v := field.Addr().Interface()
	if o, ok := v.(optional); ok {
		if !o.isWritten() {
			return
		}
		v = o.inside()
		if b, ok := v.(*bool); ok {
			if *b {
				p.line(d.word)
			} else {
				p.line(d.word, "no")
			}
			return
		}
		p.line(d.word, words(d, v))
		return
	}
	switch v := v.(type) {
	case *bool:
		if len(d.values) == 2 {
			p.line(d.word, d.values[index(*v)])
		} else if *v {
			p.line(d.word)
		}
	case *string:
		if *v != "" {
			p.line(d.word, conf.Quote(*v))
		}
	case *uint8:
		if *v != 0 {
			p.line(d.word, strconv.Itoa(int(*v)))
		}
	case *Command:
		if v.Written() {
			p.line(d.word, command(d, *v))
		}
	case *[]string:
		if len(d.words) > 1 {
			for _, w := range *v {
				p.line(w)
			}
			return
		}
		p.values(d, len(*v), func(i int) string { return conf.Quote((*v)[i]) })
	case *[]Address:
		p.values(d, len(*v), func(i int) string { return (*v)[i].String() })
	case *[]Track:
		p.values(d, len(*v), func(i int) string { return (*v)[i].String() })
	case *[]CodeRange:
		if len(*v) > 0 {
			p.line(d.word, codes(*v))
		}
	default:
		panic(fmt.Sprintf("no way to write the type of %s", d.word))
	}
}

func (p *printer) values(d *directive, n int, value func(int) string) {
	if n == 0 {
		return
	}
	p.open(d.word)
	for i := range n {
		p.line(value(i))
	}
	p.shut()
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
