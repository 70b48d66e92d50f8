package conf

import "testing"

// keepalived 2.2.7 reads the files of such an include twice, or behind the block.
func TestAnIncludeThatSharesItsLineIsNamed(t *testing.T) {
	files := func(pattern, _ string) ([]Source, error) {
		return []Source{{pattern, []byte("from " + pattern + "\n")}}, nil
	}
	for text, want := range map[string]string{
		"include one\n":                            "",
		" include one # text\n":                    "",
		"block {\n include one\n}\n":               "",
		"$N=one\ninclude ${N}\n":                   "",
		"@n1 include one\n":                        "include-misread",
		"@other include one\n":                     "",
		"@^other include one\n":                    "include-misread",
		"$W=include\n$W one\n":                     "include-misread",
		"$W= \\\n a \\\n include one \\\n b\n$W\n": "include-misread",
		"~SEQ(I, 1) include one\n":                 "include-misread",
		"block { include one\n}\n":                 "include-misread",
		"include \"one\"\n":                        "include-quoted",
	} {
		f := Read("x", []byte(text), Options{Node: "n1", Files: files})
		got := ""
		for _, p := range f.Problems {
			got += p.Code
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAQuoteThatADefinitionLeavesOpenIsNamedWhereItStands(t *testing.T) {
	for text, want := range map[string]int{
		"$A=\"\n$B=${A}x\"\nkw $B\n":         1,
		"$A=\"x\"\nkw $A\n":                  0,
		"$A= \\\n a \\\n b \"c \\\n d\n$A\n": 3,
		"$A=x # it's \"so\nkw $A\n":          0,
		"$A=a\\\"b\nkw $A\n":                 0,
	} {
		f := Read("x", []byte(text), Options{})
		got := 0
		for _, p := range f.Problems {
			if p.Code == "unmatched-quote" && (got == 0 || p.Span.Line < got) {
				got = p.Span.Line
			}
		}
		if got != want {
			t.Errorf("%q: line %d, want %d", text, got, want)
		}
	}
}
