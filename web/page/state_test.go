package page

import (
	"testing"

	"holdfast/engine/journal"
)

func TestAnEventWithoutAnOperationHasAnotherWordThanApplied(t *testing.T) {
	for operations, want := range map[string]string{"0": "in-force", "3": "set", "": "set"} {
		e := journal.Entry{Kind: journal.Applied, Facts: map[string]string{journal.FactOperations: operations}}
		if got := eventState(e); got != want {
			t.Errorf("%q operations: %s, want %s", operations, got, want)
		}
	}
}
