package model

import (
	"iter"
	"net/netip"
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
	filled   map[int]bool // lines that a template was to fill
	broken   bool         // a closing brace is missing somewhere
	places   []place
	base     int                     // where the places of the block being read begin
	indexes  []placeIndex            // of the places of large blocks
	compared int                     // names, for hints
	comments map[[2]int]conf.Problem // by text and line
	order    map[string]int          // of the texts
	there    map[string]bool         // interfaces of this host
	told     map[string]bool         // interfaces reported as missing
	guesses  map[[2]string]guess
	args     shared
	alike    map[string]int      // findings per code
	unlisted map[string]unlisted // those of them that are only counted
	names    names
	counts   []counted
	lent     lent
	scanned  line // see lineOf

	commanded bool                    // the block being read has a command
	shelf     shelf                   // of the block being read
	seen      map[netip.AddrPort]bool // real servers of the virtual server being validated
	unopened  []unopened
	syncs     []syncWish
	escapes   bool            // there are comment characters behind backslashes
	tracked   map[string]bool // by the list being read
	edits     map[int]string  // words of the line being kept that give way to others, or to none
	behind    []string        // and words that come behind them
	literal   bool            // braces that add up are taken as they stand
	keeps     keeps
	options   commonOptions
	shared    bool              // there are virtual servers of the text before
	commands  []Command         // of virtual servers that are dropped
	gathered  map[gathered]bool // the same
}

// root reads the statements outside all blocks. None is there any more when the
// next one comes.
func (b *binder) root(statements iter.Seq[*conf.Node]) {
	blk, v := readTable(), reflect.ValueOf(&b.cfg).Elem()
	for word, many := range b.file.Begins {
		if d := blk.words[word]; d != nil && d.listsBlocks() {
			b.room(v.FieldByIndex(d.field), many)
		}
	}
	var last known
	for n := range statements {
		b.statement(blk, n, v, &last)
		if len(n.Words) > 0 {
			b.markedBefore(blk, n.Words[0], v)
		}
		clear(b.places)
		b.places = b.places[:0]
		b.recall()
		b.commanded = false
	}
	b.tidy(blk, v)
}

// block reads the statements of a block into v, whose fields blk describes.
func (b *binder) block(blk *block, nodes []conf.Node, v reflect.Value) {
	b.reserve(blk, nodes, v)
	var last known
	for i := range nodes {
		b.statement(blk, &nodes[i], v, &last)
	}
}

func (b *binder) statement(blk *block, n *conf.Node, v reflect.Value, last *known) {
	if n.Stray || len(n.Words) == 0 {
		return // conf has reported the brace
	}
	if b.escapes {
		b.escaped(n)
	}
	word := n.Words[0].Value()
	d := last.look(blk, word)
	if d == nil {
		b.unknown(blk, word, n, v)
		return
	}
	if d.comment {
		b.report(Warning, "option-outside-comment", n.Words[0].Span(), "Word", word, "Hint", d.begin())
		return
	}
	b.directive(d, word, n, v)
}

// known is the word of a block that was looked up last: often the next is the same.
type known struct {
	word string
	d    *directive
}

func (k *known) look(blk *block, word string) *directive {
	if k.d == nil || k.word != word {
		k.word, k.d = word, blk.words[word]
	}
	return k.d
}

func (b *binder) directive(d *directive, word string, n *conf.Node, v reflect.Value) {
	for _, old := range d.old {
		if old == word {
			b.oldWord(d, word, n)
		}
	}
	if d.outdated {
		b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", "")
	}
	sub := d.subs[word]
	if sub == nil && slices.Contains(d.old, word) {
		sub = d.subs[d.word]
	}
	if sub != nil {
		b.enter(d, sub, n, v)
		return
	}
	field := v.FieldByIndex(d.field)
	if d.each != "" && d.each == word {
		b.oneValue(d, n, field)
		return
	}
	if d.lines() {
		b.lines(d, n, field)
		return
	}
	if n.Block != nil {
		b.report(Warning, "unexpected-block", n.Block.Open.Span(), "Word", word)
	}
	b.scalar(d, n, v)
}

