package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// forgiven is how many failed tests of a stage may run once more: more of them
// are no accident.
const forgiven = 3

// again runs the failed tests of each stage once more, with nothing beside them.
func again(ctx context.Context, stages []stage, results []result) {
	for i := range results {
		r := &results[i]
		tests := r.doubtful()
		at := slices.IndexFunc(stages, func(s stage) bool { return s.name == r.name })
		if len(tests) == 0 || !stages[at].tests || ctx.Err() != nil {
			continue
		}
		fmt.Printf("suite: %s again, alone: %s ...\n", r.name, strings.Join(tests, ", "))
		second := result{name: r.name}
		second.output, second.err = stages[at].play(ctx, tests)
		second.count()
		second.keep("-again")
		second.print()
		r.forgive(tests, second)
	}
}

// doubtful are the tests whose failure may be the machine's: few, and without any
// sign of a defect that time has no part in.
func (r *result) doubtful() []string {
	if r.err == nil || bytes.Contains(r.output, []byte("DATA RACE")) || bytes.Contains(r.output, []byte("\npanic: ")) {
		return nil
	}
	var tests []string
	for _, name := range r.failed {
		if strings.HasSuffix(name, skipped) {
			return nil
		}
		name, _, _ = strings.Cut(name, "/")
		if !slices.Contains(tests, name) {
			tests = append(tests, name)
		}
	}
	if len(tests) > forgiven {
		return nil
	}
	return tests
}

// forgive makes the verdict that of the second run, if each of the tests passed there.
func (r *result) forgive(tests []string, second result) {
	if second.err != nil || len(second.failed) > 0 || second.passed < len(tests) {
		r.err = errors.Join(r.err, second.err)
		return
	}
	r.err, r.failed, r.unsteady = nil, nil, tests
	r.passed += len(tests)
}

// exactly is the pattern of these tests and no others.
func exactly(tests []string) string {
	quoted := make([]string, len(tests))
	for i, t := range tests {
		quoted[i] = regexp.QuoteMeta(t)
	}
	return "^(" + strings.Join(quoted, "|") + ")$"
}
