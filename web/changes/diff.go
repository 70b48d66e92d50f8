package changes

import (
	"strings"

	"holdfast/engine/convert"
)

// DiffLine is a line of the comparison of two texts. Op is " " (in both), "+",
// "-" or "@" (lines left out here). Old and New are line numbers; 0 is none.
type DiffLine struct {
	Op       string
	Old, New int
	Text     string
}

// around is how many equal lines are shown beside a change.
const around = 3

// Diff compares two texts line by line.
func Diff(before, after string) []DiffLine { return fold(compare(lines(before), lines(after))) }

// compare is the difference with all lines that are equal.
func compare(a, b []string) (all []DiffLine) {
	for _, h := range convert.MatchLines(a, b) {
		for i := h.A; i < h.EndA; i++ {
			all = append(all, DiffLine{"-", i + 1, 0, a[i]})
		}
		for j := h.B; j < h.EndB; j++ {
			all = append(all, DiffLine{"+", 0, j + 1, b[j]})
		}
		for i := range h.Same {
			all = append(all, DiffLine{" ", h.EndA + i + 1, h.EndB + i + 1, a[h.EndA+i]})
		}
	}
	return all
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// fold leaves out the equal lines that are far from any change.
func fold(all []DiffLine) []DiffLine {
	near := make([]bool, len(all))
	changed := false
	for i, l := range all {
		if l.Op == " " {
			continue
		}
		changed = true
		for k := max(0, i-around); k < min(len(all), i+around+1); k++ {
			near[k] = true
		}
	}
	if !changed {
		return nil
	}
	var out []DiffLine
	for i, l := range all {
		if near[i] {
			out = append(out, l)
		} else if i == 0 || near[i-1] {
			out = append(out, DiffLine{Op: "@", Old: l.Old, New: l.New})
		}
	}
	return out
}
