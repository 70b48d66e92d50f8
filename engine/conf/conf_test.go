package conf

import (
	"strings"
	"testing"
)

// outline prints the tree as nested words, for short tests.
func outline(nodes []Node) string {
	var b strings.Builder
	for i := range nodes {
		n := &nodes[i]
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		for j, w := range n.Words {
			if j > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(w.Value())
		}
		if n.Block != nil {
			b.WriteString("(" + outline(n.Block.Nodes) + ")")
		}
	}
	return b.String()
}

func TestTextBecomesTree(t *testing.T) {
	for name, row := range map[string]struct{ text, want string }{
		"block":                        {"a {\n b c\n}\n", "a(b c)"},
		"brace on its own line":        {"a\n{\n b\n}\n", "a(b)"},
		"brace after blank lines":      {"a\n\n# x\n{\n b\n}\n", "a(b)"},
		"text after a closing brace":   {"a {\n} b\n", "a(); b"},
		"one line is one statement":    {"a { b c d e }", "a(b c d e)"},
		"nested on one line":           {"a { b { c } }", "a(b(c))"},
		"comment in mid word":          {"auth_pass ab!cd", "auth_pass ab"},
		"comment swallows a brace":     {"a {\n b ! }\n}", "a(b)"},
		"hash in quotes is text":       {`a "b#c !d"`, "a b#c !d"},
		"single quotes protect not":    {"a 'b #c'", "a 'b"},
		"escaped comment characters":   {`a b\!c\#d`, "a b!c#d"},
		"brace in quotes is text":      {`a "{b}" c`, "a {b} c"},
		"quote splits a word":          {`ab"cd"ef`, "ab cd ef"},
		"unterminated quote ends line": {"a \"b c\nd", "a b c; d"},
		"escaped quote at the end":     {"a \"b\\\"\nc", `a b\"; c`},
		"backslash at the end":         {"a b\\\nc \"d e\\\nf", `a b\; c d e; f`},
		"backslash behind blanks":      {"a b \\\nc \t\\\nd {\ne \\ # x\n}", `a b\; c\; d(e\)`},
		"backslash behind a comment":   {"a b # c \\\n# d \\\ne", `a b\; e`},
		"two backslashes are a word":   {"a b \\\\\nc # d \\\\", `a b \\; c`},
		"backslash behind quotes":      {"a \"b\" \\\nc", `a b \; c`},
		"escaped quote in quotes":      {`a "b\"c" d`, `a b\"c d`},
		"carriage returns":             {"a {\r\n b\r\n}\r\n", "a(b)"},
		"byte order mark":              {"\ufeffa b", "a b"},
		"line for this node":           {"@n1 a\n@n2 b\n@^n1 c\n@^n2 d\n", "a; d"},
		"block for this node":          {"@n1 a {\n@n2 b {\n c\n}\n", "a(c)"},
		"@ with nothing after it":      {"@n1\na", "a"},
		"@ inside a line is a word":    {"mail {\n root@n2 @n3\n}", "mail(root@n2 @n3)"},
		"line with NUL is not read":    {"a\nb\x00c\nd", "a; d"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse("x", []byte(row.text), "n1")
			if got := outline(f.Nodes); got != row.want {
				t.Errorf("tree is %q, want %q", got, row.want)
			}
			if got := f.String(); got != row.text {
				t.Errorf("printed %q, want %q", got, row.text)
			}
		})
	}
}

func TestProblemsStandWhereAPersonWouldLook(t *testing.T) {
	for name, row := range map[string]struct{ text, want, tree string }{
		"missing brace before the next block": {
			"s a {\n  x\n  y\n\ns b {\n  z\n}\ni c {\n  w\n}\n",
			"1:1-1:6 missing-brace", "s a(x; y); s b(z); i c(w)"},
		"missing brace of an inner block": {
			"i a {\n  auth {\n    x\n  vip {\n    y\n  }\n}\nj {\n}\n",
			"2:3-2:9 missing-brace", "i a(auth(x); vip(y)); j()"},
		"missing brace at the end": {
			"a {\nb {\nc\n}\n", "1:1-1:4 missing-brace", "a(b(c))"},
		"extra brace inside": {
			"i a {\n  auth {\n    x\n  }\n  }\n  vip {\n    y\n  }\n}\n",
			"5:3-5:4 extra-brace", "i a(auth(x); }; vip(y))"},
		"extra brace at the end":  {"a {\n}\n}\n", "3:1-3:2 extra-brace", "a(); }"},
		"brace without a word":    {"{\na\n}\n", "1:1-1:2 unexpected-brace", "(a)"},
		"second block of a word":  {"a {\n} {\nb\n}\n", "2:3-2:4 unexpected-brace", "a(); (b)"},
		"unmatched quote":         {"a  \"b c  \n", "1:4-1:8 unmatched-quote", "a b c"},
		"columns are characters":  {"名 值 \"b\n", "1:5-1:7 unmatched-quote", "名 值 b"},
		"comment glued to a word": {"pass ab!cd\n", "1:8-1:11 comment-in-word", "pass ab"},
		"NUL":                     {"a\x00\n", "1:2-1:3 nul-byte", ""},
		"byte order mark":         {"\ufeff", "1:1-1:2 bom", ""},
		"not UTF-8":               {"# \xff\n# \xff\n", "1:1-1:4 invalid-utf8", ""},
		"long line":               {"a " + strings.Repeat("b", 1030) + "\n", "1:1-1:1033 line-too-long", "a " + strings.Repeat("b", 1030)},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse("x", []byte(row.text), "")
			var got []string
			for _, p := range f.Problems {
				got = append(got, p.Span.String()+" "+p.Code)
			}
			if strings.Join(got, "\n") != row.want {
				t.Errorf("problems are %q, want %q", got, row.want)
			}
			if tree := outline(f.Nodes); tree != row.tree {
				t.Errorf("tree is %q, want %q", tree, row.tree)
			}
			if f.String() != row.text {
				t.Errorf("printed %q", f.String())
			}
		})
	}
}

