package conf

import (
	"fmt"
	"strings"
	"testing"
)

func TestBlocksThatStandInAKnownTextAreLeftOut(t *testing.T) {
	block := func(i int) string { return fmt.Sprintf("pool p%d {\n size %d\n}\n", i, i) }
	blocks := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(block(i))
		}
		return b.String()
	}
	text := "a 1\n" + blocks(9) + "b 2\n"
	changed := strings.Replace(text, "size 4", "size 44", 1)
	for _, row := range []struct{ name, text, known, read string }{
		{"nothing is known", text, "", "a p0 p1 p2 p3 p4 p5 p6 p7 p8 b"},
		{"the same text", text, text, "a b"},
		{"one block changed", changed, text, "a p4 b"},
		{"one block more at the end", blocks(3), blocks(2), "p2"},
		{"the last block is gone", blocks(2), blocks(3), ""},
		{"one line", "pool p0 { size 1 } pool p1 { size 2 } a 1", "pool p0 { size 1 } pool p1 { size 3 } a 1", "p1 a"},
		{"another first word", strings.ReplaceAll(text, "pool", "team"), strings.ReplaceAll(text, "pool", "team"), "a p0 p1 p2 p3 p4 p5 p6 p7 p8 b"},
		{"a definition", "$S=1\n" + text + "c $S\n", "$S=2\n" + text + "c $S\n", "a p0 p1 p2 p3 p4 p5 p6 p7 p8 b c"},
		{"a brace is missing", text + "pool p9 {\n", text, "a p0 p1 p2 p3 p4 p5 p6 p7 p8 b p9"},
	} {
		opt := Options{Known: row.known, Budget: &Budget{Apart: map[string]bool{"pool": true}}}
		places := map[string]Span{}
		_, all := Statements("x", row.text, Options{})
		for n := range all {
			places[nameOf(n)] = n.Span()
		}
		var read []string
		_, some := Statements("x", row.text, opt)
		for n := range some {
			read = append(read, nameOf(n))
			if at := n.Span(); at != places[nameOf(n)] {
				t.Errorf("%s: %s is at %v, want %v", row.name, nameOf(n), at, places[nameOf(n)])
			}
		}
		if got := strings.Join(read, " "); got != row.read {
			t.Errorf("%s: read %s, want %s", row.name, got, row.read)
		}
	}
}

// nameOf is what a statement is called here: the name of a block, or its word.
func nameOf(n *Node) string {
	if n.Block != nil {
		return n.Word(1)
	}
	return n.Word(0)
}

func TestLimitOfASingleBlockHoldsAtItsLastStatement(t *testing.T) {
	for inside, refused := range map[int]bool{3: false, 4: false, 5: true, 6: true} {
		block := "pool p {\n" + strings.Repeat(" s 1\n", inside) + "}\n"
		f, all := Statements("x", block+block+"a 1\n", Options{Budget: &Budget{Apart: map[string]bool{"pool": true},
			Limits: []Limit{{Code: "many", Most: 4, Single: true}}}})
		read := 0
		for range all {
			read++
		}
		if got := len(f.Problems) > 0; got != refused || refused != (read == 0) {
			t.Errorf("%d statements in a block: refused %v, read %d", inside, got, read)
		}
	}
}