// oldWord reports a word that has gone out of use. That of the retries was never
// known to keepalived but in two blocks; elsewhere it has done nothing so far.
func (b *binder) oldWord(d *directive, word string, n *conf.Node) {
	in := d.block.word
	if word == "nb_get_retry" && in != string(HTTPGet) && in != string(SSLGet) {
		b.report(Warning, "alias-ignored", n.Words[0].Span(), "Word", word, "Block", in, "Now", d.word)
		return
	}
	b.report(Note, "deprecated-word", n.Words[0].Span(), "Word", word, "Hint", d.word)
}

func (b *binder) scalar(d *directive, n *conf.Node, v reflect.Value) {
	word, field := n.Words[0].Value(), v.FieldByIndex(d.field)
	if b.broughtIn(n) {
		b.places = append(b.places, place{field.Addr().Interface(), n}) // what it should be nobody knows
		return
	}
	if len(d.words) > 1 { // a list of flags
		field.Set(reflect.Append(field, reflect.ValueOf(word)))
		return
	}
	p := field.Addr().Interface()
	if _, ok := p.(*Opt[Command]); ok {
		b.commanded = true
	}
	if c, ok := p.(*Command); ok {
		if c.Written() {
			b.report(Warning, "second-command", n.Span(), "Word", word)
			return
		}
		b.commanded = true
	}
	_, again := b.at(p)
	if again && word == "state" && n.Word(1) == "BACKUP" && field.Bool() {
		b.report(Warning, "state-stays", n.Span())
		return
	} else if again && d.first {
		b.report(Warning, "first-counts", n.Words[0].Span(), "Word", word)
		return
	} else if again && field.Kind() != reflect.Slice {
		b.report(Note, "repeated-word", n.Words[0].Span(), "Word", word)
	}
	b.places = append(b.places, place{p, n})
	if d.off != "" && word == d.off {
		field.SetBool(false)
		return
	}
	if d.isFlag() {
		field.SetBool(true)
		b.switched(n)
		return
	}
	if len(d.kept) > 0 && slices.Contains(d.kept, n.Word(1)) {
		field.SetZero() // the last one stands
		b.keepWhole(d, n)
		return
	}
	l := b.lineOf(n, d, word)
	if at, there := d.written(field); again && there && !d.reset && !d.secret() && field.Kind() != reflect.Slice {
		l.above = d.kind.words(d, at)
	}
	if !l.scan(p) {
		if d.reset {
			field.SetZero()
		}
		if word == "state" && len(n.Words) > 1 {
			field.SetBool(false) // what is none is BACKUP, whatever was said before
		}
		return
	}
	if len(d.kept) > 0 {
		b.forget(d)
	}
	l.rest()
}

// broughtIn reports a name in braces that no definition has replaced, wherever it
// stands in a statement.
func (b *binder) broughtIn(n *conf.Node) bool {
	for i := range n.Words[1:] {
		t := &n.Words[i+1]
		if at := strings.Index(t.Raw, "${"); at >= 0 && !t.Quoted() {
			b.undefined(t.Raw[at:], t.Span())
			return true
		}
	}
	return false
}

// switched reports a value after a word that takes none: keepalived does not
// look at it, also where it says no.
func (b *binder) switched(n *conf.Node) {
	l := line{b: b, n: n, word: n.Words[0].Value()}
	switch strings.ToLower(n.Word(1)) {
	case "no", "off", "false", "0", "disable", "disabled":
		l.at = 1
		b.report(Warning, "flag-with-value", n.WordSpan(1), "Word", l.word, "Value", n.Word(1))
	}
	l.rest()
}

// preprocessor reports a word that expansion has left in place: an include, a
// name without a definition, or a generator that conf has reported.
func (b *binder) preprocessor(n *conf.Node) bool {
	raw := n.Words[0].Raw
	switch {
	case conf.IsInclude(raw):
		b.report(Warning, "include-unread", n.Span(), "Word", raw)
	case strings.HasPrefix(raw, "$"):
		b.undefined(raw, n.Words[0].Span())
	case !strings.HasPrefix(raw, "~"):
		return false
	}
	return true
}
