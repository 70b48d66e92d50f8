package parent

import (
	"testing"
	"time"
)

func TestFirstDeathIsFollowedByAStartAtOnceAndLaterOnesByGrowingPauses(t *testing.T) {
	now := time.Unix(0, 0)
	var d deaths
	last := time.Duration(-1)
	for i := range 8 {
		var pause time.Duration
		d, pause, _ = d.add(now)
		if i == 0 && pause != 0 {
			t.Fatalf("first pause %v", pause)
		}
		if pause < last || pause > time.Second {
			t.Fatalf("pause %d is %v after %v", i, pause, last)
		}
		last = pause
	}
	if last != time.Second {
		t.Fatalf("last pause %v", last)
	}
}

func TestThirdDeathInAMinuteCondemnsTheText(t *testing.T) {
	now := time.Unix(0, 0)
	d, _, first := deaths(nil).add(now)
	d, _, second := d.add(now.Add(30 * time.Second))
	_, _, third := d.add(now.Add(59 * time.Second))
	if first || second || !third {
		t.Fatal(first, second, third)
	}
}

func TestDeathsOlderThanAMinuteAreForgotten(t *testing.T) {
	now := time.Unix(0, 0)
	d, _, _ := deaths(nil).add(now)
	d, _, _ = d.add(now.Add(30 * time.Second))
	d, pause, condemned := d.add(now.Add(61 * time.Second))
	if condemned || len(d) != 2 || pause != pauses[1] {
		t.Fatal(d, pause, condemned)
	}
}
