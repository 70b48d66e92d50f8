package page

import (
	"html"
	"strings"
	"testing"
)

func TestNoTextLeavesItsTextarea(t *testing.T) {
	for _, text := range []string{
		"</textarea><script>alert(1)</script>", "</TEXTAREA >", "<", "a < b", "&lt;/textarea>", "&#60;/textarea>", "&&amp;&", "& &x; &#x3c;", "'\"+", "<!--", "]]>",
	} {
		got := string(editable(text))
		if strings.Contains(got, "<") {
			t.Errorf("%q has a tag: %q", text, got)
		}
		if back := html.UnescapeString(got); back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
		if len(got) > 4*len(text) {
			t.Errorf("%q grows to %d bytes", text, len(got))
		}
	}
	if got := string(editable("a\x00b")); got != "a\uFFFDb" {
		t.Errorf("NUL becomes %q", got)
	}
}

func FuzzNoTextLeavesItsTextarea(f *testing.F) {
	f.Add("</textarea>&lt;")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x00") {
			return // becomes another character
		}
		got := string(editable(text))
		if strings.Contains(got, "<") || html.UnescapeString(got) != text {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}
