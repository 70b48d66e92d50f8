package changes

import "strings"

// DiffLine is a line of the comparison of two texts. Op is " " (in both), "+",
// "-" or "@" (lines left out here). Old and New are line numbers; 0 is none.
type DiffLine struct {
	Op       string
	Old, New int
	Text     string
}

// around is how many equal lines are shown beside a change.
const around = 3

// effort bounds the search for the shortest difference; beyond it a changed
// stretch is shown as taken out whole and put in whole.
const effort = 4_000_000

// Diff compares two texts line by line.
func Diff(before, after string) []DiffLine {
	a, b := lines(before), lines(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var all []DiffLine
	for i := range head {
		all = append(all, DiffLine{" ", i + 1, i + 1, a[i]})
	}
	all = append(all, middle(a[head:len(a)-tail], b[head:len(b)-tail], head)...)
	for i := range tail {
		o, n := len(a)-tail+i, len(b)-tail+i
		all = append(all, DiffLine{" ", o + 1, n + 1, a[o]})
	}
	return fold(all)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// middle finds the longest common subsequence by its table. offset is how many
// lines stand before both.
func middle(a, b []string, offset int) []DiffLine {
	width := len(b) + 1
	if (len(a)+1)*width > effort {
		return whole(a, b, offset)
	}
	common := make([]int32, (len(a)+1)*width) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	var out []DiffLine
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffLine{" ", offset + i + 1, offset + j + 1, a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[(i+1)*width+j] >= common[i*width+j+1]):
			out = append(out, DiffLine{"-", offset + i + 1, 0, a[i]})
			i++
		default:
			out = append(out, DiffLine{"+", 0, offset + j + 1, b[j]})
			j++
		}
	}
	return out
}

func whole(a, b []string, offset int) []DiffLine {
	var out []DiffLine
	for i, text := range a {
		out = append(out, DiffLine{"-", offset + i + 1, 0, text})
	}
	for i, text := range b {
		out = append(out, DiffLine{"+", 0, offset + i + 1, text})
	}
	return out
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
