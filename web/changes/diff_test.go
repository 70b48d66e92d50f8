package changes

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// both puts the two texts together again from the whole difference.
func both(all []DiffLine) (before, after []string) {
	for _, l := range all {
		if l.Op != "+" {
			before = append(before, l.Text)
		}
		if l.Op != "-" {
			after = append(after, l.Text)
		}
	}
	return before, after
}

func TestADifferenceHoldsBothTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"a", "b", "c", "}", ""})
		a, b := rapid.SliceOfN(line, 0, 12).Draw(t, "a"), rapid.SliceOfN(line, 0, 12).Draw(t, "b")
		before, after := both(compare(a, b))
		if strings.Join(before, "\n") != strings.Join(a, "\n") || strings.Join(after, "\n") != strings.Join(b, "\n") {
			t.Fatalf("%q and %q became %q and %q", a, b, before, after)
		}
	})
}

func show(all []DiffLine) string {
	var b strings.Builder
	for _, l := range all {
		b.WriteString(l.Op + l.Text + "\n")
	}
	return b.String()
}

func TestADifferenceShowsTheChangeAndAFewLinesAround(t *testing.T) {
	before := "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	got := show(Diff(before, strings.Replace(before, "6\n", "six\nsix and a half\n", 1)))
	want := "@\n 3\n 4\n 5\n-6\n+six\n+six and a half\n 7\n 8\n 9\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if d := Diff(before, before); d != nil {
		t.Errorf("equal texts differ: %v", d)
	}
	if got := show(Diff("", "a\n")); got != "+a\n" {
		t.Errorf("got %q", got)
	}
}

func TestAHugeDifferenceIsShownWithoutSearching(t *testing.T) {
	a := strings.Repeat("a\n", 3000)
	b := strings.Repeat("b\n", 3000)
	if got := len(Diff(a, b)); got != 6000 {
		t.Errorf("%d lines", got)
	}
}
