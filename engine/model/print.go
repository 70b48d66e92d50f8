package model

import (
	"reflect"
	"strings"
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
	p.WriteString(strings.TrimSuffix(strings.Join(words, " "), " ")) // of a word alone
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
			p.unlessEmpty(d.word, d.subs[d.word], field, d.subs[d.word].keptOf(field))
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
		field := v.FieldByIndex(k.field)
		switch text := k.kind.words(k, field.Addr().Interface()); {
		case k.kind.name == "word":
			word = text
		case k.need || !field.IsZero():
			keys = append(keys, text)
		}
	}
	p.body(d.subs[word], append([]string{word}, keys...), v)
}

func (p *printer) body(sub *block, head []string, v reflect.Value) {
	p.open(head...)
	p.block(sub, v, sub.keptOf(v))
	p.shut()
}

// directive writes one field, by its kind.
func (p *printer) directive(d *directive, field reflect.Value) {
	v, there := d.written(field)
	switch {
	case !there:
	case d.kind.list != nil:
		p.values(d, d.kind.linesOf(d, v))
	default:
		p.line(d.begin(), d.kind.words(d, v))
	}
}

// values writes a list: a line each, in the braces of its word or behind it. Flags are
// words of their own.
func (p *printer) values(d *directive, lines []string) {
	if d.lines() {
		p.open(d.word)
		defer p.shut()
	}
	for _, l := range lines {
		if d.kind.list.alone {
			p.line(d.word, l)
			continue
		}
		p.line(l)
	}
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
