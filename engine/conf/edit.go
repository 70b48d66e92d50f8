package conf

import (
	"slices"
	"strings"
)

// Draft is a text that is open for editing. An edit changes one word, one line or
// one block of it; every other byte stays. A Draft never changes: an edit gives a
// Change, and the text after it makes the next Draft.
type Draft struct {
	text       string
	opt        Options
	file       *File
	marks      []mark    // of all tokens, in order
	grown      *Expanded // nil where nothing is expanded
	grownLines int
}

// NewDraft opens a text as the named node of the options reads it. Includes,
// definitions and generators stay as they are written; they say what cannot be
// edited in place.
func NewDraft(name, text string, opt Options) *Draft {
	f, l := lex(name, text, opt, false)
	f.Nodes = f.build(l, f.repairs(l, shapeOf(l.text, l.marks), opt.Literal))
	d := &Draft{text: text, opt: opt, file: f, marks: l.marks}
	if len(text) <= maxSize && expands(text, opt) {
		x := expandText(name, text, opt)
		d.grown, d.grownLines = &x, strings.Count(x.Text, "\n")
	}
	return d
}

// Text is the text as it stands.
func (d *Draft) Text() string { return d.text }

// File is the tree of the text as it is written. The paths of edits lead through it.
func (d *Draft) File() *File { return d.file }

// After opens the text that a change makes of this one, with the same options.
func (d *Draft) After(c Change) (*Draft, error) {
	text, err := c.Apply(d.text)
	if err != nil {
		return nil, err
	}
	return NewDraft(d.file.Name, text, d.opt), nil
}

// Path leads to a statement: its number among those of the outermost level, its
// number in the block of that one, and so on.
type Path []int

// Statement is a statement to be written: its words, and what stands in its
// braces where Block is set. Words are values; they are quoted as needed.
type Statement struct {
	Words  []string
	Block  bool
	Inside []Statement
}

// Edit is one change to a tree.
type Edit struct {
	verb      verb
	path      Path
	word      int
	words     []string
	statement Statement
}

type verb uint8

const (
	setWord verb = iota
	setWords
	insert
	remove
	replace
)

// SetWord gives word i of a statement another value.
func SetWord(at Path, i int, value string) Edit {
	return Edit{verb: setWord, path: slices.Clone(at), word: i, words: []string{value}}
}

// SetWords gives a statement other words. Those that it has already stay as they
// are written, and so does its block.
func SetWords(at Path, words ...string) Edit {
	return Edit{verb: setWords, path: slices.Clone(at), words: slices.Clone(words)}
}

// Insert writes a statement so that the path leads to it afterwards. One past the
// last statement of a block is a place, too. Its line follows that of the statement
// before, with the indentation and the line end of its neighbours.
func Insert(at Path, s Statement) Edit {
	return Edit{verb: insert, path: slices.Clone(at), statement: s}
}

// Remove takes a statement away, with its block. Lines that it has to itself go
// whole, with the comment behind it; comments above it stay.
func Remove(at Path) Edit { return Edit{verb: remove, path: slices.Clone(at)} }

// Replace writes a statement in the place of another and its block.
func Replace(at Path, s Statement) Edit {
	return Edit{verb: replace, path: slices.Clone(at), statement: s}
}

// Edit works out what an edit does to the text. The error is a *Refusal: nothing
// is ever done by halves. The tree of the changed text is the tree of this one
// with that edit; each call reads the changed text again to make sure of it.
func (d *Draft) Edit(e Edit) (Change, error) {
	s, refusal := d.find(e.path)
	if refusal == nil {
		refusal = d.may(e, s)
	}
	if refusal != nil {
		return Change{}, refusal
	}
	c := d.changeOf(e, s)
	if refusal := d.check(e, s, c); refusal != nil {
		return Change{}, refusal
	}
	return c, nil
}

// changeOf is what an edit does at its place, before it is known to be right.
func (d *Draft) changeOf(e Edit, s *site) Change {
	switch e.verb {
	case setWords:
		return d.setWords(s, e.words)
	case insert:
		return d.insert(s, e.statement)
	case remove:
		return d.remove(s)
	case replace:
		return d.replace(s, e.statement)
	}
	return d.respell(s, e.word, e.word+1, e.words)
}
