package page

import (
	"testing"

	"holdfast/engine/control"
	"holdfast/web/live"
)

func TestWhatHoldsBothRolesBackIsToldOfTheSameOneEachTime(t *testing.T) {
	held := []control.Blocked{{Code: "no-net-admin"}}
	s := live.Snapshot{
		VRRP: live.Side{Status: control.Status{Held: held, Instances: []control.InstanceStatus{{Name: "VI_1", State: "MASTER", Held: held}}}},
		LVS:  live.Side{Status: control.Status{Held: held}},
	}
	for range 50 {
		if got := problemsOf(s); len(got) != 1 || got[0].Object != "vrrp" {
			t.Fatalf("got %+v", got)
		}
	}
}
