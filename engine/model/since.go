package model

import (
	"cmp"
	"strconv"
	"strings"
)

// Since says which releases of keepalived know a word: "2.0.17" from that one on;
// "..1.2.8" from that one on at the latest; "2.2.8..2.4.3" from one of these on,
// and none before the first; "never" is a word that only this program takes, and
// "unreleased" one that no release has yet.
type Since string

// Never is what is said of a word that no keepalived knows in its place.
const Never Since = "never"

// Unreleased is what is said of a word that no release of keepalived knows yet.
const Unreleased Since = "unreleased"

// everKnown is what is said of a word of which no more is known than that both
// ends of the range of releases spoken here have it.
const everKnown Since = "..2.2.7"

// After says whether a release of keepalived is surely too old to know the word.
func (s Since) After(release string) bool {
	first, _, _ := strings.Cut(string(s), "..")
	return s == Never || s == Unreleased || first != "" && compareReleases(first, release) > 0
}

// Exact says whether the release is the one that brought the word.
func (s Since) Exact() bool {
	return s != Never && s != Unreleased && !strings.Contains(string(s), "..")
}

// Bounds are the first release that may have brought the word, "" where that is
// not known, and the last that may.
func (s Since) Bounds() (first, last string) {
	if s == Never || s == Unreleased {
		return "", ""
	}
	first, last, ok := strings.Cut(string(s), "..")
	if !ok {
		last = first
	}
	return first, last
}

// readSince reads the tag of a field: what holds of all, and what of single ones.
func readSince(tag string) (Since, map[string]Since) {
	all, of := everKnown, map[string]Since(nil)
	for _, part := range strings.Fields(tag) {
		key, release, ok := strings.Cut(part, ":")
		if !ok {
			all = Since(part)
			continue
		}
		if of == nil {
			of = map[string]Since{}
		}
		of[key] = Since(release)
	}
	return all, of
}

func compareReleases(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if c := cmp.Compare(m, n); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}
