package conf

import (
	"slices"
	"strings"
	"testing"
)

func env(name string) (string, bool) {
	v, ok := map[string]string{"LINK": "eth3", "NEST": "${A}x"}[name]
	return v, ok
}

func TestDefinitionsOfKeepalivedsOwn(t *testing.T) {
	for text, want := range map[string]string{
		"kw ${_ENV LINK}\n":                           "kw eth3",
		"$A=1\nkw ${_ENV NEST}\n":                     "kw 1x",
		"$A=${_ENV LINK}.7\nkw $A\n":                  "kw eth3.7",
		"kw \"a ${_ENV LINK} b\"\n":                   "kw a eth3 b",
		"kw a${_ENV ABSENT}b\n":                       "kw ab",
		"instance red\nkw ${_INSTANCE}\n":             "instance red; kw n1",
		"kw ${_RANDOM 7 7}\n":                         "kw 7",
		"kw ${_INSTANCE}\n":                           "kw n1",
		"kw $_INSTANCE/1 $_INSTANCE\n":                "kw $_INSTANCE/1 n1",
		"block {\n~SEQ(I, 2) kw $I ${_ENV LINK}\n}\n": "block(kw 1 eth3; kw 2 eth3)",
	} {
		f := Read("x", []byte(text), Options{Node: "n1", Env: env})
		if got := outline(f.Nodes); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestRandomNumbersAreTheSameOnEachReadingAndDifferBetweenNodes(t *testing.T) {
	const text = "random_seed 5\nkw ${_RANDOM 1 1000000} ${_RANDOM 1 1000000} ${_RANDOM}\n"
	read := func(node string) string { return outline(Read("x", []byte(text), Options{Node: node}).Nodes) }
	if first, again := read("a"), read("a"); first != again || first == read("b") {
		t.Errorf("a %q, b %q", read("a"), read("b"))
	}
	words := strings.Fields(read("a"))
	if words[3] == words[4] {
		t.Errorf("both are %s", words[3])
	}
}

func TestWhatTheEnvironmentLacksIsReported(t *testing.T) {
	for text, want := range map[string]string{"kw ${_ENV NO}\n": "environment-missing", "kw ${_RANDOM 9 1}\n": "bad-random"} {
		if p := Read("x", []byte(text), Options{Env: env}).Problems; len(p) != 1 || p[0].Code != want {
			t.Errorf("%q: %v", text, p)
		}
	}
	f := Read("x", []byte("kw ${_ENV LINK} y\n"), Options{})
	if len(f.Problems) != 1 || f.Problems[0].Code != "environment-unread" || outline(f.Nodes) != "kw ${_ENV LINK} y" {
		t.Errorf("%v %q", f.Problems, outline(f.Nodes))
	}
}

func TestEachIncludeMissesAsStrictlyAsItSays(t *testing.T) {
	there := func(pattern, _ string) ([]Source, error) {
		if pattern == "a" {
			return []Source{{"a", nil}}, nil
		}
		return nil, nil
	}
	for text, want := range map[string]string{
		"include a\n": "", "include x\n": "include-missing", "include x*\n": "include-missing", "include {a,x}\n": "",
		"includem x\n": "include-required", "includem x*\n": "include-missing", "includew x*\n": "include-required",
		"includeb {a,x}\n": "include-required", "includea {a,x}\n": "include-required", "includer a\n": "",
		"include_check\ninclude x\n":                       "include-required",
		"include_check match\ninclude x*\n":                "include-missing",
		"include_check\ninclude_check -match\ninclude x\n": "include-missing",
	} {
		var codes []string
		for _, p := range Read("k", []byte(text), Options{Files: there}).Problems {
			codes = append(codes, p.Code)
		}
		if got := strings.Join(codes, " "); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}

func TestBracesStandForEachOfTheirParts(t *testing.T) {
	for pattern, want := range map[string][]string{
		"a":           {"a"},
		"a{b,c}d":     {"abd", "acd"},
		"{a,b}{1,2}":  {"a1", "a2", "b1", "b2"},
		"a{b{1,2},c}": {"ab1", "ab2", "ac"},
		"a{b":         {"a{b"},
		"a}b{":        {"a}b{"},
	} {
		if got := Braces(pattern); !slices.Equal(got, want) {
			t.Errorf("%s stands for %q, want %q", pattern, got, want)
		}
	}
}
