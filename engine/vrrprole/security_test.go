package vrrprole

import (
	"testing"
	"time"

	"holdfast/engine/model"
)

func TestScriptIsStartedAnewWhenScriptSecurityIsSwitchedOn(t *testing.T) {
	l := &scripts{}
	cfg := model.Script{Name: "chk", Command: model.Command{Argv: []string{"/bin/true"}}}
	s := l.succeed(nil, cfg, time.Now())
	if l.succeed(s, cfg, time.Now()) != s {
		t.Error("the same script is started anew")
	}
	l.global.ScriptSecurity = true
	if l.succeed(s, cfg, time.Now()) == s {
		t.Error("it runs on without the checks")
	}
}
