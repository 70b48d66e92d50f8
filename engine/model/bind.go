package model

import (
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// binder walks a tree and fills a Config by the table.
type binder struct {
	file     *conf.File
	facts    Facts
	cfg      Config
	findings []Finding
	broken   bool // a closing brace is missing somewhere
	places   []place
	base     int                     // where the places of the block being read begin
	comments map[[2]int]conf.Problem // by text and line
	order    map[string]int          // of the texts
	there    map[string]bool         // interfaces of this host
	told     map[string]bool         // interfaces reported as missing
	guesses  map[[2]string]guess
	args     shared
	alike    map[string]int // findings per code
	names    names
}

// place remembers which statement filled a field, until its block ends.
type place struct {
	field any
	n     *conf.Node
}

// at is the place of the statement that filled the field p points to.
func (b *binder) at(p any) (*conf.Node, bool) {
	for i := len(b.places) - 1; i >= b.base; i-- {
		if b.places[i].field == p {
			return b.places[i].n, true
		}
	}
	return nil, false
}

// spanOf is the place of the field p points to, or of the block that lacks it.
func (b *binder) spanOf(p any, owner *conf.Node) conf.Span {
	if n, ok := b.at(p); ok {
		return n.Span()
	}
	return owner.Span()
}

func (b *binder) report(s Severity, code string, at conf.Span, args ...string) {
	if b.alike[code]++; b.alike[code] > maxAlike {
		return
	}
	f := Finding{Code: code, Severity: s, Range: Range{b.file.Names[at.File], at.Line, at.Col, at.EndLine, at.EndCol}}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "Hint" {
			f.Hint = args[i+1]
			args = slices.Delete(args, i, i+2)
			break
		}
	}
	f.Args = b.args.of(args)
	b.findings = append(b.findings, f)
}

// shared gives equal arguments one map: a text may repeat one slip a hundred
// thousand times.
type shared map[string]map[string]string

// maxShared bounds what is remembered.
const maxShared = 4096

func (s shared) of(args []string) map[string]string {
	if len(args) == 0 {
		return nil
	}
	key := strings.Join(args, "\x00")
	if m, ok := s[key]; ok {
		return m
	}
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	if len(s) < maxShared {
		s[key] = m
	}
	return m
}

// block reads the statements of a block into v, whose fields blk describes.
func (b *binder) block(blk *block, nodes []conf.Node, v reflect.Value) {
	b.reserve(blk, nodes, v)
	for i := range nodes {
		n := &nodes[i]
		if n.Stray || len(n.Words) == 0 {
			continue // conf has reported the brace
		}
		word := n.Words[0].Value()
		d := blk.words[word]
		if d == nil {
			b.unknown(blk, word, n)
			continue
		}
		b.directive(d, word, n, v)
	}
}

// reserve makes room for the blocks that are listed here, so that a hundred
// thousand of them are not copied again and again.
func (b *binder) reserve(blk *block, nodes []conf.Node, v reflect.Value) {
	for _, d := range blk.order {
		if d.subs == nil || d.same || d.typ.Kind() != reflect.Slice {
			continue
		}
		many := 0
		for i := range nodes {
			if len(nodes[i].Words) > 0 && blk.words[nodes[i].Words[0].Raw] == d {
				many++
			}
		}
		if many > 0 {
			v.FieldByIndex(d.field).Grow(many)
		}
	}
}

func (b *binder) directive(d *directive, word string, n *conf.Node, v reflect.Value) {
	for _, old := range d.old {
		if old == word {
			b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", d.word)
		}
	}
	if sub := d.subs[word]; sub != nil {
		b.enter(d, sub, n, v)
		return
	}
	field := v.FieldByIndex(d.field)
	if d.lines() {
		b.lines(d, n, field)
		return
	}
	if n.Block != nil {
		b.report(Warning, "unexpected-block", n.Block.Open.Span(), "Word", word)
	}
	b.scalar(d, word, n, field)
}

func (b *binder) scalar(d *directive, word string, n *conf.Node, field reflect.Value) {
	if len(d.words) > 1 { // a list of flags
		field.Set(reflect.Append(field, reflect.ValueOf(word)))
		return
	}
	p := field.Addr().Interface()
	if c, ok := p.(*Command); ok && c.Written() {
		b.report(Warning, "second-command", n.Span(), "Word", word)
		return
	}
	if _, again := b.at(p); again && field.Kind() != reflect.Slice {
		b.report(Note, "repeated-word", n.Words[0].Span(), "Word", word)
	}
	b.places = append(b.places, place{p, n})
	if d.off != "" && word == d.off {
		field.SetBool(false)
		return
	}
	l := line{b: b, n: n, d: d, word: word}
	if l.scan(p) {
		l.rest()
	}
}

// enter reads a block that has fields of its own.
func (b *binder) enter(d *directive, sub *block, n *conf.Node, v reflect.Value) {
	if n.Block == nil {
		b.report(Error, "no-block", n.Span(), "Word", sub.word)
		return
	}
	b.oneLine(sub, n)
	switch {
	case d.same:
		b.block(sub, n.Block.Nodes, v)
	case d.typ.Kind() == reflect.Struct:
		b.inside(sub, n, v.FieldByIndex(d.field))
	default:
		list := v.FieldByIndex(d.field)
		b.places = append(b.places, place{list.Addr().Interface(), n})
		list.Grow(1)
		list.SetLen(list.Len() + 1)
		last := list.Index(list.Len() - 1)
		if !b.inside(sub, n, last) {
			last.SetZero()
			list.SetLen(list.Len() - 1)
			return
		}
		b.places = append(b.places, place{last.Addr().Interface(), n})
	}
}

