package main

import (
	"slices"
	"testing"
)

func TestRemarksAreThoseOfTheFailedTestAlone(t *testing.T) {
	output := []byte(`=== RUN   TestGood
    good_test.go:3: fine
--- PASS: TestGood (0.1s)
=== RUN   TestBad
    bad_test.go:7: 1 of 3 requests failed
    lab.go:269: --- d1.log
        a line of a log
    bad_test.go:9: an advert was late
--- FAIL: TestBad (0.1s)
`)
	want := []string{"bad_test.go:7: 1 of 3 requests failed", "bad_test.go:9: an advert was late"}
	if got := remarks(output, "TestBad"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
