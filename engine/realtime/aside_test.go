package realtime

import "testing"

func TestAsideReturnsWhenTheWorkIsDoneAndNeverUnderRealTime(t *testing.T) {
	done, active := false, true
	Aside(func() { done, active = true, Active() })
	if !done || active {
		t.Error(done, active)
	}
}
