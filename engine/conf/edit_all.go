package conf

import (
	"cmp"
	"slices"
	"strings"
)

// EditAll carries out edits one after another: the path of each leads through the tree
// that those before it made. Where none of them moves what a later one is about, as when
// they go from the end of the text to its beginning, the changed text is read but once.
// The error is that of Edit.
func (d *Draft) EditAll(edits []Edit) (*Draft, error) {
	if len(edits) == 0 {
		return d, nil
	}
	if after := d.atOnce(edits); after != nil {
		return after, nil
	}
	for _, e := range edits {
		c, err := d.Edit(e)
		if err != nil {
			return nil, err
		}
		if d, err = d.After(c); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// atOnce is the text after edits that leave each other's places alone; nil: they do not,
// or something is wrong with one of them.
func (d *Draft) atOnce(edits []Edit) *Draft {
	tree := d.file.Nodes
	changes := make([]Change, 0, len(edits))
	for i, e := range edits {
		if slices.ContainsFunc(edits[:i], e.movedBy) {
			return nil
		}
		s, refusal := d.find(e.path)
		if refusal == nil {
			refusal = d.may(e, s)
		}
		if refusal != nil {
			return nil
		}
		if c := d.changeOf(e, s); c.Old != c.New {
			changes = append(changes, c)
			tree = edited(tree, e.path, e)
		}
	}
	text, written, ok := splice(d.text, changes)
	if !ok {
		return nil
	}
	after := NewDraft(d.file.Name, text, d.opt)
	if !alike(tree, after.file.Nodes) {
		return nil
	}
	for _, w := range written {
		from, to := trimmed(after.text, w[0], w[1])
		if after.plain(from, to, Span{}) != nil || after.short(from, to, Span{}) != nil {
			return nil
		}
	}
	return after
}

// movedBy says whether the path of an edit leads elsewhere once an earlier one is done.
func (e Edit) movedBy(earlier Edit) bool {
	n := len(earlier.path)
	if len(e.path) < n || !slices.Equal(e.path[:n-1], earlier.path[:n-1]) {
		return false
	}
	mine, its, same := e.path[n-1], earlier.path[n-1], len(e.path) == n
	switch earlier.verb {
	case insert:
		return mine > its || mine == its && !(same && e.verb == insert)
	case remove:
		return mine >= its // the comments above it are then those of the next one
	case replace:
		return mine == its && !(same && e.verb == insert)
	}
	return mine == its && same && e.verb != insert
}

// splice makes several changes of one text, and says where in the new one each stands.
// Of those at one place the later one comes first, as if it were made after the other.
// False: they overlap.
func splice(text string, changes []Change) (after string, written [][2]int, ok bool) {
	slices.Reverse(changes)
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(min(1, len(a.Old)), min(1, len(b.Old))))
	})
	var b strings.Builder
	done := 0
	for _, c := range changes {
		if c.At < done {
			return "", nil, false
		}
		b.WriteString(text[done:c.At])
		written = append(written, [2]int{b.Len(), b.Len() + len(c.New)})
		b.WriteString(c.New)
		done = c.At + len(c.Old)
	}
	b.WriteString(text[done:])
	return b.String(), written, true
}

// trimmed is a range of a text without the blanks at its ends.
func trimmed(text string, from, to int) (int, int) {
	for from < to && strings.IndexByte(" \t\r\n", text[from]) >= 0 {
		from++
	}
	for to > from && strings.IndexByte(" \t\r\n", text[to-1]) >= 0 {
		to--
	}
	return from, to
}
