package model

import (
	"regexp"
	"testing"
)

func TestEveryWordNamesReleasesInTheirOrder(t *testing.T) {
	release := regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	check := func(word string, s Since) {
		first, last := s.Bounds()
		if s != Never && s != Unreleased && !release.MatchString(last) || first != "" && (!release.MatchString(first) || compareReleases(first, last) > 0) {
			t.Errorf("%s is known since %q", word, s)
		}
	}
	for _, d := range Directives() {
		if d.Support == Obsolete {
			continue
		}
		if d.Since == "" {
			t.Errorf("nothing is known of %s", d.ID)
		}
		check(d.ID, d.Since)
		for i, alias := range d.Aliases {
			check(alias, d.AliasSince[i])
		}
	}
}

func TestAReleaseIsTooOldOnlyWhereThatIsSure(t *testing.T) {
	for _, row := range []struct {
		since   Since
		release string
		after   bool
	}{
		{"2.0.17", "2.0.16", true}, {"2.0.17", "2.0.17", false}, {"2.0.9", "2.0.17", false},
		{"..1.2.8", "1.0.0", false}, {"2.2.8..2.4.3", "2.2.7", true}, {"2.2.8..2.4.3", "2.3.0", false}, {Never, "2.4.3", true}, {Unreleased, "2.4.3", true},
	} {
		if row.since.After(row.release) != row.after {
			t.Errorf("%q after %s is not %v", row.since, row.release, row.after)
		}
	}
}