func TestDeepNestingIsBoundedAndKept(t *testing.T) {
	text := strings.Repeat("a {\n", 10_000) + "b\n" + strings.Repeat("}\n", 10_000)
	f := Parse("x", []byte(text), "")
	if len(f.Problems) != 1 || f.Problems[0].Code != "too-deep" {
		t.Fatalf("problems are %v", f.Problems)
	}
	if f.String() != text {
		t.Error("the text did not come back")
	}
}

func TestRubbishReportsABoundedNumberOfProblems(t *testing.T) {
	text := strings.Repeat("}{}{}{\n", 100_000)
	f := Parse("x", []byte(text), "")
	if len(f.Problems) > 3*maxAlike {
		t.Errorf("%d problems", len(f.Problems))
	}
	if f.String() != text {
		t.Error("the text did not come back")
	}
}

func TestTooLargeATextIsKeptUnread(t *testing.T) {
	text := strings.Repeat("#\n", maxSize/2+1)
	f := Parse("x", []byte(text), "")
	if len(f.Problems) != 1 || f.Problems[0].Code != "too-large" || f.String() != text {
		t.Errorf("problems are %v", f.Problems)
	}
}

func TestSplitReadsQuotesAndEscapes(t *testing.T) {
	for text, want := range map[string]string{
		`a b`:                   `a|b`,
		`"a b" c`:               `a b|c`,
		`'a "b' c`:              `a "b|c`,
		`a\ b`:                  `a b`,
		`"a\"b"`:                `a"b`,
		`\x41\102\n`:            "AB\n",
		`a"b c"d`:               `ab cd`,
		`"/x.sh 'one two'" usr`: `/x.sh 'one two'|usr`,
		`""`:                    ``,
		`\xZ`:                   `xZ`,
	} {
		if got := strings.Join(Split(text), "|"); got != want {
			t.Errorf("Split(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestQuotedCommandComesBack(t *testing.T) {
	for _, line := range []string{`a`, `a "b c"`, `grep '\d+' x\y`, "a\tb\nc", `\`, `"`} {
		got := Split(QuoteCommand(line))
		if len(got) != 1 || got[0] != line {
			t.Errorf("%q came back as %q", line, got)
		}
	}
}

func TestQuotedWordComesBack(t *testing.T) {
	for _, value := range []string{`a`, `a b`, `a\`, `a\\`, `a!b\`, `a#b`, `a\"b`, `'a\`, `{`, `a\"`} {
		f := Parse("x", []byte("w "+Quote(value)+"\n"), "")
		if len(f.Nodes) != 1 || f.Nodes[0].Word(1) != value || len(f.Problems) > 0 {
			t.Errorf("%s came back as %q with %v", value, outline(f.Nodes), f.Problems)
		}
	}
}

func TestCommentsStandBeforeTheirWord(t *testing.T) {
	f := Parse("x", []byte("a # one\n! two\n\nb\n"), "")
	got := strings.Join(f.Nodes[1].Words[0].Comments(), "|")
	if got != "# one|! two" {
		t.Errorf("comments are %q", got)
	}
}

func TestEndlessLinesAndWordsAreNotRead(t *testing.T) {
	for code, text := range map[string]string{
		"line-unread":    "a\n" + strings.Repeat("x ", maxRead) + "\nb\n",
		"too-many-words": strings.Repeat("x\n", maxTokens+2),
	} {
		f := Parse("x", []byte(text), "")
		if len(f.Problems) != 1 || f.Problems[0].Code != code {
			t.Errorf("%s: problems are %v", code, f.Problems)
		}
		if f.String() != text {
			t.Errorf("%s: the text did not come back", code)
		}
	}
}
