package main

import (
	"errors"
	"slices"
	"testing"
)

func TestOnlyFewFailuresWithoutASignOfADefectAreDoubtful(t *testing.T) {
	failed := errors.New("exit status 1")
	for name, c := range map[string]struct {
		r    result
		want []string
	}{
		"a good stage":          {result{}, nil},
		"a subtest and its own": {result{err: failed, failed: []string{"TestA/one", "TestA"}}, []string{"TestA"}},
		"a skip":                {result{err: failed, failed: []string{"TestA" + skipped}}, nil},
		"a race":                {result{err: failed, failed: []string{"TestA"}, output: []byte("WARNING: DATA RACE\n")}, nil},
		"a panic":               {result{err: failed, failed: []string{"TestA"}, output: []byte("x\npanic: here\n")}, nil},
		"many":                  {result{err: failed, failed: []string{"TestA", "TestB", "TestC", "TestD"}}, nil},
		"no verdict at all":     {result{err: failed}, nil},
	} {
		if got := c.r.doubtful(); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestATestIsForgivenOnlyWhenItPassedAlone(t *testing.T) {
	failed := errors.New("exit status 1")
	tests := []string{"TestA", "TestB"}
	for name, c := range map[string]struct {
		second result
		good   bool
	}{
		"both passed":       {result{passed: 2}, true},
		"one did not run":   {result{passed: 1}, false},
		"one failed again":  {result{passed: 1, failed: []string{"TestB"}, err: failed}, false},
		"the program ended": {result{passed: 2, err: failed}, false},
	} {
		r := result{err: failed, failed: tests, passed: 10}
		r.forgive(tests, c.second)
		if good := r.err == nil && len(r.failed) == 0; good != c.good {
			t.Errorf("%s: %+v", name, r)
		}
		if c.good && (!slices.Equal(r.unsteady, tests) || r.passed != 12) {
			t.Errorf("%s: it is not named: %+v", name, r)
		}
	}
}
