package model

import (
	"maps"
	"slices"
)

// subjects is what checks may name: sessions of BFD, and files with their weights.
type subjects struct {
	sessions map[string]bool
	files    map[string]Weight
}

// subjectsIn is what the checks of a configuration may name.
func subjectsIn(c *Config) subjects {
	return subjects{sessionsOfChecks(resolveBFDs(c.BFDs)), weightsOf(Config{Files: c.Files}).file}
}

func (n subjects) equal(o subjects) bool {
	return maps.Equal(n.sessions, o.sessions) && maps.Equal(n.files, o.files)
}

// withNamed drops checks that name what does not exist, and gives one of a file the
// file's weight where it has none of its own.
func (n subjects) withNamed(checks []Check) []Check {
	lost := func(c Check) bool {
		_, there := n.files[c.TrackFile.Val]
		return c.Kind == BFDCheck && !n.sessions[c.Session.Val] || c.Kind == FileCheck && !there
	}
	if slices.ContainsFunc(checks, lost) {
		checks = slices.DeleteFunc(slices.Clone(checks), lost)
	}
	for i := range checks {
		if c := &checks[i]; c.Kind == FileCheck {
			inherit(&c.FileWeight, n.files[c.TrackFile.Val])
		}
	}
	return checks
}

// Asks says whether the check asks somebody, by itself and at times: it does not where
// it follows a session or a file.
func (c *Check) Asks() bool { return c.Kind != BFDCheck && c.Kind != FileCheck }
