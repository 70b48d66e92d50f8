package convert

import (
	"slices"
	"strings"
)

// cells bounds what Match may cost between two anchors.
const cells = 4_000_000

// MatchLines is Match for lines. Where Match would cost too much it divides the lists
// at the lines that stand once in both and in the same order, so that a change at each
// end of a long text does not make all of it differ.
func MatchLines(a, b []string) []Hunk { return matchLines(a, b, cells) }

func matchLines(a, b []string, cells int) []Hunk {
	head, endA, endB := within(a, b)
	if (endA-head)*(endB-head) <= cells {
		return Match(len(a), len(b), cells, func(i, j int) bool { return a[i] == b[j] })
	}
	var all []Hunk
	fromA, fromB := 0, 0
	part := func(toA, toB int) {
		for _, h := range Match(toA-fromA, toB-fromB, cells, func(i, j int) bool { return a[fromA+i] == b[fromB+j] }) {
			all = join(all, Hunk{h.A + fromA, h.EndA + fromA, h.B + fromB, h.EndB + fromB, h.Same})
		}
	}
	for _, at := range anchors(a[head:endA], b[head:endB]) {
		part(head+at[0], head+at[1])
		fromA, fromB = head+at[0], head+at[1]
	}
	part(len(a), len(b))
	return all
}

// within gives the bounds of what lies between the common beginning and end.
func within(a, b []string) (head, endA, endB int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	endA, endB = len(a), len(b)
	for endA > head && endB > head && a[endA-1] == b[endB-1] {
		endA--
		endB--
	}
	return head, endA, endB
}

// join appends h, which begins where all ends. Nothing differs at the seam if h begins
// with what is the same.
func join(all []Hunk, h Hunk) []Hunk {
	if len(all) > 0 && h.A == h.EndA && h.B == h.EndB {
		all[len(all)-1].Same += h.Same
		return all
	}
	return append(all, h)
}

// anchors gives the places of the lines that stand once in a and once in b, as many as
// have the same order in both.
func anchors(a, b []string) [][2]int {
	count := map[string][2]int{}
	for _, l := range a {
		n := count[l]
		count[l] = [2]int{n[0] + 1, n[1]}
	}
	inB := map[string]int{}
	for j, l := range b {
		if n, there := count[l]; there {
			count[l] = [2]int{n[0], n[1] + 1}
			inB[l] = j
		}
	}
	var pairs [][2]int
	for i, l := range a {
		if count[l] == [2]int{1, 1} {
			pairs = append(pairs, [2]int{i, inB[l]})
		}
	}
	return rising(pairs)
}

// rising keeps the most pairs whose second places rise; their first places do.
func rising(pairs [][2]int) [][2]int {
	var last []int // by length: the pair that ends the run whose end is least
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(last, p[1], func(k, to int) int { return pairs[k][1] - to })
		before[i] = -1
		if n > 0 {
			before[i] = last[n-1]
		}
		if n == len(last) {
			last = append(last, i)
		} else {
			last[n] = i
		}
	}
	kept := make([][2]int, len(last))
	if len(last) == 0 {
		return kept
	}
	for n, i := len(last)-1, last[len(last)-1]; n >= 0; n, i = n-1, before[i] {
		kept[n] = pairs[i]
	}
	return kept
}

// splitLines gives the lines of a text, each with its end.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	return lines[:len(lines)-1+min(1, len(lines[len(lines)-1]))]
}
