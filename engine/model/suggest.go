package model

import (
	"slices"
	"strings"
)

// Nearest is the one of words that was probably meant by w, or "".
func Nearest(w string, words []string) string { return nearest(w, words) }

// maxCompared is with how many names those that nothing bears are compared, in
// one text; what is unknown beyond gets no hint.
const maxCompared = 1 << 18

// hint is nearest among the names of a text, which may be as many as there are
// mentions of others.
func (b *binder) hint(w string, sorted []string) string {
	if b.compared += len(sorted); b.compared > maxCompared {
		return ""
	}
	return nearestOf(w, sorted)
}

// nearest is nearestOf for words in any order.
func nearest(w string, words []string) string {
	return nearestOf(w, slices.Sorted(slices.Values(words)))
}

// nearestOf is the one of sorted words that was probably meant by w, or "". Two
// slips are forgiven, one in a short word; a swap of neighbours is one slip.
func nearestOf(w string, words []string) string {
	most := 2
	if len(w) < 5 {
		most = 1
	}
	best := ""
	for _, x := range words {
		if d := distance(w, x, most); d <= most {
			if d == 0 {
				continue
			}
			best, most = x, d-1
		}
	}
	return best
}

// otherCase is the one of words that differs from w in nothing but the case of its
// letters, or "".
func otherCase(w string, words []string) string {
	i := slices.IndexFunc(words, func(x string) bool { return x != w && strings.EqualFold(x, w) })
	if i < 0 {
		return ""
	}
	return words[i]
}

// joined is a word and its value that another language's = or : has made one word
// of, as they stand in ours, or "".
func joined(w string, words []string) string {
	at := strings.IndexAny(w, "=:")
	if at < 1 || !slices.Contains(words, w[:at]) {
		return ""
	}
	return strings.TrimRight(w[:at]+" "+w[at+1:], " ")
}

// leastBegun is how much of a word has to be there, or to be right, to know it by.
const leastBegun = 6

// beginning is the shortest of sorted words that w is the beginning of, or the
// longest that w begins with, or "".
func beginning(w string, words []string) string {
	begun, begins := "", ""
	for _, x := range words {
		switch {
		case len(w) >= leastBegun && strings.HasPrefix(x, w) && (begun == "" || len(x) < len(begun)):
			begun = x
		case len(x) >= leastBegun && strings.HasPrefix(w, x) && len(x) > len(begins):
			begins = x
		}
	}
	if begun != "" {
		return begun
	}
	return begins
}

// maxSpelled is the longest word for which another is looked for.
const maxSpelled = 64

// distance is the optimal string alignment distance of a and b, or more than
// most where it is larger. Only cells so near the diagonal are looked at.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) > maxSpelled {
		return most + 1
	}
	var rows [3][maxSpelled + 4]int
	last, row, next := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		from, to := max(1, i-most), min(len(b), i+most)
		next[from-1] = most + 1
		if from == 1 {
			next[0] = i
		}
		least := next[from-1]
		for j := from; j <= to; j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(next[j-1]+1, row[j-1]+cost)
			if j < i+most { // else the cell above is outside
				next[j] = min(next[j], row[j]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], last[j-2]+1)
			}
			least = min(least, next[j])
		}
		if least > most {
			return most + 1
		}
		last, row, next = row, next, last
	}
	return row[len(b)]
}
