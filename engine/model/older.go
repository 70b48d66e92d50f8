package model

import (
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// OldRelease is the release of keepalived that Older writes for.
const OldRelease = "2.2.7"

// Older is c without the words that a release of keepalived does not know, also
// those that none has yet, and these words, each behind the word of its block. The
// argument is left alone.
func Older(c Config, release string) (Config, []string) {
	o := older{release: release}
	o.block(readTable(), reflect.ValueOf(&c).Elem())
	slices.Sort(o.left)
	return c, slices.Compact(o.left)
}

// older goes through a Config and takes out what is too new for a release.
type older struct {
	release string
	left    []string
}

func (o *older) block(b *block, v reflect.Value) {
	kept := v.FieldByName("Kept").Addr().Interface().(*[]Item)
	*kept = o.items(b, *kept)
	for _, d := range b.order {
		if d.same {
			continue
		}
		field := v.FieldByIndex(d.field)
		if d.subs == nil {
			if d.sinceIn(b.word, d.word).After(o.release) && !field.IsZero() {
				o.leave(b, d.word)
				field.SetZero()
			} else if vmac, ok := field.Addr().Interface().(*Opt[VMAC]); ok && vmac.Val.Kept != "" {
				words := append([]string{d.word}, strings.Fields(vmac.Val.Kept)...)
				vmac.Val.Kept = strings.Join(o.line(&directive{word: d.word, options: d.options, soft: true}, words, 1)[1:], " ")
			}
			if d.kind != nil && d.kind.list != nil {
				o.entries(d, field)
			}
			continue
		}
		if field.Kind() == reflect.Struct {
			if !field.IsZero() && d.sinceIn(b.word, d.word).After(o.release) {
				o.leave(b, d.word)
				field.SetZero()
			}
			o.block(d.subs[d.word], field)
			continue
		}
		own := reflect.MakeSlice(field.Type(), field.Len(), field.Len())
		reflect.Copy(own, field)
		for i := range own.Len() {
			o.block(d.blockOf(own.Index(i)), own.Index(i))
		}
		if own.Len() > 0 {
			field.Set(own)
		}
	}
}

func (o *older) leave(b *block, word string) { o.left = append(o.left, b.word+" "+word) }

// items gives those of a block's kept statements that are old enough.
func (o *older) items(b *block, list []Item) []Item {
	var out []Item
	for _, i := range list {
		k := b.kept[i.Word]
		if k != nil && (k.since.After(o.release) || k.is("unbuilt") && o.release == OldRelease) {
			o.leave(b, i.Word)
			continue
		}
		if sub := b.inside(i.Word); sub != nil {
			i.Lines = o.items(sub, i.Lines)
		}
		if k != nil {
			i = o.words(k, i)
		}
		out = append(out, i)
	}
	return out
}

// words leaves out the words of a statement's line, or of the lines in its
// braces, that are too new.
func (o *older) words(k *keptWord, i Item) Item {
	if k.options == nil || k.blk != nil {
		return i
	}
	if !i.Block {
		i.Args = o.line(k.directive, append([]string{i.Word}, i.Args...), 1)[1:]
		return i
	}
	var lines []Item
	for _, line := range i.Lines {
		if words := o.line(k.directive, append([]string{line.Word}, line.Args...), 0); len(words) > 0 {
			lines = append(lines, Item{Word: words[0], Args: words[1:]})
		}
	}
	i.Lines = lines
	return i
}

// entries leaves out the words of routes and rules that are too new.
func (o *older) entries(d *directive, field reflect.Value) {
	switch list := field.Addr().Interface().(type) {
	case *[]Route:
		*list = slices.Clone(*list)
		for i, r := range *list {
			(*list)[i].Line = strings.Join(o.line(d, strings.Fields(r.Line), 0), " ")
		}
	case *[]Rule:
		*list = slices.Clone(*list)
		for i, r := range *list {
			(*list)[i].Line = strings.Join(o.line(d, strings.Fields(r.Line), 0), " ")
		}
	}
}

// line gives the words of a statement that are left; the options begin behind from.
func (o *older) line(d *directive, words []string, from int) []string {
	file := conf.Parse("", []byte(strings.Join(words, " ")), "")
	if len(file.Nodes) != 1 || len(file.Nodes[0].Words) != len(words) {
		return words
	}
	l := line{n: &file.Nodes[0], d: d, at: from - 1}
	var out []string
	next := 0
	for _, opt := range l.options(func(string) bool { return true }) {
		if opt.since.After(o.release) {
			out = append(out, words[next:opt.at]...)
			next = opt.end
			o.left = append(o.left, d.word+" "+opt.word)
		}
	}
	return append(out, words[next:]...)
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