// inside reads one block into v; false means that it is not to be kept.
func (b *binder) inside(sub *block, n *conf.Node, v reflect.Value) bool {
	if !b.keys(sub, n, v) {
		return false
	}
	base := b.base
	b.base = len(b.places)
	b.block(sub, n.Block.Nodes, v)
	b.complete(sub, n, v)
	keep := b.judge(v.Addr().Interface(), n)
	clear(b.places[b.base:])
	b.places = b.places[:b.base]
	b.base = base
	return keep
}

// keys reads the words between the block's word and its brace.
func (b *binder) keys(sub *block, n *conf.Node, v reflect.Value) bool {
	if sub.typ == reflect.TypeFor[Virtual]() {
		if w := n.Word(1); w == "fwmark" || w == "group" {
			b.report(Note, "kept-not-acted", n.Span(), "Word", sub.word+" "+w)
			return false
		}
	}
	l := line{b: b, n: n, word: sub.word}
	for _, d := range sub.keys {
		p := v.FieldByIndex(d.field).Addr().Interface()
		if k, ok := p.(*Kind); ok {
			*k = Kind(sub.word)
			continue
		}
		l.d = d
		if port, ok := p.(*uint16); ok {
			if !l.port(port) {
				return false
			}
			continue
		}
		if !l.scan(p) {
			return false
		}
	}
	l.rest()
	return true
}

// complete reports the words that a block cannot do without. The block is kept:
// the text cannot be applied, but it can be looked at.
func (b *binder) complete(sub *block, n *conf.Node, v reflect.Value) {
	for _, d := range sub.order {
		field := v.FieldByIndex(d.field)
		if d.need && field.IsZero() {
			at := b.spanOf(field.Addr().Interface(), n)
			b.report(Error, "missing-word", at, "Word", d.word, "Block", sub.word, "Name", n.Word(1))
		}
	}
}

// lines reads a block whose every line is a value.
func (b *binder) lines(d *directive, n *conf.Node, field reflect.Value) {
	if n.Block == nil {
		b.report(Error, "no-block", n.Span(), "Word", d.word)
		return
	}
	b.places = append(b.places, place{field.Addr().Interface(), n})
	room := 0
	for i := range n.Block.Nodes {
		room += len(n.Block.Nodes[i].Words)
	}
	if room == 0 {
		b.report(Note, "empty-list", n.Span(), "Word", d.word)
	}
	field.Grow(room) // so that no element moves once its place is known
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		if in.Stray || len(in.Words) == 0 {
			continue
		}
		if in.Block != nil {
			if b.broken && b.hoist(in) {
				continue
			}
			b.report(Warning, "unexpected-block", in.Block.Open.Span(), "Word", in.Word(0))
		}
		b.valueLine(d, in, field.Addr().Interface())
	}
}

func (b *binder) valueLine(d *directive, n *conf.Node, list any) {
	if b.preprocessor(n) {
		return
	}
	l := line{b: b, n: n, d: d}
	switch list := list.(type) {
	case *[]string:
		for i := range n.Words {
			w := n.Words[i].Value()
			b.mention(d.names, w, n.WordSpan(i))
			*list = append(*list, w)
			b.places = append(b.places, place{&(*list)[len(*list)-1], n})
		}
	case *[]Address:
		var a Address
		if l.scanAddress(&a) {
			*list = append(*list, a)
			b.places = append(b.places, place{&(*list)[len(*list)-1], n})
		}
	case *[]Track:
		var t Track
		if l.scanTrack(&t) {
			*list = append(*list, t)
			b.places = append(b.places, place{&(*list)[len(*list)-1], n})
		}
	default:
		panic("no grammar for the lines of " + d.word)
	}
}

// oneLine warns of `word { a b c d }`: between braces on one line keepalived
// reads one statement, whatever was meant.
func (b *binder) oneLine(sub *block, n *conf.Node) {
	if !n.OneLine() {
		return
	}
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		for _, w := range in.Words[min(1, len(in.Words)):] {
			if sub.words[w.Value()] != nil {
				b.report(Warning, "one-line-block", w.Span(), "Word", sub.word, "Value", w.Value())
				return
			}
		}
	}
}

// hoist reads a block of the root that a missing brace has swallowed.
func (b *binder) hoist(n *conf.Node) bool {
	d := readTable().words[n.Word(0)]
	if d == nil || n.Block == nil {
		return false
	}
	base := b.base
	b.base = len(b.places)
	b.directive(d, n.Word(0), n, reflect.ValueOf(&b.cfg).Elem())
	b.base = base
	return true
}

// preprocessor reports a word that expansion has left in place: an include, a
// name without a definition, or a generator that conf has reported.
func (b *binder) preprocessor(n *conf.Node) bool {
	raw := n.Words[0].Raw
	switch {
	case conf.IsInclude(raw):
		b.report(Note, "kept-not-acted", n.Span(), "Word", raw)
	case strings.HasPrefix(raw, "$"):
		b.report(Warning, "undefined-name", n.Words[0].Span(), "Name", raw)
	case !strings.HasPrefix(raw, "~"):
		return false
	}
	return true
}
