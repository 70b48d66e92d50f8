package objects

import (
	"reflect"
	"slices"
	"strings"

	"holdfast/engine/conf"
)

// Off begins each line of a disabled object, so that keepalived takes it for a comment
// and the object can come back as it was.
const Off = "#~ "

// Disable makes comments of an object's lines: keepalived reads the text as if the
// object were not in it. Faults: ObjectOff, ObjectShared where its lines hold
// something else, too.
func (t *Text) Disable(o Object) (*Text, error) { return t.DisableAll([]Object{o}) }

// DisableAll disables objects of one kind. Those that are disabled stay so.
func (t *Text) DisableAll(list []Object) (*Text, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(o Object) bool { return o.Disabled })
	removed, err := t.RemoveAll(list)
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(t.String(), "\n")
	for _, o := range list {
		for i := o.Line - 1; i < o.Last; i++ {
			mark := ""
			if i == 0 {
				mark = bom(lines[i])
			}
			lines[i] = mark + Off + lines[i][len(mark):]
		}
	}
	next := Open(strings.Join(lines, ""), t.facts)
	same := reflect.DeepEqual(wordsIn(next.draft.File().Nodes), wordsIn(removed.draft.File().Nodes))
	for _, o := range list {
		if back, err := next.Find(o.Kind, o.ids()...); !same || err != nil || !back.Disabled {
			return nil, refuse(ObjectShared, "Name", o.ID)
		}
	}
	return next, nil
}

// Enable takes the comments away that Disable made.
func (t *Text) Enable(o Object) (*Text, error) { return t.EnableAll([]Object{o}) }

// EnableAll enables objects of one kind. Fault: ObjectOff, where one stands in a disabled
// one.
func (t *Text) EnableAll(list []Object) (*Text, error) {
	lines := strings.SplitAfter(t.String(), "\n")
	changed := false
	for _, o := range list {
		if !o.Disabled {
			continue
		}
		if o.Owner != nil && o.Owner.Disabled {
			return nil, refuse(ObjectOff, "Name", o.Owner.ID)
		}
		changed = true
		for i := o.Line - 1; i < o.Last; i++ {
			mark := bom(lines[i])
			lines[i] = mark + strings.TrimPrefix(lines[i][len(mark):], Off)
		}
	}
	if !changed {
		return t, nil
	}
	return Open(strings.Join(lines, ""), t.facts), nil
}

// uncomment gives a text with all that is disabled as if it were not, and which lines
// are.
func uncomment(text string) (string, []bool) {
	if !strings.Contains(text, Off) {
		return text, nil
	}
	lines := strings.SplitAfter(text, "\n")
	off := make([]bool, len(lines))
	for i, line := range lines {
		mark := bom(line)
		line = line[len(mark):]
		for strings.HasPrefix(line, Off) {
			off[i], line = true, line[len(Off):]
		}
		lines[i] = mark + line
	}
	return strings.Join(lines, ""), off
}

// bom is the byte order mark that a text may begin with.
func bom(line string) string {
	if strings.HasPrefix(line, "\uFEFF") {
		return "\uFEFF"
	}
	return ""
}

// words is a statement without its place.
type words struct {
	Words  []string
	Inside []words
}

func wordsIn(nodes []conf.Node) []words {
	var list []words
	for i := range nodes {
		one := words{}
		for w := range nodes[i].Words {
			one.Words = append(one.Words, nodes[i].Word(w))
		}
		if b := nodes[i].Block; b != nil {
			one.Inside = append([]words{}, wordsIn(b.Nodes)...)
		}
		list = append(list, one)
	}
	return list
}
