package realtime

import "testing"

func TestLockedMemoryIsSeenInTheStatusOfAProcess(t *testing.T) {
	for status, locked := range map[string]bool{
		"Name:\tx\nVmLck:\t       0 kB\nVmRSS:\t  10 kB\n": false, "Name:\tx\nVmLck:\t  123456 kB\n": true, "Name:\tx\n": false, "": false,
	} {
		if lockedIn([]byte(status)) != locked {
			t.Errorf("%q: %v", status, !locked)
		}
	}
}

func TestNothingIsToBeGivenBackWhereNoneIsLocked(t *testing.T) {
	if err := GiveBack(); err != nil {
		t.Error(err)
	}
}
