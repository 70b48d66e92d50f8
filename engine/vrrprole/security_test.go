package vrrprole

import (
	"testing"

	"holdfast/engine/model"
)

func TestScriptIsStartedAnewWhenScriptSecurityIsSwitchedOn(t *testing.T) {
	l := &loop{}
	cfg := model.Script{Name: "chk", Command: model.Command{Argv: []string{"/bin/true"}}}
	s := &trackScript{cfg: cfg, job: l.trackJob(cfg)}
	if !l.runsAs(s, cfg) {
		t.Error("the same script is started anew")
	}
	l.cfg.Global.ScriptSecurity = true
	if l.runsAs(s, cfg) {
		t.Error("it runs on without the checks")
	}
}
