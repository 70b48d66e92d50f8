package model

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// The tags of a field:
//
//	kw      the word, or several (one list of blocks or flags under many words);
//	        a dot enters a block that has no type of its own
//	part    the field's own fields belong to this block; the value is put before
//	        each of their words
//	key     the field is taken from the words after the block's own word, in order
//	alias   another word for the same; old is one that has gone out of use
//	each    a word that adds one value to the list; the list is printed as a block
//	off     a word that unsets the flag
//	line    the word whose lines have the same words as those of this one
//	user    a word that sets the user of the command
//	outdated "yes": it has gone out of use itself, and is acted on
//	need    "yes": the block is useless without it; "no": a key that may be left out
//	range   smallest..largest number
//	values  the words it may be; kept are words known but not acted on; case "any":
//	        keepalived takes them in small letters, too
//	default the value in force where none is written; bare the value of the word alone
//	reset   "yes": a bad value leaves the default, whatever a line above said
//	least   "yes": a number below the range is taken for the smallest one
//	whole   "yes": seconds without decimals; or the release up to which keepalived
//	        takes no decimals
//	inforce the value in force where neither the word nor one that it takes its value
//	        from is written: Resolve fills it in; BLOCK: before one says it of that block
//	max     longest text; hex the exact number of hexadecimal digits
//	addr    multicast4, multicast6 or mask
//	mild    "yes": keepalived goes on where the value is missing; else it ends at once
//	first   "yes": of several the first one counts; of others the last one does
//	since   the releases of keepalived that know it: see Since; BLOCK: or WORD: before
//	        one says it of that block or word alone
//	comment "yes": keepalived has no such word, so it stands in a comment: see marks
//	names   what the text names: interface, script, instance
//	role    the role that the word belongs to, where it is not that of its block; see Role
//	identity  "yes": it is part of the name of its block, as its keys are; "no": a check
//	        with another value is the same check; see Identity
//	quiet   why nobody is told that it differs; see Differences
//	only, except  the blocks that have it, where one type serves several
//
// readTable turns them into blocks once; everything else reads blocks.
var readTable = sync.OnceValue(func() *block {
	return newBlock("", "", reflect.TypeFor[Config](), VRRP)
})

// block is the vocabulary of one kind of block.
type block struct {
	word, path string
	typ        reflect.Type
	shares     bool // its words fill the value of the block around it
	role       Role // of its words
	keys       []*directive
	defaults   reflect.Value // of typ: what is in force where nothing is written
	keptAt     []int         // the field of what is kept
	naming     []*directive  // what tells its elements apart: the keys, and words that go with them
	order      []*directive  // as declared, each once
	filled     []*directive  // those of them with a default that is not zero, or with such ones inside
	words      map[string]*directive
	kept       map[string]*keptWord
	gone       map[string]string // obsolete word -> what replaces it
}

func newBlock(word, path string, typ reflect.Type, role Role) *block {
	b := &block{word: word, path: path, typ: typ, role: role, words: map[string]*directive{}, defaults: reflect.New(typ).Elem()}
	b.kept, b.gone = keptWords(word)
	if f, ok := typ.FieldByName("Kept"); ok {
		b.keptAt = f.Index
	}
	b.read(typ, nil, "")
	b.fills()
	return b
}

// fills finds out which directives defaults are for.
func (b *block) fills() {
	for _, d := range b.order {
		filled := d.fallback.IsValid() && !d.fallback.IsZero()
		for _, sub := range d.subs {
			if d.same {
				sub.fills()
			}
			filled = filled || len(sub.filled) > 0
		}
		if filled {
			b.filled = append(b.filled, d)
		}
	}
}

// read adds the directives that the fields of typ declare.
func (b *block) read(typ reflect.Type, index []int, prefix string) {
	for i := range typ.NumField() {
		f := typ.Field(i)
		at := append(slices.Clone(index), i)
		if only, ok := f.Tag.Lookup("only"); ok && !slices.Contains(strings.Fields(only), b.word) {
			continue
		}
		if slices.Contains(strings.Fields(f.Tag.Get("except")), b.word) {
			continue
		}
		if part, ok := f.Tag.Lookup("part"); ok {
			if f.Type.Kind() == reflect.Pointer { // a part that several may share
				b.defaults.FieldByIndex(at).Set(reflect.New(f.Type.Elem()))
			}
			b.read(under(f.Type), at, prefix+part)
			continue
		}
		if key, ok := f.Tag.Lookup("key"); ok {
			d := &directive{word: key, block: b, field: at, typ: f.Type, kind: kindOf(f.Type), need: f.Tag.Get("need") != "no"}
			b.keys, b.naming = append(b.keys, d), append(b.naming, d)
			continue
		}
		kw, ok := f.Tag.Lookup("kw")
		if !ok {
			continue
		}
		in := b
		if outer, inner, dotted := strings.Cut(kw, "."); dotted {
			in, kw = b.same(outer), inner
		}
		in.add(f, at, prefix, kw)
	}
}

