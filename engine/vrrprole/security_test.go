package vrrprole

import (
	"testing"

	"holdfast/engine/model"
)

func TestScriptIsStartedAnewWhenScriptSecurityIsSwitchedOn(t *testing.T) {
	l := &scripts{}
	cfg := model.Script{Name: "chk", Command: model.Command{Argv: []string{"/bin/true"}}}
	s := &trackScript{cfg: cfg, job: trackJob(l.global, cfg)}
	if !l.runsAs(s, cfg) {
		t.Error("the same script is started anew")
	}
	l.global.ScriptSecurity = true
	if l.runsAs(s, cfg) {
		t.Error("it runs on without the checks")
	}
}
