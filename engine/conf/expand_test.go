package conf

import (
	"strings"
	"testing"
	"time"
)

func TestDefinitionsAndGeneratorsAreCarriedOut(t *testing.T) {
	for name, row := range map[string]struct{ text, want string }{
		"definition":                 {"$A=x\nkw $A\nkw ${A}y\n", "kw x; kw xy"},
		"undefined stays":            {"kw $A ${B}\n", "kw $A ${B}"},
		"bare name ends at a blank":  {"$A=x\nkw $A.y $A,z\n", "kw $A.y x,z"},
		"use of a use":               {"$A=1\n$B=${A}2\nkw $B\n", "kw 12"},
		"at use time":                {"$B=${A}2\n$A=1\nkw $B\n", "kw 12"},
		"later one counts":           {"$A=1\nkw $A\n$A=2\nkw $A\n", "kw 1; kw 2"},
		"several words":              {"$A=a b\nkw $A\n", "kw a b"},
		"several lines":              {"$A= \\\n  one { \\\n    two \\\n  }\nkw {\n  $A\n}\n", "kw(one(two))"},
		"comment goes on":            {"$A= # x \\\n a \\\n # b \\\n c # d \\\n e\nkw {\n$A\n}\n", "kw(a; c; e)"},
		"generator in several lines": {"$A= \\\n vs $I { \\\n ~SEQ(J, 2) $B \\\n }\n$B= \\\n rs $J { \\\n w 1 \\\n }\n~SEQ(I, 2) $A\n", "vs 1(rs 1(w 1); rs 2(w 1)); vs 2(rs 1(w 1); rs 2(w 1))"},
		"comment is not its value":   {"$A=x # y\nkw $A\n", "kw x"},
		"comment is not expanded":    {"$A=x\nkw # $A\n", "kw"},
		"in quotes":                  {"$A=x\nkw \"a ${A} b\"\n", "kw a x b"},
		"hash and bang":              {"kw \"a${_HASH}b${_BANG}\"\n", "kw a#b!"},
		"comment where it is used":   {"$A=${_HASH}\n$B=${_BANG}\n$C= \\\n a \\\n $A b \\\n c $B d \\\n e\nkw {\n$C\n}\nx ${_HASH} y\n", "kw(a; c; e); x"},
		"guarded mark in a value":    {"kw a\\!b\n$B= \\\n z \\\n x\\#y\n$B\n", "kw a!b; z; x#y"},
		"lines of nodes":             {"$A= \\\n a \\\n@n1 b \\\n@n2 c \\\n@^n2 d\n$A\n", "a; b; d"},
		"definition in a definition": {"$A= \\\n vs { \\\n $P=1${N} \\\n x $P \\\n }\n$N=1\n$A\n$N=2\n$A\n", "vs(x 11); vs(x 12)"},
		"backslash before a comment": {"$A= \\\n a \\\n b \\ # c\n # d \\\n e\nf\n$A\n", "f; a; b; e"},
		"nothing ends it":            {"$A= \\\n a \\\n\n b\n$A\n", "b; a"},
		"name put together":          {"$B1=x\n$A=$B\nkw ${A}1\n", "kw x"},
		"only at the end of a line":  {"$A= \\\n a \\\n b\nkw $A c\nkw $A\n", "kw $A c; kw a; b"},
		"name of a generator stays":  {"$I=9\n~SEQ(I, 2) kw $I\nkw $I\n", "kw 1; kw 2; kw 2"},
		"mark behind a generator":    {"~SEQ(I, 2) @n1 kw $I\n~SEQ(I, 2) @n2 kw $I\n", "kw 1; kw 2"},
		"mark behind a brace":        {"vs { @n1 a }\nvs { @n2 b\n}\n", "vs(a); vs()"},
		"definition behind a brace":  {"vs { $A=1\nkw $A\n}\n", "vs(kw 1)"},
		"set that lacks a value":     {"~LST({A,B}, {1}, {2, 3}) kw ${A}x$B\n", "kw 1x; kw 2x3"},
		"sequence below nothing":     {"~SEQ(I, -2) kw $I\n~SEQ(I, 0) x $I\n~SEQ(I, 0x9, 010) y $I\n", "kw -1; kw -2; x 1; x 0; y 9; y 8"},
		"directory":                  {"kw ${_PWD}\n", "kw /etc/keepalived"},
		"definition of another node": {"@n2 $A=x\n@n1 $A=y\nkw $A\n", "kw y"},
		"one mark for a line":        {"$A=1\n@n1 @n2 x\n", "@n2 x"},
		"sequence":                   {"~SEQ(I, 3) kw $I\n", "kw 1; kw 2; kw 3"},
		"sequence from to":           {"~SEQ(I, 2, 3) kw ${I}x\n", "kw 2x; kw 3x"},
		"sequence down":              {"~SEQ(I, 3, -1, 1) kw $I\n", "kw 3; kw 2; kw 1"},
		"sequence in hexadecimal":    {"~SEQx(I, 9, 11) kw $I\n", "kw 9; kw a; kw b"},
		"list":                       {"~LST(I, a, b) kw $I\n", "kw a; kw b"},
		"list of pairs":              {"~LST({A,B}, {1,2}, {3,4}) kw $A $B\n", "kw 1 2; kw 3 4"},
		"generator in a generator":   {"~SEQ(I, 2) ~SEQ(J, 2) kw $I $J\n", "kw 1 1; kw 1 2; kw 2 1; kw 2 2"},
		"definition in a generator":  {"$N=2\n~SEQ(I, $N) kw $I\n", "kw 1; kw 2"},
		"generated blocks":           {"~SEQ(I, 2) vs $I { rs $I }\n", "vs 1(rs 1); vs 2(rs 2)"},
		"shell syntax is left alone": {"script \"x=$(date); echo $1\"\n", "script x=$(date); echo $1"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Read("/etc/keepalived/keepalived.conf", []byte(row.text), Options{Node: "n1"})
			if got := outline(f.Nodes); got != row.want {
				t.Errorf("tree is %q, want %q", got, row.want)
			}
			for _, p := range f.Problems {
				t.Errorf("problem: %v", p)
			}
			if p := Parse("x", []byte(row.text), "n1"); p.String() != row.text {
				t.Error("the source did not come back")
			}
		})
	}
}

