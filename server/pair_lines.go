package main

import "strings"

// joinLines puts two texts into one, line by line, in the order of both.
func joinLines(texts, nodes [2]string) string {
	a, b := lines(texts[0]), lines(texts[1])
	var out strings.Builder
	mark := func(node, line string) {
		if strings.TrimSpace(line) != "" { // a blank line more is no difference
			out.WriteString("@" + node + " " + line + "\n")
		}
	}
	for _, h := range match(len(a), len(b), func(i, j int) bool { return strings.TrimSpace(a[i]) == strings.TrimSpace(b[j]) }) {
		for _, l := range a[h.a:h.endA] {
			mark(nodes[0], l)
		}
		for _, l := range b[h.b:h.endB] {
			mark(nodes[1], l)
		}
		for _, l := range a[h.endA : h.endA+h.same] {
			out.WriteString(l + "\n")
		}
	}
	return out.String()
}

func lines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// hunk is a stretch of things that differ, and the same things that follow it.
type hunk struct{ a, endA, b, endB, same int }

// mostCells bounds the table of the comparison; what is larger counts as differing.
const mostCells = 16 << 20

// match finds the longest list of things that two lists have in order.
func match(a, b int, equal func(i, j int) bool) []hunk {
	head := 0
	for head < a && head < b && equal(head, head) {
		head++
	}
	endA, endB := a, b
	for endA > head && endB > head && equal(endA-1, endB-1) {
		endA--
		endB--
	}
	hunks := []hunk{{same: head}}
	n, m := endA-head, endB-head
	at := hunk{a: head, b: head}
	if n*m <= mostCells {
		longest := longestCommon(n, m, func(i, j int) bool { return equal(head+i, head+j) })
		for i, j := 0, 0; i < n && j < m; {
			switch {
			case equal(head+i, head+j):
				at.endA, at.endB = head+i, head+j
				for i < n && j < m && equal(head+i, head+j) {
					at.same++
					i++
					j++
				}
				hunks = append(hunks, at)
				at = hunk{a: head + i, b: head + j}
			case longest[i+1][j] >= longest[i][j+1]:
				i++
			default:
				j++
			}
		}
	}
	at.endA, at.endB, at.same = endA, endB, a-endA
	return append(hunks, at)
}

// longestCommon gives, from each place of both lists on, how many things they have
// in common in order.
func longestCommon(n, m int, equal func(i, j int) bool) [][]int32 {
	longest := make([][]int32, n+1)
	for i := range longest {
		longest[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if equal(i, j) {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	return longest
}
