package journal

import (
	"slices"
	"testing"

	"holdfast/assets"
)

func TestSentencesMayAskForEveryFact(t *testing.T) {
	facts, asked := slices.Clone(Facts), slices.Clone(assets.EventFacts)
	slices.Sort(facts)
	slices.Sort(asked)
	if !slices.Equal(facts, asked) {
		t.Errorf("entries have  %v\nsentences ask %v", facts, asked)
	}
}
