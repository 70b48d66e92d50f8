package conf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// seeds are the texts of the tests, and some with what they lack.
func seeds(f *testing.F) []string {
	files, err := filepath.Glob("../model/testdata/findings/*.conf")
	if err != nil || len(files) == 0 {
		f.Fatal("no texts: ", err)
	}
	all := []string{
		"a {\n b \"c\n}\n}", "@n a {\n@^n b{}\n", "\ufeff\x00\r\n{", "a {\n  b {\nc {\n}\n", "a\n\n{\r\n} b {\n\tc \\\n}\n",
		"a { b ! }\n c \"d\\\" e\" 'f g' \\! \\#\n", "a {\n  b {\n  }\n  }\n}\n", "名 值{\xff}\n",
		"$A=1\n~SEQ(I, $A, 3) x $I\n@n ~LST({A,B}, {1,2}) y ${A}\n$M= \\\n a \\\n b\n$M\n",
		"include one\nincludea {two,loop}/*\ninclude_check +read -match\ninclude ${_PWD}/${A}\n",
		"x ${_ENV HOME} ${_RANDOM 1 9} ${_RANDOM} ${_HASH}${_BANG}\nrandom_seed 1\ninstance q\ny $_INSTANCE\n",
		"~SEQx(I, 9, -2, 1) ~LST(J, a, b) k $I ${J}x $A,)\n", "$A=${B}\n$B=${A}\nx $A\n", laughs(3), chain(40),
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func FuzzEveryTextComesBackByteForByte(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		tree := Parse("x", text, "n")
		if tree.String() != string(text) {
			t.Errorf("%q came back as %q", text, tree.String())
		}
		placed(t, tree, string(text))
		sameOneByOne(t, string(text))
	})
}

// placed holds the places of all problems and words against the text.
func placed(t *testing.T, tree *File, text string) {
	lines := strings.Count(text, "\n") + 1
	for _, p := range tree.Problems {
		if s := p.Span; s.File == 0 && (s.Line < 1 || s.Col < 1 || s.EndLine > lines || s.EndLine < s.Line) {
			t.Errorf("problem %v stands outside the text of %d lines", p, lines)
		}
	}
	words := 0
	var look func(nodes []Node)
	look = func(nodes []Node) {
		for i := range nodes {
			words += len(nodes[i].Words)
			if s := nodes[i].Span(); s.File == 0 && (s.Line < 1 || s.Line > lines || s.Col < 1) {
				t.Errorf("statement %q stands at %v in a text of %d lines", nodes[i].Word(0), s, lines)
			}
			if nodes[i].Block != nil {
				look(nodes[i].Block.Nodes)
			}
		}
	}
	look(tree.Nodes)
	if len(tree.Names) == 1 && words > len(text)+MaxWork {
		t.Errorf("%d words", words)
	}
}

func FuzzCommandsComeBack(f *testing.F) {
	for _, s := range []string{`[[ -f "x" ]] && exit 1`, `a\x41\102\cA 'b "c' "d\"e" \`, "\x00\r\n\t\v\f\x1b", `\xZ\9\c`, "/usr/bin/x -a 'b c' \"d e\" 名"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := Split(line)
		if n := len(strings.Join(words, "")); n > len(line) || len(words) > len(line)/2+1 {
			t.Errorf("%q became %d words of %d bytes", line, len(words), n)
		}
		if line == "" {
			return
		}
		if got := Split(QuoteCommand(line)); len(got) != 1 || got[0] != line {
			t.Errorf("%q came back as %q", line, got)
		}
	})
}

// littleWork lets one text of the fuzzer cost a thousandth of what any may.
const littleWork = MaxWork >> 10

func FuzzExpansionEnds(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		opt := Options{Node: "n", Work: littleWork, Env: func(name string) (string, bool) { return "$" + name, name != "" },
			Files: func(pattern, from string) ([]Source, error) { return included(pattern, text), nil }}
		x := newExpander(opt)
		x.text("x", text, Span{})
		bounded(t, x)
		tree := Read("x", []byte(text), opt)
		if tree.String() != x.out.String() && len(tree.Names) == len(x.names) && strings.ContainsAny(text, "$~") {
			t.Errorf("%q became %q, and its tree is %q", text, x.out.String(), tree.String())
		}
		placed(t, tree, text)
	})
}

// included are the files of the fuzzer's little world, one of which is the text.
func included(pattern, text string) []Source {
	switch {
	case strings.Contains(pattern, "loop") && len(text) < 100:
		return []Source{{pattern, []byte(text)}}
	case strings.Contains(pattern, "*"):
		return []Source{{"/d/one", []byte("$A=1\n")}, {"/d/two", []byte("x $A {\n")}}
	case strings.Contains(pattern, "o"):
		return []Source{{"/d/" + pattern, []byte("$B=${A}\n@n y $B\n}\ninclude three\n")}}
	}
	return nil
}

// bounded holds what was made against what there was room for: the steps, the
// bytes and the lines.
func bounded(t *testing.T, x *expander) {
	t.Helper()
	most := littleWork + freeWork*x.read
	if over := -x.room; over > maxGrown {
		t.Errorf("%d steps more than %d", over, most)
	}
	if n := x.out.Len(); n > most+2*x.read+maxGrown {
		t.Errorf("%d bytes from %d", n, x.read)
	}
	if n := x.made; n > x.read+1+most/lineCost {
		t.Errorf("%d lines from %d bytes", n, x.read)
	}
	if x.read > maxSize+maxRead || len(x.names) > maxFiles+1 || len(x.open) != 0 {
		t.Errorf("%d bytes in %d texts, %d open", x.read, len(x.names), len(x.open))
	}
}
