package model

import (
	"slices"
	"strings"
	"testing"
)

// urlText is a text with one URL of these words.
func urlText(words ...string) []byte {
	return []byte("virtual_server 192.0.2.1 80 {\nprotocol TCP\nlb_algo rr\nlb_kind DR\nreal_server 192.0.2.2 80 {\nHTTP_GET {\nurl {\npath /\n" +
		strings.Join(words, "\n") + "\n}\n}\n}\n}\n")
}

// keepalived reads both quotes and a backslash before any character of a pattern, as
// it does in a command: its own dump says so.
func TestAPatternIsReadAsACommandIs(t *testing.T) {
	for written, want := range map[string]string{
		`"a\d+\\d+\x41\n\1"`: "ad+\\d+A\n\x01", `a\d+\\d'x y'`: `ad+\dx y`, `"a\\x41$b{2}"`: `a\x41$b{2}`, `\.x\w`: ".xw", `'a b'`: "a b",
		`"a!b#c"`: "a!b#c", `"tab\tx"`: "tab\tx", `a"b c"d`: "ab cd", `"x"y`: "xy", `"a\x20b\040c\cIe"`: "a b c\te", `a\\\\b`: `a\\b`, `"it's"`: "it's",
		`'say ""hi""'`: `say ""hi""`, `abc ! comment`: "abc", `"a\000b"`: "a",
	} {
		cfg, _ := Parse("x", urlText("regex "+written), Facts{})
		u := cfg.Virtuals[0].Servers[0].Checks[0].URLs[0]
		if string(u.Regex.Val) != want {
			t.Errorf("%s is read as %q", written, u.Regex.Val)
		}
		again, _ := Parse("x", []byte(Print(cfg)), Facts{})
		if !Equal(cfg, again) {
			t.Errorf("%s does not come back from\n%s", written, Print(cfg))
		}
	}
}

func TestWhatIsWrongWithAPatternIsFound(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{`regex "ready$"`, "regex_options caseless utf", "regex_min_offset 3", "regex_max_offset 3", "regex_no_match"}, ""},
		{[]string{`regex a b`}, "regex-words"},
		{[]string{`regex "a("`}, "regex-refused"},
		{[]string{`regex "a(?1)"`}, "regex-not-here"},
		{[]string{`regex a`, "regex_options caseles"}, "unknown-regex-option"},
		{[]string{`regex a`, "regex_min_offset 4", "regex_max_offset 3"}, "regex-offsets"},
		{[]string{"regex_no_match"}, "without-regex"},
		{[]string{"regex_max_offset 3", "regex_options caseless"}, "without-regex without-regex"},
	} {
		_, findings := Parse("x", urlText(c.words...), Facts{})
		var codes []string
		for _, f := range findings {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != c.want {
			t.Errorf("%q: found %q, want %q", c.words, got, c.want)
		}
		if Failed(findings) {
			t.Errorf("%q is not applied", c.words)
		}
	}
}

func TestAnUnknownOptionOfAPatternHasAHint(t *testing.T) {
	_, findings := Parse("x", urlText("regex a", "regex_options caseles"), Facts{})
	if !slices.ContainsFunc(findings, func(f Finding) bool { return f.Hint == "caseless" }) {
		t.Errorf("%+v", findings)
	}
}
