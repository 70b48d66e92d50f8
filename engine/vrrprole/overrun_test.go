package vrrprole

import (
	"testing"
	"time"

	"holdfast/engine"
	"holdfast/engine/journal"
	"holdfast/engine/model"
)

func TestScriptThatTakesLongerThanItsIntervalIsToldOnce(t *testing.T) {
	var told []journal.Entry
	l := &loop{host: engine.Services{Journal: func(e journal.Entry) { told = append(told, e) }}}
	s := &trackScript{cfg: model.Script{Name: "chk", Interval: model.Some(model.Seconds(time.Second))}}
	for _, took := range []time.Duration{time.Second, 1500 * time.Millisecond, 2 * time.Second} {
		l.tellOverrun(s, took)
	}
	if len(told) != 1 || told[0].Object != "chk" || told[0].Facts["code"] != "script-overran" || told[0].Facts["took"] != "1.5s" {
		t.Errorf("told: %+v", told)
	}
}
