package convert

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const merged = "a\nb\nc\nd\ne\n"

func TestChangesInDifferentPlacesAreBothInTheMergedText(t *testing.T) {
	for what, row := range map[string]struct{ theirs, mine, want string }{
		"a line each":           {"A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n", "A\nb\nc\nd\nE\n"},
		"a line goes":           {"b\nc\nd\ne\n", "a\nb\nc\nX\nd\ne\n", "b\nc\nX\nd\ne\n"},
		"both ends":             {"0\n" + merged, merged + "f\n", "0\n" + merged + "f\n"},
		"only theirs":           {"a\nb\nd\ne\n", merged, "a\nb\nd\ne\n"},
		"only mine":             {merged, "a\nb\nd\ne", "a\nb\nd\ne"},
		"the same of both":      {"a\nB\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "a\nB\nc\nd\ne\n"},
		"the same and one more": {"a\nB\nc\nd\ne\n", "a\nB\nc\nd\nE\n", "a\nB\nc\nd\nE\n"},
	} {
		m := Merge3(merged, row.theirs, row.mine)
		if got, ok := m.Text(); !ok || got != row.want || len(m.Conflicts()) != 0 {
			t.Errorf("%s: %q, %v, %+v", what, got, ok, m.Conflicts())
		}
	}
}

func TestChangesOfTheSameLinesAreConflictsThatNothingDecides(t *testing.T) {
	m := Merge3(merged, "a\nT\nc\nd\nE\n", "a\nM\nc\nd\ne\n")
	want := Part{Conflict: true, Line: 2, Base: "b\n", Theirs: "T\n", Mine: "M\n"}
	if got := m.Conflicts(); len(got) != 1 || got[0] != want {
		t.Fatalf("conflicts: %+v", got)
	}
	for _, choices := range [][]Choice{nil, {""}, {"neither"}} {
		if text, ok := m.Text(choices...); ok {
			t.Errorf("%v chose %q", choices, text)
		}
	}
	for choice, middle := range map[Choice]string{TakeTheirs: "T\n", TakeMine: "M\n", TakeBoth: "T\nM\n", TakeBase: "b\n"} {
		if got, ok := m.Text(choice); !ok || got != "a\n"+middle+"c\nd\nE\n" {
			t.Errorf("%s: %q", choice, got)
		}
	}
	// Lines beside each other may mean one thing: a person decides.
	if n := len(Merge3(merged, "a\nB\nc\nd\ne\n", "a\nb\nC\nd\ne\n").Conflicts()); n != 1 {
		t.Errorf("%d conflicts of neighbours", n)
	}
	// What one side took away is not taken away from under what the other wrote in it.
	if n := len(Merge3(merged, "a\ne\n", "a\nb\nc\nX\nd\ne\n").Conflicts()); n != 1 {
		t.Errorf("%d conflicts inside what went", n)
	}
}

func TestBothSidesOfALastLineWithoutAnEndStayLines(t *testing.T) {
	if got, _ := Merge3("a\n", "a\nT", "a\nM").Text(TakeBoth); got != "a\nT\nM" {
		t.Errorf("%q", got)
	}
}

// marked is a list of lines, some of them equal, that edits can be told apart in.
func marked(t *rapid.T) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"}\n", "weight 1\n", "a\n", "b\n", "c {\n"}), 0, 30).Draw(t, "base")
}

// edited changes some lines of base whose places allowed says, and gives the lines that
// it wrote.
func edited(t *rapid.T, base []string, name string, allowed func(i int) bool) (string, []string) {
	var out, wrote []string
	for i, l := range base {
		if !allowed(i) {
			out = append(out, l)
			continue
		}
		switch rapid.IntRange(0, 3).Draw(t, name) {
		case 0:
			out = append(out, l)
		case 1: // it goes
		case 2:
			fresh := fmt.Sprintf("%s %d\n", name, i)
			out, wrote = append(out, fresh), append(wrote, fresh)
		case 3:
			fresh := fmt.Sprintf("%s %d\n", name, i)
			out, wrote = append(out, l, fresh), append(wrote, fresh)
		}
	}
	return strings.Join(out, ""), wrote
}

func TestAMergeOfChangesThatAreApartLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Lines that stand once are never taken for one another; the line between the
		// halves is nobody's.
		base := marked(t)
		for i := range base {
			base[i] = fmt.Sprintf("<%d> %s", i, base[i])
		}
		cut := rapid.IntRange(0, len(base)).Draw(t, "cut")
		theirs, theirLines := edited(t, base, "theirs", func(i int) bool { return i < cut })
		mine, myLines := edited(t, base, "mine", func(i int) bool { return i > cut })
		got, ok := Merge3(strings.Join(base, ""), theirs, mine).Text()
		if !ok {
			t.Fatalf("a conflict of %q and %q", theirs, mine)
		}
		for _, l := range slices.Concat(theirLines, myLines) {
			if !strings.Contains(got, l) {
				t.Fatalf("%q is lost in %q", l, got)
			}
		}
		// And what went is gone.
		for i, l := range base {
			from := theirs
			if i > cut {
				from = mine
			}
			if strings.Contains(from, l) != strings.Contains(got, l) {
				t.Fatalf("%q: there %v, merged %v", l, strings.Contains(from, l), strings.Contains(got, l))
			}
		}
	})
}

func TestEachSideCanBeHadFromAnyMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := marked(t)
		every := func(int) bool { return true }
		theirs, theirLines := edited(t, base, "theirs", every)
		mine, myLines := edited(t, base, "mine", every)
		text := strings.Join(base, "")
		m := Merge3(text, theirs, mine)
		// All that a side wrote stands in the text or in a conflict that shows it.
		for _, l := range theirLines {
			if !slices.ContainsFunc(m.Parts, func(p Part) bool { return strings.Contains(p.Text+p.Theirs, l) }) {
				t.Fatalf("%q of theirs is nowhere", l)
			}
		}
		for _, l := range myLines {
			if !slices.ContainsFunc(m.Parts, func(p Part) bool { return strings.Contains(p.Text+p.Mine, l) }) {
				t.Fatalf("%q of mine is nowhere", l)
			}
		}
		if got, ok := Merge3(text, theirs, text).Text(); !ok || got != theirs {
			t.Fatalf("with no change of mine: %q, not %q", got, theirs)
		}
		if got, ok := Merge3(text, text, mine).Text(); !ok || got != mine {
			t.Fatalf("with no change of theirs: %q, not %q", got, mine)
		}
		if got, ok := Merge3(text, mine, mine).Text(); !ok || got != mine {
			t.Fatalf("of one change twice: %q, not %q", got, mine)
		}
	})
}

func TestALongTextChangedAtBothEndsIsMerged(t *testing.T) {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "real_server 10.0.%d.%d 80 {\n    weight 1\n}\n", i/250, i%250)
	}
	base := b.String()
	theirs := "! theirs\n" + strings.Replace(base, "weight 1", "weight 2", 1)
	mine := base + "! mine\n"
	theirs = strings.TrimSuffix(theirs, "}\n") + "    ! end\n}\n"
	mine = "vrrp_version 3\n\n" + strings.Replace(mine, "10.0.40.7 80 {", "10.0.40.7 81 {", 1)
	m := Merge3(base, theirs, mine)
	if n := len(m.Conflicts()); n != 1 { // what both wrote above the first line
		t.Fatalf("%d conflicts", n)
	}
	got, ok := m.Text(TakeBoth)
	if !ok || !strings.Contains(got, "10.0.40.7 81 {") || !strings.Contains(got, "weight 2") || !strings.HasSuffix(got, "    ! end\n}\n! mine\n") {
		t.Errorf("lost: %v, ends in %q", ok, got[len(got)-60:])
	}
}

func TestLinesMatchWhatTheyAreWhereverTheyAreDivided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := marked(t), marked(t)
		i, j := 0, 0
		for _, h := range matchLines(a, b, rapid.IntRange(0, 50).Draw(t, "cells")) {
			if h.A != i || h.B != j {
				t.Fatalf("a hunk begins at %d, %d, not %d, %d", h.A, h.B, i, j)
			}
			for k := range h.Same {
				if a[h.EndA+k] != b[h.EndB+k] {
					t.Fatalf("%q is not %q", a[h.EndA+k], b[h.EndB+k])
				}
			}
			i, j = h.EndA+h.Same, h.EndB+h.Same
		}
		if i != len(a) || j != len(b) {
			t.Fatalf("it ends at %d, %d of %d, %d", i, j, len(a), len(b))
		}
	})
}