func TestMarkGuardedOnceBeginsACommentOnALineWithAUse(t *testing.T) {
	for text, want := range map[string]string{"$A=x\\#y\nkw $A\n": "kw x", "$A=z\nkw a\\!b $A\n": "kw a", "$A=z\nkw \"a\\!b\" $A\n": `kw a\!b z`} {
		if got := outline(Read("x", []byte(text), Options{}).Nodes); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// What keepalived itself reads in two ways, or garbles, has a finding.
func TestWhatADefinitionShouldNotHoldIsNamed(t *testing.T) {
	for text, row := range map[string]struct{ want, code string }{
		"$A= \\\n a \\\n # c\n b\n$A\n":       {"b; a", "definition-ends-at-comment"},
		"$A= \\\n a \\\n\t\n b\n$A\n":         {"b; a", "definition-ends-at-comment"},
		"$M=@n1\n$O=@n2\n$M kw 1\n$O kw 2\n":  {"kw 1", "mark-by-definition"},
		"$A=~SEQ(I, 2) kw\nx\n$A\n":           {"x", "bad-generator"},
		"$A= \\\n a \\\n $A\n$A\n":            {"a; $A", "definition-loop"},
		"$A= \\\n a \\\n ~SEQ(I, 2) $A\n$A\n": {"a; $A; $A", "definition-loop"},
	} {
		f := Read("x", []byte(text), Options{Node: "n1"})
		if got := outline(f.Nodes); got != row.want || len(f.Problems) == 0 || f.Problems[0].Code != row.code {
			t.Errorf("%q is %q with %v, want %q with %s", text, got, f.Problems, row.want, row.code)
		}
	}
}

func TestIncludeInADefinitionIsReadBehindIt(t *testing.T) {
	files := func(pattern, _ string) ([]Source, error) {
		return []Source{{pattern, []byte("from " + pattern + "\n")}}, nil
	}
	const text = "$A= \\\n a \\\n include one \\\n b \\\n include two \\\n c\n$A\nd\n~SEQ(I, 2) include $I\n"
	f := Read("x", []byte(text), Options{Files: files})
	if got, want := outline(f.Nodes), "a; b; c; from two; from one; d; from 2; from 1"; got != want {
		t.Errorf("tree is %q, want %q", got, want)
	}
}

func TestExpandedWordsStandWhereTheyWereWritten(t *testing.T) {
	text := "$A=some words\n  kw  ${A}  after\n@n1   x y\n~SEQ(I, 2) z $I # c\n"
	f := Read("x", []byte(text), Options{Node: "n1"})
	var got []string
	for _, n := range f.Nodes {
		for _, w := range n.Words {
			got = append(got, w.Value()+" "+w.Span().String())
		}
	}
	want := []string{"kw 2:3-2:5", "some 2:7-2:11", "words 2:7-2:11", "after 2:13-2:18", "x 3:7-3:8", "y 3:9-3:10",
		"z 4:1-4:16", "1 4:1-4:16", "z 4:1-4:16", "2 4:1-4:16"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("words stand at\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// laughs defines levels of names that each stand for ten of the one before.
func laughs(levels int) string {
	var b strings.Builder
	b.WriteString("$L=ha\n")
	last := "L"
	for range levels {
		b.WriteString("$" + last + "L=" + strings.Repeat("${"+last+"}", 10) + "\n")
		last += "L"
	}
	return b.String() + "kw ${" + last + "}\n"
}

// chain defines names that each stand for the one before.
func chain(length int) string {
	var b strings.Builder
	b.WriteString("$D=x\n")
	last := "D"
	for range length {
		b.WriteString("$" + last + "D=${" + last + "}\n")
		last += "D"
	}
	return b.String() + "kw ${" + last + "}\n"
}

func TestGeneratorThatBringsItselfEnds(t *testing.T) {
	began := time.Now()
	f := Read("x", []byte("$A= \\\n kw \\\n ~SEQ(I, 2) $A\n$A\n"), Options{})
	if len(f.Problems) == 0 || time.Since(began) > time.Minute {
		t.Errorf("%v after %v", f.Problems, time.Since(began))
	}
}

func TestRunawayExpansionIsReportedInBoundedTime(t *testing.T) {
	for label, row := range map[string]struct{ text, code string }{
		"itself":               {"$A=$A\nkw $A\n", "definition-loop"},
		"each other":           {"$A=${B}\n$B=${A}\nkw $A\n", "definition-loop"},
		"billion laughs":       {laughs(12), "definition-too-large"},
		"too deep":             {chain(100), "definition-too-deep"},
		"endless sequence":     {"~SEQ(I, 1, 0, 5) x\n", "bad-generator"},
		"huge sequence":        {"~SEQ(I, 999999999) x\n", "bad-generator"},
		"huge product":         {"~SEQ(I, 9999) ~SEQ(J, 9999) x\n", "expansion-too-large"},
		"unclosed":             {"~SEQ(I, 3 x\n", "bad-generator"},
		"no such generator":    {"~FOO(I, 3) x\n", "bad-generator"},
		"uneven list":          {"~LST({A,B}, {1,2,3}) x\n", "bad-generator"},
		"laughs about nothing": {strings.Replace(laughs(30), "$L=ha", "$L=", 1), "expansion-too-large"},
		"doubling lists":       {strings.Repeat("~LST(A,$B$B,$B$B) ", 40) + "kw\n", "expansion-too-large"},
		"uses of nothing":      {"$A=" + strings.Repeat("$B ", 20_000) + "\n" + strings.Repeat("kw $A\n", 5000), "expansion-too-large"},
		"nested lists":         {strings.Repeat(strings.Repeat("~LST(A,1) ", 6000)+"kw\n", 20), "expansion-too-large"},
		"sequence to the end":  {"~SEQ(I,9223372036854775800,9223372036854775807)\n", "bad-generator"},
		"whole range":          {"kw ${_RANDOM -9223372036854775808 9223372036854775807}\n", "bad-random"},
		"many large uses": {"$A=" + strings.Repeat("x", 1000) + "\n$B=" + strings.Repeat("${A}", 250) + "\n" +
			strings.Repeat("kw ${B}${B}${B}\n", 20_000), "expansion-too-large"},
	} {
		t.Run(label, func(t *testing.T) {
			start := time.Now()
			f := Read("x", []byte(row.text), Options{Node: "n1"})
			if len(f.Problems) == 0 || f.Problems[0].Code != row.code {
				t.Errorf("%d problems, want %s", len(f.Problems), row.code)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestUseInAUseThatIsNotOneIsReplaced(t *testing.T) {
	x := Expand("x", []byte("$A=1\nkw \"${_RANDOM ${A}0\"\n"), Options{})
	if want := "kw \"${_RANDOM 10\"\n"; x.Text != want || len(x.notes.problems) != 1 || x.notes.problems[0].Code != "bad-random" {
		t.Errorf("expanded to %q with %v", x.Text, x.notes.problems)
	}
}

func TestExpandedTextKeepsItsIndentation(t *testing.T) {
	x := Expand("x", []byte("$A=1\na {\n    b $A\n    c # d\n    ~SEQ(I, 2) e $I\n    @n f\n}\n"), Options{Node: "n"})
	if want := "a {\n    b 1\n    c # d\n    e 1\n    e 2\n    f\n}\n"; x.Text != want {
		t.Errorf("expanded to\n%s\nwant\n%s", x.Text, want)
	}
}

func TestDefinitionForANodeEndsWhereItDid(t *testing.T) {
	const text = "$A= \\\n a \\\n@lb1 b \\\n@lb2 c \\\n@lb2 d\nvs {\n$A\n}\n"
	for node, want := range map[string]string{"lb1": "vs(a; b)", "lb2": "vs(a; c; d)"} {
		if got := outline(Read("x", []byte(text), Options{Node: node}).Nodes); got != want {
			t.Errorf("%s reads %q, want %q", node, got, want)
		}
		if got := outline(Read("x", []byte(ForNode(text, node)), Options{}).Nodes); got != want {
			t.Errorf("the text for %s reads %q, want %q", node, got, want)
		}
	}
}
