package conf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// plainStatement is a statement without its place: what the laws of editing are about.
type plainStatement struct {
	words string
	block bool
	in    []plainStatement
}

func plainTree(nodes []Node) []plainStatement {
	var list []plainStatement
	for i := range nodes {
		n := &nodes[i]
		var words []string
		for _, w := range n.Words {
			words = append(words, w.Value())
		}
		p := plainStatement{words: fmt.Sprintf("%q", words), block: n.Block != nil}
		if n.Block != nil {
			p.in = plainTree(n.Block.Nodes)
			p.words += n.Block.Deep + fmt.Sprint(n.Block.Closed)
		}
		list = append(list, p)
	}
	return list
}

func plainNode(s Statement) plainStatement {
	p := plainStatement{words: fmt.Sprintf("%q", s.Words), block: s.Block}
	if s.Block {
		p.words += "true"
	}
	for _, in := range s.Inside {
		p.in = append(p.in, plainNode(in))
	}
	return p
}

// list gives the list of a path and the place in it.
func list(of *[]plainStatement, p Path) (*[]plainStatement, int) {
	for ; len(p) > 1; p = p[1:] {
		of = &(*of)[p[0]].in
	}
	return of, p[0]
}

// paths are those of all statements, and of the ends of all blocks.
func paths(nodes []Node, before Path) []Path {
	var all []Path
	for i := range nodes {
		p := append(slices.Clone(before), i)
		all = append(all, p)
		if nodes[i].Block != nil {
			all = append(all, paths(nodes[i].Block.Nodes, p)...)
		}
	}
	return append(all, append(slices.Clone(before), len(nodes)))
}

// lawful edits a text and holds the laws against what comes of it. It says whether
// the edit was done.
func lawful(t interface {
	Errorf(string, ...any)
	Helper()
}, text string, opt Options, e Edit) bool {
	t.Helper()
	d := NewDraft("x", text, opt)
	c, err := d.Edit(e)
	if err != nil {
		var refusal *Refusal
		if !errors.As(err, &refusal) || advice[refusal.Code] == "" {
			t.Errorf("%q: refused with %v", text, err)
		}
		return false
	}
	after, err := c.Apply(text)
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	if back, err := c.Inverse().Apply(after); err != nil || back != text {
		t.Errorf("%q became %q, and taken back %q", text, after, back)
	}
	want := plainTree(d.file.Nodes)
	in, i := list(&want, e.path)
	s, _ := d.find(e.path)
	from, to := s.after, s.after
	if n := s.node(); n != nil {
		from, to = s.bytes()
	}
	tail := ""
	if n := s.node(); n != nil && n.Block != nil {
		tail = n.Block.Deep + fmt.Sprint(n.Block.Closed)
	}
	switch e.verb {
	case setWord:
		var words []string
		for _, w := range s.node().Words {
			words = append(words, w.Value())
		}
		words[e.word] = e.words[0]
		(*in)[i].words = fmt.Sprintf("%q", words) + tail
		from, to = s.word(e.word)
	case setWords:
		(*in)[i].words = fmt.Sprintf("%q", e.words) + tail
		from, _ = s.word(0)
		_, to = s.word(len(s.node().Words) - 1)
	case insert:
		*in = slices.Insert(*in, i, plainNode(e.statement))
		if strings.Trim(c.Old, " \t\f\v\r") != "" {
			t.Errorf("%q: inserting takes %q away", text, c.Old)
		}
		from, to = c.At, c.At+len(c.Old)
	case remove:
		*in = slices.Delete(*in, i, i+1)
		if begins, _ := d.next(from); begins.kind&first != 0 {
			_, end := d.line(to)
			if next, more := d.next(to); more && int(next.at) < end {
				to = int(next.at)
			} else {
				to = min(end+1, len(text))
			}
			from, _ = d.line(from)
		} else {
			from = s.after
		}
	case replace:
		(*in)[i] = plainNode(e.statement)
	}
	if c.Old != c.New && (c.At < from || c.At+len(c.Old) > to) {
		t.Errorf("%q became %q: bytes %d..%d changed, those of the statement are %d..%d", text, after, c.At, c.At+len(c.Old), from, to)
	}
	got := Parse("x", []byte(after), opt.Node)
	if opt.Literal {
		got = NewDraft("x", after, opt).file
	}
	if have := plainTree(got.Nodes); fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("%q became %q: its tree is %v, want %v", text, after, have, want)
	}
	if was, is := unbalanced(text, "other"), unbalanced(after, "other"); is > was {
		t.Errorf("%q became %q: another node has %d braces more that do not add up", text, after, is-was)
	}
	return true
}

// expanded lists what is read once definitions and generators are carried out, a
// statement after the other with its depth.
func expanded(nodes []plainStatement, depth int) []string {
	var list []string
	for _, p := range nodes {
		list = append(list, fmt.Sprint(depth, p.words, p.block))
		list = append(list, expanded(p.in, depth+1)...)
	}
	return list
}

// oneChange holds the expanded text after an edit against the one before.
func oneChange(t *rapid.T, text string, opt Options, e Edit) {
	c, _ := NewDraft("x", text, opt).Edit(e)
	after, _ := c.Apply(text)
	was := expanded(plainTree(Read("x", []byte(text), opt).Nodes), 0)
	is := expanded(plainTree(Read("x", []byte(after), opt).Nodes), 0)
	more, same := len(is)-len(was), common(was, is)
	switch e.verb {
	case setWord, setWords:
		if more != 0 || same < len(was)-1 {
			t.Errorf("%q became %q: %q is read, it was %q", text, after, is, was)
		}
	case insert:
		if more != len(expanded([]plainStatement{plainNode(e.statement)}, 0)) || same < len(was) {
			t.Errorf("%q became %q: %q is read, it was %q", text, after, is, was)
		}
	case remove:
		if same < len(is) {
			t.Errorf("%q became %q: %q is read, it was %q", text, after, is, was)
		}
	}
}

