package oracle

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// every how manyth text of a corpus goes through the short form.
const every = 8

func TestEveryDirectiveIsSetChangedAndRemovedInEveryText(t *testing.T) {
	files, mine := all(t), len(own(t))
	if !long() {
		kept := files[:mine:mine]
		for i := mine; i < len(files); i += every {
			kept = append(kept, files[i])
		}
		files = kept
	}
	all := places(t)
	if len(all) < 700 {
		t.Fatalf("%d directives", len(all))
	}
	names := slices.Sorted(maps.Keys(all))
	var sum tally
	eachText(t, files, func(t *testing.T, name string, text []byte) {
		e := editor{t: t, d: model.Draft(name, string(text), model.Facts{Node: node, Files: noFiles}), sum: &sum}
		for _, id := range names {
			e.directive(id, all[id])
		}
	})
	t.Logf("%d texts, %d directives: %d set in a block of the text, %d with a new block, %d changed, %d removed, refused %v",
		len(files), len(all), sum.inside, sum.anew, sum.changed, sum.removed, sum.refused)
}

// misread are the findings that say that a statement stands in the wrong place, or in
// the wrong form.
var misread = []string{"unknown-word", "unknown-block", "misplaced-word", "no-block", "unexpected-block", "unknown-value", "bad-number", "out-of-range", "bad-address", "bad-boolean"}

func TestWhatIsSetIsUnderstoodAsTheTableSays(t *testing.T) {
	for id, p := range places(t) {
		d := conf.NewDraft("x", "", conf.Options{Node: node})
		c, err := d.Edit(conf.Insert(conf.Path{0}, p.around()))
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		_, findings := model.Parse("x", []byte(c.New), model.Facts{Node: node})
		for _, f := range findings {
			if slices.Contains(misread, f.Code) {
				t.Errorf("%s: %s %v in\n%s", id, f.Code, f.Args, c.New)
			}
		}
	}
}

func TestEveryRefusalHasItsSentence(t *testing.T) {
	for _, code := range []string{conf.EditNowhere, conf.EditValue, conf.EditLineLong, conf.EditDefinition, conf.EditGenerator,
		conf.EditIncluded, conf.EditUnbalanced, conf.EditCondition, conf.EditUnclear} {
		for _, lang := range assets.Langs {
			for _, args := range []map[string]string{{}, {"Name": "N", "Value": "V", "Word": "W", "Most": "1"}} {
				if s := assets.Text(lang, "refused."+code, args); strings.HasPrefix(s, "[") || len(args) > 0 && strings.Contains(s, "<no value>") || strings.Contains(s, "  ") {
					t.Errorf("%s: %q", lang, s)
				}
			}
		}
	}
}

// tally counts what was done.
type tally struct {
	inside, anew, changed, removed int
	refused                        map[string]int
}

// editor edits one text.
type editor struct {
	t   *testing.T
	d   *conf.Draft
	sum *tally
}

