package objects

import (
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// Settings are the directives of an object in the order of the text, with those of the
// objects in it.
func (t *Text) Settings(o Object) []Setting {
	if o.node.Block == nil {
		return []Setting{}
	}
	return settingsOf(o.block, o.node.Block)
}

// Set gives an object these directives and no others. Faults: NoDirective, DirectiveForm,
// ObjectOff, ObjectThere. A directive that stays the same
// keeps its place, its spelling and its comments.
func (t *Text) Set(o Object, list []Setting) (*Text, error) {
	want, err := statementsOf(o.block, list)
	if err != nil {
		return nil, err
	}
	if err := o.fillable(); err != nil {
		return nil, err
	}
	return t.alone(o, changes(o.path, o.block, o.node.Block.Nodes, want))
}

// Patch gives an object the directives of list in the place of those with their
// keywords, and takes away those of the keywords in gone. All others stay.
func (t *Text) Patch(o Object, list []Setting, gone ...string) (*Text, error) {
	named := map[string]bool{}
	for _, word := range gone {
		if vocabulary()[[2]string{o.block, word}] == nil {
			return nil, refuse(NoDirective, "Word", word, "Block", o.block, "Hint", hint(o.block, word))
		}
		named[canonical(o.block, word)] = true
	}
	for _, s := range list {
		named[canonical(o.block, s.Keyword)] = true
	}
	want, err := statementsOf(o.block, list)
	if err != nil {
		return nil, err
	}
	if err := o.fillable(); err != nil {
		return nil, err
	}
	return t.alone(o, changesOf(o.path, o.block, o.node.Block.Nodes, want, named))
}

// fillable says why the directives of an object cannot be changed; nil: they can.
func (o Object) fillable() error {
	if err := o.editable(); err != nil {
		return err
	}
	if o.node.Block == nil {
		return &conf.Refusal{Code: conf.EditUnclear, Span: o.node.Span()}
	}
	return nil
}

// Rename gives an object another name: what stands behind the word that begins it.
// Faults: ObjectName, ObjectThere.
func (t *Text) Rename(o Object, name string) (*Text, error) {
	words, err := wordsOf(name)
	if err != nil || len(words) == 0 || o.Kind == Global || o.Kind == Check {
		return nil, refuse(ObjectName, "Name", name)
	}
	if err := o.editable(); err != nil {
		return nil, err
	}
	return t.alone(o, []conf.Edit{conf.SetWords(o.path, append([]string{o.Word}, words...)...)})
}

// alone carries out edits of an object. Fault: ObjectThere, where they give it the id of
// another one.
func (t *Text) alone(o Object, edits []conf.Edit) (*Text, error) {
	next, err := t.edit(edits)
	if err != nil || next == t || o.Kind == Check {
		return next, err
	}
	id, doubled := idOfDouble(o.ID)
	now, err := next.At(o.Kind, o.Line)
	if err != nil {
		return nil, err
	}
	if other, again := idOfDouble(now.ID); again && !(doubled && id == other) {
		return nil, refuse(ObjectThere, "Name", other)
	}
	return next, nil
}

// idOfDouble is the id that an object would bear if it were the only one, and whether it
// is not.
func idOfDouble(id string) (string, bool) {
	first, n, again := strings.Cut(id, "~")
	_, err := strconv.Atoi(n)
	return first, again && err == nil
}

// Create writes an object behind the last one of its kind, or at the end of its owner.
// name is what stands behind the word that begins it; of a check it is that word.
// Faults: ObjectName, ObjectThere, and those of Set.
func (t *Text) Create(k Kind, owner *Object, name string, list []Setting) (*Text, Object, error) {
	words, err := wordsOf(name)
	if err != nil || len(words) == 0 && k != Global {
		return nil, Object{}, refuse(ObjectName, "Name", name)
	}
	word, block := opening[k], opening[k]
	switch k {
	case Global:
		words = nil
	case Check:
		d := vocabulary()[[2]string{opening[Server], words[0]}]
		if d == nil || d.Field != checksField || len(words) > 1 {
			return nil, Object{}, refuse(ObjectName, "Name", name)
		}
		word, block, words = words[0], blockOf(d), nil
	}
	want, err := statementsOf(block, list)
	if err != nil {
		return nil, Object{}, err
	}
	return t.insert(k, owner, conf.Statement{Words: append([]string{word}, words...), Block: true, Inside: want})
}

// Copy writes an object again behind itself under another name. A check has none, and
// stands twice. Comments in it are not copied.
func (t *Text) Copy(o Object, name string) (*Text, Object, error) {
	if o.Kind == Check {
		name = o.Word
	}
	return t.Create(o.Kind, o.Owner, name, t.Settings(o))
}

func (t *Text) insert(k Kind, owner *Object, s conf.Statement) (*Text, Object, error) {
	path, err := t.placeFor(k, owner)
	if err != nil {
		return nil, Object{}, err
	}
	before := map[string]bool{}
	for _, o := range t.List(k, owner) {
		before[o.ID] = true
	}
	next, err := t.edit([]conf.Edit{conf.Insert(path, s)})
	if err != nil {
		return nil, Object{}, err
	}
	for _, o := range next.List(k, owner) {
		if before[o.ID] {
			continue
		}
		if first, again := idOfDouble(o.ID); again && k != Check {
			return nil, Object{}, refuse(ObjectThere, "Name", first)
		}
		return next, o, nil
	}
	return nil, Object{}, refuse(ObjectName, "Name", strings.Join(s.Words[1:], " "))
}

// placeFor is where a new object of a kind goes.
func (t *Text) placeFor(k Kind, owner *Object) (conf.Path, error) {
	if owner != nil {
		if err := owner.editable(); err != nil {
			return nil, err
		}
		if owner.node.Block == nil {
			return nil, &conf.Refusal{Code: conf.EditUnclear, Span: owner.node.Span()}
		}
	}
	list := t.List(k, owner)
	for i := len(list) - 1; i >= 0; i-- {
		if path := slices.Clone(list[i].path); len(path) > 0 {
			path[len(path)-1]++
			return path, nil
		}
	}
	switch {
	case owner != nil:
		return append(slices.Clone(owner.path), len(owner.node.Block.Nodes)), nil
	case k == Global:
		return conf.Path{0}, nil
	}
	return conf.Path{len(t.draft.File().Nodes)}, nil
}

// Remove takes an object away.
func (t *Text) Remove(o Object) (*Text, error) {
	if o.Disabled {
		enabled, err := t.Enable(o)
		if err != nil {
			return nil, err
		}
		if o, err = enabled.Find(o.Kind, o.ids()...); err != nil {
			return nil, err
		}
		return enabled.Remove(o)
	}
	if err := o.editable(); err != nil {
		return nil, err
	}
	return t.edit([]conf.Edit{conf.Remove(o.path)})
}

// editable says why an object cannot be changed; nil is: it can.
func (o *Object) editable() error {
	switch {
	case o.Disabled:
		return refuse(ObjectOff, "Name", o.ID)
	case o.path == nil:
		return &conf.Refusal{Code: conf.EditUnclear, Span: o.node.Span()}
	}
	return nil
}

// edit carries out edits. Without one the text stays what it is.
func (t *Text) edit(edits []conf.Edit) (*Text, error) {
	d, err := t.draft.EditAll(edits)
	if err != nil {
		return nil, err
	}
	if d == t.draft {
		return t, nil
	}
	return opened(d, t.facts), nil
}
