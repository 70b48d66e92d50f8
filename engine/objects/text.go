package objects

import (
	"slices"
	"sync"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// fileName is what a text is called in its tree; no answer has it.
const fileName = "keepalived.conf"

// vocabulary is the table of directives. Nobody changes it.
var vocabulary = sync.OnceValue(model.Words)

// Text is a text whose objects are read and changed. It never changes: each change
// gives the text that takes its place.
type Text struct {
	draft *conf.Draft
	facts model.Facts
	off   []bool      // by line from 0: the line is disabled
	whole *conf.Draft // with the disabled lines as if they were enabled
	list  []Object
	taken map[string]bool // kind and ids of what is listed
}

// Object is one object and where it stands. A disabled object stands in comments.
type Object struct {
	Kind     Kind
	ID       string
	Owner    *Object // of a real server its service, of a check its real server; else nil
	Word     string  // that begins it, as written
	Name     string  // what stands behind that word
	Line     int     // from 1
	Last     int     // the line of its last word or brace
	Disabled bool
	block    string // the block of the vocabulary
	path     conf.Path
	node     *conf.Node
}

// Open reads a text as a node with these facts reads it.
func Open(text string, facts model.Facts) *Text {
	return opened(model.Draft(fileName, text, facts), facts)
}

// opened reads the objects of a text that is open already.
func opened(draft *conf.Draft, facts model.Facts) *Text {
	t := &Text{facts: facts, draft: draft, taken: map[string]bool{}}
	t.whole = t.draft
	text := draft.Text()
	var enabled string
	if enabled, t.off = uncomment(text); enabled != text {
		t.whole = model.Draft(fileName, enabled, facts)
	}
	t.read()
	return t
}

// String is the text.
func (t *Text) String() string { return t.draft.Text() }

// read lists the objects in the order of the text.
func (t *Text) read() {
	nodes := t.whole.File().Nodes
	for i := range nodes {
		d := vocabulary().Of(model.Root, &nodes[i])
		if d == nil {
			continue
		}
		for _, k := range Kinds {
			if opening[k] == blockOf(d) {
				t.add(k, nil, d, &nodes[i], conf.Path{i})
			}
		}
	}
	live := t.draft
	if t.whole == live {
		return
	}
	// Paths lead through the tree of the text without what is disabled.
	for i := range t.list {
		o := &t.list[i]
		if o.Disabled {
			o.path = nil
			continue
		}
		path, word, err := live.At(o.node.Span())
		o.path = nil
		if err != nil || word != 0 {
			continue
		}
		if n := nodeAt(live.File().Nodes, path); n.Rest() == o.node.Rest() {
			o.path, o.node = path, n
		}
	}
}

// add lists an object and those in it.
func (t *Text) add(k Kind, owner *Object, d *model.Directive, n *conf.Node, path conf.Path) {
	at := n.Span()
	o := &Object{Kind: k, Owner: owner, Word: n.Word(0), Name: n.Rest(), Line: at.Line, Last: at.EndLine, block: blockOf(d), path: path, node: n}
	if n.Block != nil && n.Block.Closed {
		o.Last = int(n.Block.Close.Line)
	}
	o.Disabled = t.isOff(o.Line)
	o.ID = t.idOf(o)
	t.list = append(t.list, *o)
	child, has := inside[k]
	if !has || n.Block == nil {
		return
	}
	for i := range n.Block.Nodes {
		in := &n.Block.Nodes[i]
		sub := vocabulary().Of(o.block, in)
		if sub == nil || child == Server && blockOf(sub) != opening[Server] || child == Check && sub.Field != checksField {
			continue
		}
		t.add(child, o, sub, in, append(slices.Clone(path), i))
	}
}

// isOff says whether a line is disabled.
func (t *Text) isOff(line int) bool { return line > 0 && line <= len(t.off) && t.off[line-1] }

// blockOf is the block that a word opens. Forms of virtual_server share theirs.
func blockOf(d *model.Directive) string {
	for i := range len(d.Word) {
		if d.Word[i] == ' ' {
			return d.Word[:i]
		}
	}
	return d.Word
}

// nodeAt follows a path.
func nodeAt(nodes []conf.Node, path conf.Path) *conf.Node {
	n := &nodes[path[0]]
	for _, i := range path[1:] {
		n = &n.Block.Nodes[i]
	}
	return n
}

// List gives the objects of a kind, of those in an object where owner is one. The
// order is that of the text.
func (t *Text) List(k Kind, owner *Object) []Object {
	var list []Object
	for _, o := range t.list {
		if o.Kind == k && o.in(owner) {
			list = append(list, o)
		}
	}
	return list
}

// in says whether an object stands directly in another; nil is the outermost level.
func (o *Object) in(owner *Object) bool {
	if owner == nil || o.Owner == nil {
		return owner == nil && o.Owner == nil
	}
	return o.Owner.Kind == owner.Kind && o.Owner.ID == owner.ID && (owner.Owner == nil || o.Owner.in(owner.Owner))
}

// Find gives the object that ids lead to: of a service, of a real server in it, of a
// check in that. Fault: NoObject.
func (t *Text) Find(k Kind, ids ...string) (Object, error) {
	for _, o := range t.list {
		if o.Kind == k && slices.Equal(o.ids(), ids) {
			return o, nil
		}
	}
	name := ""
	if len(ids) > 0 {
		name = ids[len(ids)-1]
	}
	return Object{}, refuse(NoObject, "Name", name)
}

// ids lead to an object from the outermost level.
func (o *Object) ids() []string {
	if o.Owner == nil {
		return []string{o.ID}
	}
	return append(o.Owner.ids(), o.ID)
}

// Block is the block of the table whose directives an object has.
func (o Object) Block() string { return o.block }

// IDs lead to an object from the outermost level.
func (o Object) IDs() []string { return o.ids() }

// All gives the objects of a kind wherever they stand, in the order of the text.
func (t *Text) All(k Kind) []Object {
	var list []Object
	for _, o := range t.list {
		if o.Kind == k {
			list = append(list, o)
		}
	}
	return list
}

// At gives the object of a kind that begins at a line. Fault: NoObject.
func (t *Text) At(k Kind, line int) (Object, error) {
	for _, o := range t.list {
		if o.Kind == k && o.Line == line {
			return o, nil
		}
	}
	return Object{}, refuse(NoObject, "Name", string(k))
}

// Checks are the words that begin a check.
func Checks() []string {
	var words []string
	for _, d := range declaredIn(opening[Server]) {
		if d.Field == checksField {
			words = append(words, d.Word)
		}
	}
	return words
}