// same is the block under word that fills the fields of b itself.
func (b *block) same(word string) *block {
	if d := b.words[word]; d != nil {
		return d.subs[word]
	}
	sub := &block{word: word, path: join(b.path, word), typ: b.typ, role: b.role, shares: true, words: map[string]*directive{}, defaults: b.defaults}
	sub.kept, sub.gone = keptWords(word)
	d := &directive{word: word, words: []string{word}, block: b, typ: b.typ, same: true, role: b.role, since: everKnown, subs: map[string]*block{word: sub}}
	b.order = append(b.order, d)
	b.words[word] = d
	return sub
}

func (b *block) add(f reflect.StructField, at []int, prefix, kw string) {
	d := &directive{block: b, field: at, typ: f.Type, kind: kindOf(f.Type), off: f.Tag.Get("off"), each: f.Tag.Get("each"), def: f.Tag.Get("default"),
		bare: f.Tag.Get("bare"), addr: f.Tag.Get("addr"), names: f.Tag.Get("names"), need: f.Tag.Get("need") == "yes",
		values: strings.Fields(f.Tag.Get("values")), anyCase: f.Tag.Get("case") == "any", kept: strings.Fields(f.Tag.Get("kept")),
		old: strings.Fields(f.Tag.Get("old")), bounds: f.Tag.Get("range")}
	for _, w := range strings.Fields(kw) {
		d.words = append(d.words, prefix+w)
	}
	if len(d.words) == 0 {
		d.words = []string{prefix}
	}
	d.word = d.words[0]
	d.options = readKept()[cmp.Or(f.Tag.Get("line"), d.word)]
	d.since, d.sinces = readSince(f.Tag.Get("since"))
	d.mild, d.first = f.Tag.Get("mild") == "yes", f.Tag.Get("first") == "yes"
	d.longest = number(f.Tag.Get("max"))
	d.whole = f.Tag.Get("whole")
	d.reset = f.Tag.Get("reset") == "yes"
	d.least = f.Tag.Get("least") == "yes"
	d.optional = f.Tag.Get("optional") == "yes"
	d.outdated = f.Tag.Get("outdated") == "yes"
	d.hex = number(f.Tag.Get("hex"))
	d.comment = f.Tag.Get("comment") == "yes"
	d.quiet, d.apart = f.Tag.Get("quiet"), f.Tag.Get("identity") == "no"
	d.role = b.role
	if role := f.Tag.Get("role"); role != "" {
		d.role = Role(role)
	}
	if lo, hi, ok := strings.Cut(d.bounds, ".."); ok {
		d.min, d.max, d.ranged = decimal(lo), decimal(hi), true
	}
	b.enter(d, d.words)
	b.enter(d, strings.Fields(f.Tag.Get("alias")))
	b.enter(d, d.old)
	if d.each != "" {
		b.enter(d, []string{d.each})
	}
	if d.off != "" {
		b.enter(d, []string{d.off})
	}
	b.order = append(b.order, d)
	if f.Tag.Get("identity") == "yes" {
		b.naming = append(b.naming, d)
	}
	if user := f.Tag.Get("user"); user != "" {
		u, _ := f.Type.FieldByName("User")
		ud := &directive{word: user, words: []string{user}, block: b, field: append(slices.Clone(at), u.Index...), typ: u.Type, kind: kindOf(u.Type), role: d.role, apart: d.apart, since: d.aliasSince(b.word, user)}
		b.enter(ud, ud.words)
		b.order = append(b.order, ud)
	}
	if inner := elem(f.Type); inner.Kind() == reflect.Struct && tagged(inner) {
		d.subs = map[string]*block{}
		for _, w := range d.words {
			d.subs[w] = newBlock(w, join(b.path, w), inner, d.role)
		}
	}
	if d.subs == nil && d.kind == nil {
		panic(fmt.Sprintf("no kind of value is a %s: %s", f.Type, d.word))
	}
	if d.def != "" {
		d.fallback = d.parseDefault()
	}
	for _, value := range strings.Fields(f.Tag.Get("inforce")) {
		if in, value, of := strings.Cut(value, ":"); !of {
			d.def = in
		} else if in == b.word {
			d.def = value
		}
	}
	if d.def != "" {
		b.defaults.FieldByIndex(d.field).Set(d.parseDefault())
	}
}

func (b *block) enter(d *directive, words []string) {
	for _, w := range words {
		if b.words[w] != nil {
			panic(fmt.Sprintf("%s declares %q twice", b.typ, w))
		}
		b.words[w] = d
	}
}

func join(path, word string) string {
	if path == "" {
		return word
	}
	return path + "." + word
}
