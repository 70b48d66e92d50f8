package model

import (
	"reflect"
	"slices"
)

// kind is one sort of value: how it is read, written and compared, in every form
// that it has. A directive has one, by the type of its field; a word that is not
// acted on has one by its name. Its grammar is the same in both.
type kind struct {
	name string       // in the tables of kept words, in Directive and in messages
	typ  reflect.Type // of the field; nil: it is only held against its grammar

	// scan reads the argument of a statement into what p points to, or only reads
	// it where there is no type. It has reported what it does not understand, and
	// then leaves the value alone and gives false. full says that it reads the
	// statement to its end.
	scan func(l *line, p any) bool
	full bool
	list *list // its values stand on lines of their own

	words func(d *directive, p any) string // the inverse of scan
	none  func(p any) bool                 // nothing is there; nil: the zero value says so
	zero  bool                             // of an Opt, the zero value is one like any other
	equal func(a, b any) bool

	word   bool                            // the argument is one word; its quotes are no part of it in JSON
	number bool                            // JSON writes a number
	json   func(d *directive, p any) any   // nil: a number, or the words
	quote  func(text string) string        // JSON's text as words; nil: as it is
	unjson func(o map[string]any) []string // JSON's object as words, nil for none; nil: there is no such form
	schema func(d *directive) object       // nil: a text
}

// list is how the lines of a block of values are written.
type list struct {
	line  func(l *line, into any) bool // reads a line; into is the list that it adds to, nil for none
	texts func(p any) []string         // the inverse of line
	each  bool                         // every word of a line is a value
	alone bool                         // a value is a statement: it stands behind the directive's own word
	entry func(word string) bool       // whether a word may begin a line
	sure  bool                         // entry knows such a word from any other
	loses func(at int) bool            // whether an unknown word, the at-th, costs the line or only itself; nil: neither
}

// kindOf is the kind of a field, of the type itself where it is an Opt.
func kindOf(t reflect.Type) *kind {
	if _, ok := reflect.New(t).Interface().(optional); ok {
		t = t.Field(0).Type
	}
	return kindsByType[t]
}

// kinds are all of them. The first of a name is that of a word that is not acted on.
var kinds = slices.Concat(valueKinds, listKinds, keptKinds, []*kind{regexOptionsKind()})

var kindsByName, kindsByType = indexKinds(kinds)

func indexKinds(kinds []*kind) (byName map[string]*kind, byType map[reflect.Type]*kind) {
	byName, byType = map[string]*kind{}, map[reflect.Type]*kind{}
	for _, k := range kinds {
		if byName[k.name] == nil {
			byName[k.name] = k
		}
		if k.typ != nil && byType[k.typ] == nil {
			byType[k.typ] = k
		}
	}
	return byName, byType
}

// of makes a row of the functions of one type.
func of[T comparable](k kind, scan func(*line, *T) bool, words func(*directive, T) string) *kind {
	k.typ = reflect.TypeFor[T]()
	k.scan = func(l *line, p any) bool { return scan(l, p.(*T)) }
	k.words = func(d *directive, p any) string { return words(d, *p.(*T)) }
	k.equal = func(a, b any) bool { return *a.(*T) == *b.(*T) }
	return &k
}

// new is room for a value, nil where the kind has no type.
func (k *kind) new() any {
	if k.typ == nil {
		return nil
	}
	return reflect.New(k.typ).Interface()
}

// linesOf are the values of a list as their lines have them.
func (k *kind) linesOf(d *directive, p any) []string {
	lines := k.list.texts(p)
	for i := range lines {
		if d.lines() && k.quote != nil {
			lines[i] = k.quote(lines[i])
		}
	}
	return lines
}

// quoted is JSON's text as words. Behind one of some words more may follow.
func (d *directive) quoted(text string) string {
	if d.kind.quote == nil || len(d.values) > 0 {
		return text
	}
	return d.kind.quote(text)
}
