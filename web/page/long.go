package page

import (
	"cmp"
	"slices"
)

// mostLines is how much of a long list a page shows: a text of a hundred thousand
// lines must not become a page of as many. The rest is in downloads and the API.
const mostLines = 500

// longestLine is how much of one line a page shows, in bytes.
const longestLine = 1 << 10

// What a page shows of one line of a list that may have mostLines of them: in
// bytes for the line, in characters beside the place of a finding and for each of
// the words that its sentence repeats.
const (
	listedLine = 256
	besideMark = 40
	markedMost = 60
)

func listed(n int) int { return min(n, mostLines) }

func unlisted(n int) int { return n - listed(n) }

// gravest puts errors first where not all findings are listed.
func gravest(list []finding) []finding {
	if unlisted(len(list)) > 0 {
		slices.SortStableFunc(list, func(a, b finding) int { return cmp.Compare(b.Severity, a.Severity) })
	}
	return list
}
