package convert

// Hunk is a stretch of things that differ, A to EndA of the one list and B to EndB of
// the other, and how many same things follow it.
type Hunk struct{ A, EndA, B, EndB, Same int }

// Match finds the longest list of things that two lists of lengths a and b have in
// order. Its cost grows with the product of what lies between their common beginning
// and end: above so many cells all of that counts as differing.
func Match(a, b, cells int, equal func(i, j int) bool) []Hunk {
	head := 0
	for head < a && head < b && equal(head, head) {
		head++
	}
	endA, endB := a, b
	for endA > head && endB > head && equal(endA-1, endB-1) {
		endA--
		endB--
	}
	hunks := []Hunk{{Same: head}}
	n, m := endA-head, endB-head
	at := Hunk{A: head, B: head}
	if n*m <= cells {
		longest := longestCommon(n, m, func(i, j int) bool { return equal(head+i, head+j) })
		for i, j := 0, 0; i < n && j < m; {
			switch {
			case equal(head+i, head+j):
				at.EndA, at.EndB = head+i, head+j
				for i < n && j < m && equal(head+i, head+j) {
					at.Same++
					i++
					j++
				}
				hunks = append(hunks, at)
				at = Hunk{A: head + i, B: head + j}
			case longest[i+1][j] >= longest[i][j+1]:
				i++
			default:
				j++
			}
		}
	}
	at.EndA, at.EndB, at.Same = endA, endB, a-endA
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