// common is how many statements two lists share at the beginning and at the end.
func common(a, b []string) int {
	most, head, tail := min(len(a), len(b)), 0, 0
	for head < most && a[head] == b[head] {
		head++
	}
	for head+tail < most && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head + tail
}

// unbalanced is how many braces do not add up for a node, whatever the indentation.
func unbalanced(text, node string) int {
	_, l := lex("x", text, Options{Node: node}, false)
	s := shapeOf(l.text, l.marks)
	return s.missing + s.extra
}

func FuzzEditKeepsEveryOtherByte(f *testing.F) {
	for i, s := range seeds(f) {
		if len(s) < 1<<12 {
			f.Add(s, uint(i), uint(i)*7, "w x")
			f.Add(s, uint(i)+3, uint(i)*5, "w")
		}
	}
	for i, s := range []string{"@n a { b }\r\n@m c {\n@n }", "a{b{c}d}e\"f\"g", "$A=1\ninclude one\na $A ${A}x\n~SEQ(I,1,3) b$I { c }\n$M= \\\n d { \\\n e }\n$M"} {
		f.Add(s, uint(i)+64, uint(i), `x\`)
	}
	f.Fuzz(func(t *testing.T, text string, verb, at uint, value string) {
		opt := Options{Node: "n", Work: littleWork, Literal: verb&8 > 0}
		if verb&64 > 0 {
			opt.Files = func(pattern, _ string) ([]Source, error) { return included(pattern, text), nil }
		}
		all := paths(NewDraft("x", text, opt).file.Nodes, nil)
		p := all[at%uint(len(all))]
		inside := Statement{Words: []string{"y", value}}
		switch verb % 6 {
		case 0:
			lawful(t, text, opt, SetWord(p, int(verb/16%4), value))
		case 1:
			lawful(t, text, opt, SetWords(p, strings.Split(value, " ")...))
		case 2:
			lawful(t, text, opt, Insert(p, inside))
		case 3:
			lawful(t, text, opt, Remove(p))
		case 4:
			lawful(t, text, opt, Replace(p, Statement{Words: []string{"x", value}, Block: verb&16 > 0}))
		case 5:
			lawful(t, text, opt, Insert(p, Statement{Words: []string{value}, Block: true, Inside: []Statement{inside}}))
		}
	})
}

func TestLawsOfEditingHoldForTextsInOrder(t *testing.T) {
	done, tried := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t, 0, rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end"))
		if rapid.Bool().Draw(t, "cut") {
			text = strings.TrimRight(text, "\r\n")
		}
		opt := Options{Node: "n"}
		p := rapid.SampledFrom(paths(NewDraft("x", text, opt).file.Nodes, nil)).Draw(t, "path")
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b c", "", "$A", "x\\", "y#z", "{", "@n", "~SEQ(", "名"}), 1, 3).Draw(t, "words")
		s := Statement{Words: words, Block: rapid.Bool().Draw(t, "block")}
		if s.Block {
			s.Inside = []Statement{{Words: words}, {Words: []string{"k"}, Block: true}}
		}
		for _, e := range []Edit{SetWord(p, 0, words[0]), SetWord(p, 1, words[0]), SetWords(p, words...), Insert(p, s), Remove(p), Replace(p, s)} {
			tried++
			if lawful(t, text, opt, e) {
				done++
				oneChange(t, text, opt, e)
			}
		}
	})
	if done < tried/4 {
		t.Errorf("%d of %d edits were done", done, tried)
	}
}

// drawText draws a text whose braces add up for every node.
func drawText(t *rapid.T, depth int, end string) string {
	var b strings.Builder
	indent := strings.Repeat(rapid.SampledFrom([]string{"\t", "  ", ""}).Draw(t, "indent"), depth)
	behind := func() string {
		return rapid.SampledFrom([]string{"", "", " # c", "\t! c", " "}).Draw(t, "behind") + end
	}
	for range rapid.IntRange(0, 4).Draw(t, "lines") {
		mark := rapid.SampledFrom([]string{"", "", "", "@n ", "@m ", "@^n "}).Draw(t, "mark")
		switch kind := rapid.IntRange(0, 8).Draw(t, "kind"); {
		case kind == 0:
			b.WriteString(end)
		case kind == 1:
			b.WriteString(indent + "# }{ c" + end)
		case kind == 2:
			b.WriteString(mark + indent + "o { " + rapid.SampledFrom([]string{"", "p q", "p { q }", "p } r {"}).Draw(t, "one") + " }" + behind())
		case kind == 3 && depth < 3:
			b.WriteString(mark + indent + "v \"w x\"" + rapid.SampledFrom([]string{" {", "{", end + mark + "{"}).Draw(t, "brace") + behind())
			b.WriteString(drawText(t, depth+1, end) + mark + indent + "}" + behind())
		case kind == 4:
			b.WriteString(rapid.SampledFrom([]string{"$A=1", "$A=b c", "$M= \\" + end + " m 1 \\" + end + " m 2", "~SEQ(I,1,2) g $I", "$M"}).Draw(t, "special") + end)
		default:
			b.WriteString(mark + indent + rapid.SampledFrom([]string{"a", "b  c", "d\t\"e f\"  g", "h $A", "i x${A} j", "k l\\#m", "n \"open"}).Draw(t, "line") + behind())
		}
	}
	return b.String()
}
