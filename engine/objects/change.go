package objects

import (
	"reflect"
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
	if err := next.noOther(t, o); err != nil {
		return nil, err
	}
	return next, nil
}

// noOther is the fault that an object shares its id with another one, which it did not in
// the text before.
func (t *Text) noOther(before *Text, like Object) error {
	known := map[string]bool{}
	for _, o := range before.List(like.Kind, like.Owner) {
		known[o.ID] = true
	}
	for _, o := range t.List(like.Kind, like.Owner) {
		if first, again := idOfDouble(o.ID); again && !known[o.ID] {
			return refuse(ObjectThere, "Name", first)
		}
	}
	return nil
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

// Copy writes an object again behind itself under another name, with the comments in it. A
// check has no name, and stands twice. Faults: ObjectName, ObjectThere, ObjectOff.
func (t *Text) Copy(o Object, name string) (*Text, Object, error) {
	if err := o.editable(); err != nil {
		return nil, Object{}, err
	}
	if words, err := wordsOf(name); o.Kind != Check && (err != nil || len(words) == 0) {
		return nil, Object{}, refuse(ObjectName, "Name", name)
	}
	next, twin, ok := t.doubled(o)
	if !ok { // its lines hold something else
		if o.Kind == Check {
			name = o.Word
		}
		return t.Create(o.Kind, o.Owner, name, t.Settings(o))
	}
	if o.Kind == Check {
		return next, twin, nil
	}
	next, err := next.Rename(twin, name)
	if err != nil {
		return nil, Object{}, err
	}
	if err := next.noOther(t, o); err != nil {
		return nil, Object{}, err
	}
	twin, err = next.At(o.Kind, twin.Line)
	return next, twin, err
}

// doubled is the text with an object's lines twice. False: they hold something else, too.
func (t *Text) doubled(o Object) (*Text, Object, bool) {
	lines := strings.SplitAfter(t.String(), "\n")
	own := strings.Join(lines[o.Line-1:o.Last], "")
	own = own[len(bom(own)):]
	between, lf := "", "\n"
	if strings.Contains(own, "\r\n") {
		lf = "\r\n"
	}
	if !strings.HasSuffix(own, "\n") {
		between = lf
	}
	line := o.Last + 1
	if o.Owner == nil {
		between += lf
		line++
	}
	next := Open(strings.Join(lines[:o.Last], "")+between+own+strings.Join(lines[o.Last:], ""), t.facts)
	twin, err := next.At(o.Kind, line)
	if err != nil || twin.Word != o.Word || twin.Name != o.Name {
		return nil, twin, false
	}
	back, err := next.Remove(twin)
	same := err == nil && reflect.DeepEqual(wordsIn(back.draft.File().Nodes), wordsIn(t.draft.File().Nodes))
	return next, twin, same
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
func (t *Text) Remove(o Object) (*Text, error) { return t.RemoveAll([]Object{o}) }

// RemoveAll takes objects of one kind away.
func (t *Text) RemoveAll(list []Object) (*Text, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Object) int { return b.Line - a.Line }) // from the end to the beginning
	var edits []conf.Edit
	var off []Object
	for _, o := range list {
		if o.Disabled {
			off = append(off, o)
			continue
		}
		if err := o.editable(); err != nil {
			return nil, err
		}
		edits = append(edits, conf.Remove(o.path))
	}
	next, err := t.edit(edits)
	if err != nil || len(off) == 0 {
		return next, err
	}
	for i := range off { // the same ones, where they stand now
		if off[i], err = next.Find(off[i].Kind, off[i].ids()...); err != nil {
			return nil, err
		}
	}
	if next, err = next.EnableAll(off); err != nil {
		return nil, err
	}
	for i := range off {
		if off[i], err = next.Find(off[i].Kind, off[i].ids()...); err != nil {
			return nil, err
		}
	}
	return next.RemoveAll(off)
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