func (e *editor) directive(id string, p place) {
	t := e.t
	path, c, anew, err := e.set(p)
	if err != nil {
		var r *conf.Refusal
		if !errors.As(err, &r) || r.Code != conf.EditUnbalanced || !broken(e.d.File()) {
			t.Errorf("%s cannot be set: %v", id, err)
		}
		if e.sum.refused == nil {
			e.sum.refused = map[string]int{}
		}
		e.sum.refused[r.Code]++
		return
	}
	if anew {
		e.sum.anew++
	} else {
		e.sum.inside++
	}
	text, d := e.d.Text(), e.done(id, e.d, c)
	set := d.Text()
	e.holds(id, d, path, p.words)

	if change, err := d.Edit(conf.SetWords(path, p.other...)); err != nil {
		t.Errorf("%s cannot be changed: %v", id, err)
	} else {
		e.sum.changed++
		changed := e.done(id, d, change)
		e.holds(id, changed, path, p.other)
		if a, b := lines(set), lines(changed.Text()); len(a) != len(b) || differ(a, b) != 1 {
			t.Errorf("%s: %d lines are others after a change of one", id, differ(a, b))
		}
	}

	if anew {
		path = path[:1]
	}
	away, err := d.Edit(conf.Remove(path))
	if err != nil {
		t.Errorf("%s cannot be removed: %v", id, err)
		return
	}
	e.sum.removed++
	removed := e.done(id, d, away).Text()
	if c.Old != "" { // a block on one line: its braces part
		return
	}
	if whole := strings.HasSuffix(c.New, "\n") && !strings.HasPrefix(c.New, "\n") && !strings.HasPrefix(c.New, "\r"); whole && !anew {
		if removed != text {
			t.Errorf("%s: removed again, it leaves another text", id)
		}
		return
	}
	// Line ends that part a new block, and that the last line lacked, stay.
	if removed != text && (!strings.HasPrefix(removed, text[:c.At]) || squeeze(removed) != squeeze(text) || len(removed)-len(text) > len("\r\n\r\n")) {
		t.Errorf("%s: removed again, it leaves %q", id, strings.TrimSuffix(removed[c.At:], text[c.At:]))
	}
}

// set writes a directive into the first block of its kind that takes it, else into
// a new one at the end, or at the beginning, of the text.
func (e *editor) set(p place) (path conf.Path, c conf.Change, anew bool, err error) {
	for _, at := range blocks(e.d.File().Nodes, p.blocks, nil) {
		if c, err = e.d.Edit(conf.Insert(at, p.statement())); err == nil {
			return at, c, false, nil
		}
	}
	for _, i := range []int{len(e.d.File().Nodes), 0} {
		if c, err = e.d.Edit(conf.Insert(conf.Path{i}, p.around())); err == nil {
			path = append(conf.Path{i}, make(conf.Path, len(p.blocks))...)
			return path, c, len(p.blocks) > 0, nil
		}
	}
	return nil, c, false, err
}

// blocks are the places behind the last statement of each block of a kind.
func blocks(nodes []conf.Node, kind []string, outer conf.Path) []conf.Path {
	if len(kind) == 0 {
		return []conf.Path{append(slices.Clone(outer), len(nodes))}
	}
	var found []conf.Path
	for i := range nodes {
		if n := &nodes[i]; n.Word(0) == kind[0] && n.Block != nil {
			found = append(found, blocks(n.Block.Nodes, kind[1:], append(slices.Clone(outer), i))...)
		}
	}
	return found
}

// done makes a change, and takes it back.
func (e *editor) done(id string, d *conf.Draft, c conf.Change) *conf.Draft {
	after, err := d.After(c)
	if err != nil {
		e.t.Fatalf("%s: %v", id, err)
	}
	if back, err := c.Inverse().Apply(after.Text()); err != nil || back != d.Text() {
		e.t.Errorf("%s: taken back, the text is another: %v", id, err)
	}
	return after
}

// holds wants the words at the end of a path.
func (e *editor) holds(id string, d *conf.Draft, path conf.Path, words []string) {
	nodes := d.File().Nodes
	var n *conf.Node
	for _, i := range path {
		if i >= len(nodes) {
			e.t.Errorf("%s: nothing stands at %v", id, path)
			return
		}
		if n = &nodes[i]; n.Block != nil {
			nodes = n.Block.Nodes
		}
	}
	var got []string
	for i := range n.Words {
		got = append(got, n.Word(i))
	}
	if !slices.Equal(got, words) {
		e.t.Errorf("%s: it says %q, want %q", id, got, words)
	}
}

func broken(f *conf.File) bool {
	return slices.ContainsFunc(f.Problems, func(p conf.Problem) bool { return strings.HasSuffix(p.Code, "-brace") })
}

func lines(text string) []string { return strings.SplitAfter(text, "\n") }

// differ is how many lines of two texts of the same length differ.
func differ(a, b []string) int {
	n := 0
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			n++
		}
	}
	return n
}

// squeeze is a text without its line ends.
func squeeze(text string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(text) }
