package model

import "slices"

// Nearest is the one of words that was probably meant by w, or "".
func Nearest(w string, words []string) string { return nearest(w, words) }

// nearest is the one of words that was probably meant by w, or "". Two slips are
// forgiven, one in a short word; a swap of neighbours is one slip.
func nearest(w string, words []string) string {
	most := 2
	if len(w) < 5 {
		most = 1
	}
	best := ""
	for _, x := range slices.Sorted(slices.Values(words)) {
		if d := distance(w, x, most); d <= most {
			if d == 0 {
				continue
			}
			best, most = x, d-1
		}
	}
	return best
}

// distance is the optimal string alignment distance of a and b, or more than
// most where it is larger.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) > 64 {
		return most + 1
	}
	var last, row, next [68]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], last[j-2]+1)
			}
		}
		last, row = row, next
	}
	return row[len(b)]
}
