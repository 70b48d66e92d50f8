package model

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// directive is one word of a block and the field it fills.
type directive struct {
	word      string   // as printed; for a list under several words the first
	words     []string // all of them
	block     *block
	field     []int
	typ       reflect.Type
	kind      *kind
	options   map[string]*keptWord // the words of its line, or of its lines
	lineWords string               // of which other word they are those, if any
	most      int                  // words that it takes; 0 is no limit
	optional  bool                 // it may stand alone
	subs      map[string]*block    // per word: what stands in its braces
	same      bool                 // the sub-block fills the same value
	values    []string
	anyCase   bool // the values may be written in any case
	kept      []string
	off       string
	each      string // adds one value to its list
	min, max  float64
	ranged    bool
	bounds    string
	fallback  reflect.Value // of the default, where there is one
	def, bare string
	longest   int
	hex       int
	whole     string // "yes": no decimals; or the release up to which keepalived takes none
	least     bool   // a smaller number is taken for the smallest
	reset     bool   // a bad value leaves the default, whatever a line above said
	addr      string
	names     string
	need      bool
	old       []string
	outdated  bool // it has gone out of use itself
	role      Role
	apart     bool   // it does not belong to what a check asks for
	quiet     string // why nobody is told that it differs
	soft      bool   // it is not acted on: nothing said of it is an error
	mild      bool   // keepalived goes on where its value is missing
	first     bool   // of several the first one counts
	comment   bool   // it stands in a comment
	since     Since
	sinces    map[string]Since // of single blocks, or words of a list
}

// parseDefault reads the default the way it would be read from a text.
func (d *directive) parseDefault() reflect.Value {
	v := reflect.New(d.typ)
	l := &line{d: d, given: strings.Fields(d.def)}
	// A default may lie outside the range that may be written.
	inside := *d
	inside.ranged = false
	l.d = &inside
	if !l.scan(v.Interface()) {
		panic(fmt.Sprintf("default of %s.%s is not a value: %q", d.block.path, d.word, d.def))
	}
	if o, ok := v.Interface().(optional); ok {
		o.unwritten()
	}
	return v.Elem()
}

// isFlag says whether the word alone says everything.
func (d *directive) isFlag() bool { return d.typ.Kind() == reflect.Bool && len(d.values) == 0 }

// blockOf is the vocabulary of an element of the directive's list: of a check that
// of its kind.
func (d *directive) blockOf(element reflect.Value) *block {
	if c, ok := element.Addr().Interface().(*Check); ok {
		return d.subs[string(c.Kind)]
	}
	return d.subs[d.word]
}

// lines says whether the word opens a block whose every line is a value.
func (d *directive) lines() bool {
	return d.kind != nil && d.kind.list != nil && !d.kind.list.alone && len(d.words) == 1 && d.subs == nil
}

// kindName names the grammar of the argument behind one of the directive's words, as
// forms and schemas ask for it.
func (d *directive) kindName(word string) string {
	switch {
	case d.subs != nil:
		return "block"
	case len(d.words) > 1, word == d.off, d.isFlag():
		return "flag"
	case len(d.values) > 0:
		return "choice"
	}
	return d.kind.name
}

// mayBeBare says whether the word may stand alone.
func (d *directive) mayBeBare() bool {
	return d.optional || d.bare != "" || d.kind != nil && d.kind.name == "bool" && len(d.values) == 0
}

// written gives the value of a field where there is one.
func (d *directive) written(field reflect.Value) (p any, there bool) {
	p = field.Addr().Interface()
	switch o, optional := p.(optional); {
	case optional:
		return o.inside(), o.isWritten()
	case d.kind.none != nil:
		return p, !d.kind.none(p)
	case d.kind.list != nil:
		return p, field.Len() > 0
	}
	return p, !field.IsZero() || len(d.values) == 2 && field.Kind() == reflect.Bool
}

// sinceIn is when keepalived learned a word of the directive in a block.
func (d *directive) sinceIn(block, word string) Since {
	for _, key := range []string{block, word} {
		if s, ok := d.sinces[key]; ok {
			return s
		}
	}
	return d.since
}

// aliasSince is when keepalived learned another word for the directive.
func (d *directive) aliasSince(block, alias string) Since {
	for _, key := range []string{block + "." + alias, alias} {
		if s, ok := d.sinces[key]; ok {
			return s
		}
	}
	return everKnown
}

func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return t
}

// under is the type behind a pointer, or the type itself.
func under(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// tagged says whether a struct type declares directives.
func tagged(t reflect.Type) bool {
	for i := range t.NumField() {
		if _, ok := t.Field(i).Tag.Lookup("kw"); ok {
			return true
		}
	}
	return false
}

// number and decimal read a tag; a tag that is no number is our own mistake.
func number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err)
	}
	return n
}

func decimal(s string) float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		panic(err)
	}
	return n
}
