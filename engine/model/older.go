package model

import (
	"reflect"
	"slices"
)

// Older is c without the words that keepalived 2.2.7 does not know, and those
// words, each behind the word of its block. The argument is left alone.
func Older(c Config) (Config, []string) {
	var o older
	o.block(readTable(), reflect.ValueOf(&c).Elem())
	slices.Sort(o.left)
	return c, slices.Compact(o.left)
}

// older goes through a Config and takes out what is too new.
type older struct{ left []string }

func (o *older) block(b *block, v reflect.Value) {
	kept := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	*kept = o.items(b, *kept)
	for _, d := range b.order {
		if d.same || d.subs == nil {
			continue
		}
		field := v.FieldByIndex(d.field)
		if field.Kind() == reflect.Struct {
			o.block(d.subs[d.word], field)
			continue
		}
		own := reflect.MakeSlice(field.Type(), field.Len(), field.Len())
		reflect.Copy(own, field)
		for i := range own.Len() {
			o.block(d.subs[d.word], own.Index(i))
		}
		if own.Len() > 0 {
			field.Set(own)
		}
	}
}

// items gives those of a block's kept statements that are old enough.
func (o *older) items(b *block, list []Item) []Item {
	var out []Item
	for _, i := range list {
		if k := b.kept[i.Word]; k != nil && k.is("new") {
			o.left = append(o.left, b.word+" "+i.Word)
			continue
		}
		if sub := b.inside(i.Word); sub != nil {
			i.Lines = o.items(sub, i.Lines)
		}
		out = append(out, i)
	}
	return out
}

// inside is the vocabulary of a block in b, nil where the word opens none.
func (b *block) inside(word string) *block {
	if d := b.words[word]; d != nil {
		return d.subs[word]
	}
	if k := b.kept[word]; k != nil {
		return k.blk
	}
	return nil
}
