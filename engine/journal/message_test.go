package journal

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestTheLogCallsNothingAppliedWithoutAnOperation(t *testing.T) {
	for operations, want := range map[string]string{"0": `msg="in force"`, "2": "msg=applied"} {
		var b bytes.Buffer
		logEntry(slog.New(slog.NewTextHandler(&b, nil)), Entry{Kind: Applied, Facts: map[string]string{FactHash: "ab", FactOperations: operations}})
		if got := b.String(); !strings.Contains(got, want) || !strings.Contains(got, "operations="+operations) {
			t.Errorf("%s operations: %s", operations, got)
		}
	}
}
