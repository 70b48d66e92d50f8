package conf

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const several = `! of the shop
a 1 # one
b {
    c 2   # two
    d {
        e 3
    }
    f 4 5
}

g {
	h 6
}
i 7`

// editsFromTheEnd are random edits of the statements of a block, each in front of the one
// before, as a form makes them.
func editsFromTheEnd(r *rand.Rand, nodes []Node, path Path) (list []Edit) {
	statement := func() Statement {
		s := Statement{Words: []string{"n" + strconv.Itoa(r.IntN(9)), "x y"}}
		if r.IntN(4) == 0 {
			s.Block, s.Inside = true, []Statement{{Words: []string{"z"}}}
		}
		return s
	}
	for i := len(nodes); i >= 0; i-- {
		at := append(slices.Clone(path), i)
		if i < len(nodes) {
			switch r.IntN(6) {
			case 0:
				list = append(list, Remove(at))
			case 1:
				list = append(list, Replace(at, statement()))
			case 2, 3:
				if b := nodes[i].Block; b != nil {
					list = append(list, editsFromTheEnd(r, b.Nodes, at)...)
				}
				if r.IntN(2) == 0 {
					list = append(list, SetWords(at, nodes[i].Word(0), "s"+strconv.Itoa(r.IntN(9))))
				}
			}
		}
		for range r.IntN(3) {
			list = append(list, Insert(at, statement()))
		}
	}
	return list
}

func inTurn(t *testing.T, d *Draft, list []Edit) string {
	t.Helper()
	for _, e := range list {
		c, err := d.Edit(e)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = d.After(c); err != nil {
			t.Fatal(err)
		}
	}
	return d.Text()
}

// signs are the bytes of a text that are no blanks: how far a line is indented is seen of
// the text that an edit finds.
func signs(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestSeveralEditsAtOnceAreTheSameAsOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	atOnce := 0
	for range 400 {
		d := NewDraft("", several, Options{})
		list := editsFromTheEnd(r, d.File().Nodes, nil)
		want := inTurn(t, d, list)
		if d.atOnce(list) != nil {
			atOnce++
		}
		got, err := d.EditAll(list)
		if err != nil {
			t.Fatal(err)
		}
		if signs(got.Text()) != signs(want) {
			t.Fatalf("%d edits:\n%s\nin place of\n%s", len(list), got.Text(), want)
		}
	}
	if atOnce < 150 {
		t.Errorf("only %d of 400 texts were read once", atOnce)
	}
}

func TestEditsThatMoveEachOtherAreDoneOneByOne(t *testing.T) {
	d := NewDraft("", several, Options{})
	for _, list := range [][]Edit{
		{Remove(Path{0}), Remove(Path{0})},
		{Insert(Path{0}, Statement{Words: []string{"x"}}), SetWords(Path{1}, "a", "9")},
		{Replace(Path{1}, Statement{Words: []string{"b"}, Block: true}), Insert(Path{1, 0}, Statement{Words: []string{"x"}})},
		{SetWords(Path{0}, "a", "8"), SetWords(Path{0}, "a", "9")},
	} {
		if d.atOnce(list) != nil {
			t.Errorf("%v are done at once", list)
		}
		got, err := d.EditAll(list)
		if want := inTurn(t, d, list); err != nil || got.Text() != want {
			t.Errorf("%v: %v\n%s", list, err, got.Text())
		}
	}
	if _, err := d.EditAll([]Edit{Remove(Path{3}), Remove(Path{9})}); err == nil {
		t.Error("an edit that leads nowhere is no error")
	}
}
