package control

import (
	"testing"
	"time"
)

func TestTheLastSignIsTheOneThatCounts(t *testing.T) {
	first, last := Sign{Down: 3 * time.Second, Due: time.Hour}, Sign{Down: 300 * time.Millisecond, Due: 2 * time.Hour}
	b := last.Append(first.Append(nil))
	if got, ok := LastSign(b); !ok || got != last || len(b) != 2*SignLength {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok := LastSign(b[:SignLength+3]); !ok || got != first {
		t.Errorf("of one and a part: %+v, %v", got, ok)
	}
	if _, ok := LastSign(b[:3]); ok {
		t.Error("a part is taken for a whole one")
	}
}
