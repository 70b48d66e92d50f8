package conf

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// row is an edit of a text. The text is read as the node n does; want is what comes
// of it, or the code of the refusal.
type row struct {
	text string
	edit Edit
	want string
}

// does runs the edit and takes it back.
func (r row) does(t *testing.T, opt Options) {
	t.Helper()
	d := NewDraft("x", r.text, opt)
	c, err := d.Edit(r.edit)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		if refusal.Code != r.want {
			t.Errorf("refused: %s %v, want %q", refusal.Code, refusal, r.want)
		}
		return
	}
	got, err := c.Apply(r.text)
	if err != nil || got != r.want {
		t.Errorf("became\n%s\nwant\n%s\n%v", got, r.want, err)
	}
	if back, err := c.Inverse().Apply(got); err != nil || back != r.text {
		t.Errorf("taken back, it is\n%s\n%v", back, err)
	}
}

func line(words ...string) Statement { return Statement{Words: words} }

func blockOf(inside []Statement, words ...string) Statement {
	return Statement{Words: words, Block: true, Inside: inside}
}

func TestOneWordChangesAndNothingElse(t *testing.T) {
	for name, r := range map[string]row{
		"a value":               {"a {\n\tb  1\t# c\n}\n", SetWord(Path{0, 0}, 1, "22"), "a {\n\tb  22\t# c\n}\n"},
		"the first word":        {"a b\n", SetWord(Path{0}, 0, "c"), "c b\n"},
		"carriage returns":      {"a {\r\n b 1\r\n}\r\n", SetWord(Path{0, 0}, 1, "2"), "a {\r\n b 2\r\n}\r\n"},
		"no end of line":        {"a 1", SetWord(Path{0}, 1, "2"), "a 2"},
		"quotes as needed":      {"a b c", SetWord(Path{0}, 1, "d e"), `a "d e" c`},
		"quotes that go":        {`a "b c" d`, SetWord(Path{0}, 1, "e"), "a e d"},
		"an open quote":         {"a \"b c\nd", SetWord(Path{0}, 1, "e f"), "a \"e f\"\nd"},
		"a comment in the word": {"pass ab!cd\n", SetWord(Path{0}, 1, "xy"), "pass xy!cd\n"},
		"a backslash before it": {"pass ab!cd\n", SetWord(Path{0}, 1, `x\`), "pass x\\ !cd\n"},
		"glued words":           {`a b"c"d`, SetWord(Path{0}, 2, "x"), `a b x d`},
		"a word before a brace": {"a b{\n}\n", SetWord(Path{0}, 1, "c"), "a c{\n}\n"},
		"on one line":           {"a { b 1 } c", SetWord(Path{0, 0}, 1, "2"), "a { b 2 } c"},
		"the same":              {`a "b"  c`, SetWord(Path{0}, 1, "b"), `a "b"  c`},
		"behind its mark":       {"@n a 1\n@m a 2\n", SetWord(Path{0}, 1, "3"), "@n a 3\n@m a 2\n"},
		"a byte order mark":     {"\ufeffa 1\n", SetWord(Path{0}, 1, "2"), "\ufeffa 2\n"},
		"of an include":         {"include x\n", SetWord(Path{0}, 1, "y z"), "include \"y z\"\n"},
		"what is no use of one": {"a b$c\n", SetWord(Path{0}, 1, "d$e"), "a d$e\n"},
		"words of other lines":  {"$A=1\na $A\nb 1\n", SetWord(Path{2}, 1, "2"), "$A=1\na $A\nb 2\n"},
		"beside a definition":   {"$A=1\na $A 1\n", SetWord(Path{1}, 2, "2"), "$A=1\na $A 2\n"},
		"an empty word":         {"a b\n", SetWord(Path{0}, 1, ""), "a \"\"\n"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n"}) })
	}
}

func TestWordsOfALineChangeWhereTheyDiffer(t *testing.T) {
	for name, r := range map[string]row{
		"one in the middle": {"a  b\tc   d # e\n", SetWords(Path{0}, "a", "x", "c", "d"), "a  x\tc   d # e\n"},
		"one more":          {"a\tb # c\n", SetWords(Path{0}, "a", "b", "x y"), "a\tb \"x y\" # c\n"},
		"one less":          {"a\tb  c # d\n", SetWords(Path{0}, "a", "b"), "a\tb # d\n"},
		"one less in it":    {"a b  c d\n", SetWords(Path{0}, "a", "d"), "a d\n"},
		"one more in it":    {"a d\n", SetWords(Path{0}, "a", "b", "d"), "a b d\n"},
		"one more at first": {"  a {\n  }\n", SetWords(Path{0}, "x", "a"), "  x a {\n  }\n"},
		"one less at first": {"  a b {\n  }\n", SetWords(Path{0}, "b"), "  b {\n  }\n"},
		"behind open quote": {"a \"b c\n", SetWords(Path{0}, "a", "b c", "d"), "a \"b c\" d\n"},
		"none":              {"a b\n", SetWords(Path{0}), "edit-value"},
		"all the same":      {"a  'b'\n", SetWords(Path{0}, "a", "'b'"), "a  'b'\n"},
		"but for the last":  {"$A=1\na 1 $A\n", SetWords(Path{1}, "a", "2", "$A"), "$A=1\na 2 $A\n"},
		"one of definition": {"$A=1\na 1 $A\n", SetWords(Path{1}, "a", "1", "2"), "edit-definition"},
		"behind definition": {"$A=1\na $A\n", SetWords(Path{1}, "a", "$A", "2"), "$A=1\na $A 2\n"},
		"others":            {"a  b\n", SetWords(Path{0}, "c", "d"), "c  d\n"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n"}) })
	}
}

func TestInsertedStatementLooksLikeItsNeighbours(t *testing.T) {
	inside := []Statement{line("x", "1"), blockOf(nil, "y")}
	for name, r := range map[string]row{
		"behind a comment":      {"a {\n\tb 1 # c\n}\n", Insert(Path{0, 1}, line("d")), "a {\n\tb 1 # c\n\td\n}\n"},
		"as the first":          {"a { # c\n  b\n}\n", Insert(Path{0, 0}, line("d")), "a { # c\n  d\n  b\n}\n"},
		"brace on its line":     {"a\n{\n  b\n}\n", Insert(Path{0, 0}, line("d")), "a\n{\n  d\n  b\n}\n"},
		"carriage returns":      {"a {\r\n b\r\n}\r\n", Insert(Path{0, 1}, line("d")), "a {\r\n b\r\n d\r\n}\r\n"},
		"an empty block":        {"a {\n}\n", Insert(Path{0, 0}, line("d")), "a {\n    d\n}\n"},
		"the text's own indent": {"a {\n}\nb {\n\tc\n}\n", Insert(Path{0, 0}, line("d")), "a {\n\td\n}\nb {\n\tc\n}\n"},
		"one line, behind":      {"a { b }\n", Insert(Path{0, 1}, line("d")), "a { b\n    d\n}\n"},
		"one line, before":      {"a { b }\n", Insert(Path{0, 0}, line("d")), "a {\n    d\n    b }\n"},
		"one line, empty":       {"a {}\n", Insert(Path{0, 0}, line("d")), "a {\n    d\n}\n"},
		"no end of line":        {"a", Insert(Path{1}, line("d")), "a\nd"},
		"a comment at the end":  {"a # b", Insert(Path{1}, line("d")), "a # b\nd"},
		"an empty text":         {"", Insert(Path{0}, line("d")), "d\n"},
		"nothing but comments":  {"# a\n", Insert(Path{0}, line("d")), "# a\nd\n"},
		"below what heads it":   {"# a\n\n# b\nb\n", Insert(Path{0}, line("d")), "# a\n\nd\n# b\nb\n"},
		"a block":               {"a {\n  b\n}\n", Insert(Path{1}, blockOf(inside, "c d", "e")), "a {\n  b\n}\n\n\"c d\" e {\n  x 1\n  y {\n  }\n}\n"},
		"a block in a block":    {"a {\n  b\n}\n", Insert(Path{0, 1}, blockOf(inside, "c")), "a {\n  b\n  c {\n    x 1\n    y {\n    }\n  }\n}\n"},
		"behind a block":        {"a {\n  b {\n  } # c\n}\n", Insert(Path{0, 1}, line("d")), "a {\n  b {\n  } # c\n  d\n}\n"},
		"behind a marked line":  {"a {\n  @m b 1\n  @n b 2\n}\n", Insert(Path{0, 1}, line("d")), "a {\n  @m b 1\n  @n b 2\n    d\n}\n"},
		"in a marked block":     {"@n a {\n@n  b\n@n }\n", Insert(Path{0, 1}, line("d")), "@n a {\n@n  b\n@n  d\n@n }\n"},
		"marked, on one line":   {"@n a { b }\n", Insert(Path{0, 1}, line("d")), "@n a { b\n@n     d\n@n }\n"},
		"a brace of two nodes":  {"@n a {\n@m b {\n c\n}\n", Insert(Path{0, 0}, line("d")), "edit-condition"},
		"a word of one node":    {"@n a\n{\n b\n@n }\n", Insert(Path{0, 1}, line("d")), "edit-condition"},
		"a block without brace": {"a {\n b\n", Insert(Path{0, 1}, line("d")), "edit-unbalanced"},
		"beyond the last":       {"a\n", Insert(Path{2}, line("d")), "edit-nowhere"},
		"in no block":           {"a\n", Insert(Path{0, 0}, line("d")), "edit-nowhere"},
		"before a lone brace":   {"a\n{\n}\n{\n}\n", Insert(Path{1}, line("d")), "edit-unbalanced"},
		"inside without braces": {"a\n", Insert(Path{1}, Statement{Words: []string{"b"}, Inside: inside}), "edit-unclear"},
		"too deep":              {strings.Repeat("a {\n", 254) + strings.Repeat("}\n", 254), Insert(make(Path, 255), blockOf([]Statement{blockOf([]Statement{line("c")}, "b")}, "a")), "edit-unclear"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n"}) })
	}
}

func TestRemovedStatementTakesNothingAlong(t *testing.T) {
	for name, r := range map[string]row{
		"its line and comment":  {"a\n# b\n  c # d\n\ne\n", Remove(Path{1}), "a\n# b\n\ne\n"},
		"a block":               {"a\n{\n # b\n c\n}\n# d\ne\n", Remove(Path{0}), "# d\ne\n"},
		"the last line":         {"a\r\nb", Remove(Path{1}), "a\r\n"},
		"out of one line":       {"a { b c } # d\n", Remove(Path{0, 0}), "a { } # d\n"},
		"before another":        {"  a { b } c d\n", Remove(Path{0}), "  c d\n"},
		"behind another":        {"a { b } c d # e\n", Remove(Path{1}), "a { b } # e\n"},
		"between others":        {"a { } b { } c", Remove(Path{1}), "a { } c"},
		"behind its mark":       {"@m a\n@n a\nb\n", Remove(Path{0}), "@m a\nb\n"},
		"a value of definition": {"$A=1\na $A\nb\n", Remove(Path{1}), "$A=1\nb\n"},
		"lines of other nodes":  {"a {\n@n b {\n@n c\n@n }\n@m d\n}\ne\n", Remove(Path{0}), "e\n"},
		"a brace of two nodes":  {"@n a {\n@m b {\n c\n}\n", Remove(Path{0}), "edit-condition"},
		"with a definition":     {"a {\n$A=1\n}\nb $A\n", Remove(Path{0}), "edit-definition"},
		"a lone brace":          {"a {\n}\n}\n", Remove(Path{1}), "edit-unbalanced"},
		"after a byte mark":     {"\ufeffa\nb\n", Remove(Path{0}), "\ufeffb\n"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n"}) })
	}
}

func TestReplacedStatementStandsWhereTheOldOneStood(t *testing.T) {
	for name, r := range map[string]row{
		"a line":               {"a {\n\tb 1 # c\n}\n", Replace(Path{0, 0}, line("d", "2")), "a {\n\td 2 # c\n}\n"},
		"a block":              {"a {\n  b\n} # c\nd\n", Replace(Path{0}, blockOf([]Statement{line("x")}, "e")), "e {\n  x\n} # c\nd\n"},
		"a line by a block":    {"a {\n  b # c\n}\n", Replace(Path{0, 0}, blockOf([]Statement{line("x")}, "e")), "a {\n  e {\n    x\n  } # c\n}\n"},
		"a block by a line":    {"a { b } c d\n", Replace(Path{0}, line("e")), "e\n c d\n"},
		"a glued comment":      {"a {}# c\n", Replace(Path{0}, line("e")), "e# c\n"},
		"behind its mark":      {"a {\n@n b {\n@n }\n}\n", Replace(Path{0, 0}, blockOf([]Statement{line("x")}, "e")), "a {\n@n e {\n@n     x\n@n }\n}\n"},
		"a line of definition": {"$M= \\\n a \\\n b\nc $M\n", Replace(Path{3}, line("e")), "edit-definition"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n"}) })
	}
}

func TestWhatDoesNotStandInTheTextIsRefused(t *testing.T) {
	files := func(pattern, from string) ([]Source, error) { return []Source{{"/d/inc", []byte("$B=7\nz 1\n")}}, nil }
	for name, r := range map[string]row{
		"a value of a definition":      {"$A=1\na $A\n", SetWord(Path{1}, 1, "2"), "edit-definition"},
		"in braces":                    {"$A=1\na x${A}y\n", SetWord(Path{1}, 1, "2"), "edit-definition"},
		"of an included definition":    {"include inc\na ${B}\n", SetWord(Path{1}, 1, "2"), "edit-definition"},
		"all words of it":              {"$A=1\na $A\n", SetWords(Path{1}, "a", "2"), "edit-definition"},
		"a definition":                 {"$A=1\na $A\n", SetWord(Path{0}, 0, "b"), "edit-definition"},
		"its removal":                  {"$A=1\na $A\n", Remove(Path{0}), "edit-definition"},
		"a line of a definition":       {"$M= \\\n a 1 \\\n b 2\n$M\n", SetWord(Path{1}, 1, "2"), "edit-definition"},
		"in a line of a definition":    {"$M= \\\n a 1 \\\n b 2\n$M\n", Insert(Path{1}, line("c")), "edit-definition"},
		"all that a definition brings": {"$M= \\\n a 1 \\\n b 2\n$M\n", Remove(Path{3}), "edit-definition"},
		"a generator":                  {"~SEQ(I,1,3) a $I\n", SetWord(Path{0}, 1, "2"), "edit-generator"},
		"in a generated block":         {"~LST(I,1) a $I { b }\n", Insert(Path{0, 1}, line("2")), "edit-generator"},
		"a value that is a use":        {"$A=1\na 2\n", SetWord(Path{1}, 1, "${A}"), "edit-value"},
		"a new line with a use":        {"$A=1\na 2\n", Insert(Path{2}, line("b", "${A}")), "edit-value"},
		"but not what quotes guard":    {"$A=1\na 2\n", Insert(Path{2}, line("b", "$A")), "$A=1\na 2\nb \"$A\"\n"},
		"a line end":                   {"a b\n", SetWord(Path{0}, 1, "c\nd"), "edit-value"},
		"a NUL":                        {"a b\n", SetWord(Path{0}, 1, "c\x00d"), "edit-value"},
		"a quote and a blank":          {"a b\n", SetWord(Path{0}, 1, `c" d`), "edit-value"},
		"a long line":                  {"a b\n", SetWord(Path{0}, 1, strings.Repeat("x", 1030)), "edit-line-long"},
		"no such word":                 {"a b\n", SetWord(Path{0}, 2, "x"), "edit-nowhere"},
		"no such statement":            {"a b\n", Remove(Path{1}), "edit-nowhere"},
		"no path":                      {"a b\n", Remove(nil), "edit-nowhere"},
	} {
		t.Run(name, func(t *testing.T) { r.does(t, Options{Node: "n", Files: files}) })
	}
}

func TestPlaceOfTheReadTreeLeadsToItsStatement(t *testing.T) {
	const text = "$A=1\ninclude inc\n@m a {\na {\n  b $A\n  ~SEQ(I,1,2) c$I\n  d {\n   e\n  }\n}\nf"
	files := func(pattern, from string) ([]Source, error) { return []Source{{"/d/inc", []byte("z\n")}}, nil }
	opt := Options{Node: "n", Files: files}
	d, codes := NewDraft("x", text, opt), map[string]string{}
	var look func(nodes []Node)
	look = func(nodes []Node) {
		for i := range nodes {
			n := &nodes[i]
			p, _, err := d.At(n.Span())
			var refusal *Refusal
			switch {
			case errors.As(err, &refusal):
				codes[n.Word(0)] = refusal.Code + " " + refusal.Args["Name"]
			case err != nil:
				t.Error(err)
			default:
				s, _ := d.find(p)
				codes[n.Word(0)] = s.node().Word(0)
			}
			if n.Block != nil {
				look(n.Block.Nodes)
			}
		}
	}
	look(Read("x", []byte(text), opt).Nodes)
	for word, want := range map[string]string{"z": "edit-included /d/inc", "a": "a", "b": "b", "d": "d", "e": "e", "f": "f", "c1": "~SEQ(I,1,2)"} {
		if codes[word] != want {
			t.Errorf("%s leads to %q, want %q", word, codes[word], want)
		}
	}
	if p, word, err := d.At(Span{Line: 5, Col: 5}); err != nil || word != 1 || fmt.Sprint(p) != "[2 0]" {
		t.Errorf("$A leads to %v, word %d, %v", p, word, err)
	}
	for _, at := range []Span{{Line: 5, Col: 4}, {Line: 3, Col: 1}, {Line: 99, Col: 1}} {
		if p, _, err := d.At(at); err == nil {
			t.Errorf("nothing stands at %v, and it leads to %v", at, p)
		}
	}
}

func TestRefusalSaysWhereWhatAndWhatToDo(t *testing.T) {
	_, err := NewDraft("x", "$A=1\na {\n b $A\n}\n", Options{}).Edit(SetWord(Path{1, 0}, 1, "2"))
	if want := `3:2-3:6: "$A": a definition stands behind these words; edit the definition in the text`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	for code := range advice {
		if s := refuse(code, Span{}).Error(); strings.HasSuffix(s, ": ") || strings.HasSuffix(s, ":") {
			t.Errorf("%s says %q", code, s)
		}
	}
}

func TestChangeOfAnotherTextIsNotMade(t *testing.T) {
	for _, c := range []Change{{At: 2, Old: "x"}, {At: 9}, {At: -1}} {
		if _, err := c.Apply("abc"); !errors.Is(err, ErrOtherText) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
