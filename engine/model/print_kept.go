package model

import "reflect"

// virtualServer is the word whose blocks are kept where they are for a mark or a
// group; they stand behind all others.
const virtualServer = "virtual_server"

// keptOf is what is kept of the block that v holds.
func (b *block) keptOf(v reflect.Value) []Item {
	return *v.FieldByIndex(b.keptAt).Addr().Interface().(*[]Item)
}

// items writes statements that are kept.
func (p *printer) items(list []Item) {
	for _, i := range list {
		head := append([]string{i.Word}, i.Args...)
		if !i.Block {
			p.line(head...)
			continue
		}
		p.open(head...)
		p.items(i.Lines)
		p.shut()
	}
}

// take writes the items that are wanted here and gives the others.
func (p *printer) take(list []Item, here func(Item) bool) []Item {
	var rest []Item
	for _, i := range list {
		if here(i) {
			p.items([]Item{i})
		} else {
			rest = append(rest, i)
		}
	}
	return rest
}

// within parts the items into those inside a block of the word, and the others.
func within(list []Item, word string) (lines, rest []Item) {
	for _, i := range list {
		if i.Word == word && i.Block {
			lines = append(lines, i.Lines...)
		} else {
			rest = append(rest, i)
		}
	}
	return lines, rest
}
