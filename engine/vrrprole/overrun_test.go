package vrrprole

import (
	"testing"
	"time"

	"holdfast/engine/journal"
	"holdfast/engine/model"
)

func TestScriptThatTakesLongerThanItsIntervalIsToldOnce(t *testing.T) {
	var told []journal.Entry
	s := &trackScript{cfg: model.Script{Name: "chk", Interval: model.Some(model.Seconds(time.Second))}}
	for _, took := range []time.Duration{time.Second, 1500 * time.Millisecond, 2 * time.Second} {
		told = append(told, s.tellOverrun(took)...)
	}
	if len(told) != 1 || told[0].Object != "chk" || told[0].Facts["code"] != "script-overran" || told[0].Facts["took"] != "1.5s" {
		t.Errorf("told: %+v", told)
	}
}
