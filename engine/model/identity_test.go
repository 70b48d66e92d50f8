package model

import (
	"net/netip"
	"testing"
	"time"
)

func TestIdentityHoldsWhatIsAskedAndNotWhen(t *testing.T) {
	base := Check{Kind: HTTPGet, Target: Endpoint{Addr: netip.MustParseAddr("192.0.2.33"), Port: 80},
		URLs: []URL{{Path: "/"}}}
	later, other := base, base
	later.Timing.DelayLoop = Some(Seconds(time.Minute))
	if Identity(base) != Identity(later) {
		t.Error("when a check runs is part of its identity")
	}
	other.URLs = []URL{{Path: "/", Codes: []CodeRange{{From: 200, To: 200}}}}
	if Identity(base) == Identity(other) {
		t.Error("two checks that ask for different things have one identity")
	}
}
