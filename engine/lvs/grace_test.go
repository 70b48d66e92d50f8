package lvs

import (
	"testing"
	"time"

	"holdfast/engine/model"
)

func TestTheShareOfAServerGrowsToAllOfItsWeight(t *testing.T) {
	v := &Virtual{&model.Virtual{SlowStart: model.Some(model.Seconds(20 * time.Second)), Servers: []model.Real{{Weight: model.Some(3)}}}}
	last := uint8(0)
	for at := time.Duration(0); at < 20*time.Second; at += 100 * time.Millisecond {
		share := v.ShareAfter(at)
		if share < last || share < 10 || share > 100 {
			t.Fatalf("share %d after %v, %d before", share, at, last)
		}
		last = share
		s := VirtualState{Servers: []ServerState{{Share: share}}}
		if w := v.InForce(s, 0); w < 1 || w > 3 {
			t.Errorf("weight %d after %v", w, at)
		}
	}
	if v.ShareAfter(20*time.Second) != 0 || v.ShareAfter(-time.Second) != 10 {
		t.Error("the end, or a clock that went back")
	}
}
