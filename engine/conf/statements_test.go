package conf

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// everything prints a tree with all that is known of each token.
func everything(nodes []Node) string {
	var b strings.Builder
	token := func(t Token) { fmt.Fprintf(&b, "%q%q %v %v\n", t.Lead, t.Raw, t.Span(), t.kind) }
	for i := range nodes {
		n := &nodes[i]
		for _, w := range n.Words {
			token(w)
		}
		fmt.Fprintln(&b, n.Stray)
		if n.Block != nil {
			token(n.Block.Open)
			b.WriteString(everything(n.Block.Nodes))
			fmt.Fprintf(&b, "%q", n.Block.Deep)
			token(n.Block.Close)
		}
	}
	return b.String()
}

// oneByOne is everything of the statements as they come.
func oneByOne(text string) (string, *File) {
	var b strings.Builder
	f, statements := Statements("x", text, Options{})
	for n := range statements {
		b.WriteString(everything([]Node{*n}))
	}
	return b.String(), f
}

func sameOneByOne(t *testing.T, text string) {
	t.Helper()
	whole := Read("x", []byte(text), Options{})
	got, f := oneByOne(text)
	if want := everything(whole.Nodes); got != want {
		t.Errorf("one by one\n%s\nas a tree\n%s", got, want)
	}
	if f.Tail != whole.Tail || fmt.Sprint(f.Problems) != fmt.Sprint(whole.Problems) {
		t.Errorf("one by one %q %v, as a tree %q %v", f.Tail, f.Problems, whole.Tail, whole.Problems)
	}
}

func TestStatementsOneByOneAreThoseOfTheTree(t *testing.T) {
	files, err := filepath.Glob("../model/testdata/findings/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sameOneByOne(t, string(text))
	}
	for name, text := range map[string]string{
		"nothing":              "",
		"comments":             "# a\n! b",
		"growing":              "a\nb {\n c\n}\nd e {\n f {\n  g\n }\n}\n",
		"shrinking":            "a {\n b {\n  c\n }\n}\nd {\n}\ne",
		"brace on the next":    "a\n\n{\n}\nb\n{\n}\n",
		"words after a block":  "a {\n} b c\n",
		"missing brace":        "a {\n b\nc {\n}\n",
		"extra brace":          "a {\n}\n}\nb\n",
		"unexpected brace":     "{\n}\na {\n} {\n}\n",
		"too deep":             strings.Repeat("a {\n", 300) + strings.Repeat("}\n", 300),
		"wide characters":      "名 值 \"名 值\" b {\n é f\n}\n",
		"wide in comments":     "a # é\nb \"c # é\n",
		"a definition":         "$A=b c\na $A {\n $A\n}\n",
		"a generator":          "~SEQ(i,1,3) a$i {\n b\n}\n",
		"two slips hide":       "a {\n  b {\n    c\n  d {\n    e\n  }\n  }\n}\n}\n",
		"mark and return":      "\ufeffa\r\nb {\r\n}\r\n",
		"nothing but a return": "a\x00b\nc \\\" d\n",
	} {
		t.Run(name, func(t *testing.T) { sameOneByOne(t, text) })
	}
}

func TestStatementIsMadeInTheRoomOfTheLast(t *testing.T) {
	const many, few = 4000, 400
	allocs := func(n int) float64 {
		text := strings.Repeat("server a {\n weight 1\n check {\n port 80\n }\n}\n", n)
		return testing.AllocsPerRun(5, func() {
			_, statements := Statements("x", text, Options{})
			for range statements {
			}
		})
	}
	if a, b := allocs(few), allocs(many); b > a+5 {
		t.Errorf("%d statements take %.0f allocations, %d take %.0f", few, a, many, b)
	}
}

func TestWordsThatBeginStatementsAreCounted(t *testing.T) {
	f, _ := Statements("x", "a b\na {\n c\n}\nc\n", Options{})
	if got := fmt.Sprint(f.Begins); got != "map[a:2 c:1]" {
		t.Error(got)
	}
}
