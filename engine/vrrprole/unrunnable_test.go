package vrrprole

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/assets"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// TestTrackScriptThatCannotBeRunIsHeldAndNamed runs each, and holds the answer of
// the script, what is held back, the journal and the words for it against it.
func TestTrackScriptThatCannotBeRunIsHeldAndNamed(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "check")
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, row := range map[string]struct {
		job    script.Job
		code   string
		answer vrrp.Answer // keepalived takes out what is not there; its child that cannot execute exits with 0
	}{
		"missing":            {script.Job{Argv: []string{"/nowhere/check"}}, "script-missing", vrrp.Absent},
		"not executable":     {script.Job{Argv: []string{"/etc/passwd"}}, "script-missing", vrrp.Absent},
		"a directory":        {script.Job{Argv: []string{"/etc"}}, "script-missing", vrrp.Absent},
		"below a file":       {script.Job{Argv: []string{"/etc/passwd/check"}}, "script-missing", vrrp.Absent},
		"no such user":       {script.Job{Argv: []string{"/bin/true"}, User: "surely-no-such-user"}, "script-missing", vrrp.Absent},
		"of another machine": {script.Job{Argv: []string{file("\x7fELF\x02\x00")}}, "script-format", vrrp.Good},
		"carriage return":    {script.Job{Argv: []string{file("#!/bin/bash\r\nexit 0\r\n")}}, "script-carriage-return", vrrp.Good},
		"no interpreter":     {script.Job{Argv: []string{file("#!/nowhere/python\n")}}, "script-interpreter", vrrp.Good},
	} {
		var told []journal.Entry
		s := newTrackScript(model.Script{Name: "chk", Command: model.NewCommand(row.job.Argv[0]), Interval: model.Some(model.Seconds(time.Minute)),
			Rise: model.Some(1), Fall: model.Some(1)}, row.job, time.Now())
		all := &scripts{order: []string{"chk"}, byName: map[string]*trackScript{"chk": s}}
		observe := func(r script.Result) {
			news, _, _ := all.observe(scriptRan{s, r, time.Now()})
			told = append(told, news...)
		}
		r := script.Run(context.Background(), row.job)
		for range 2 {
			observe(r)
		}
		if s.answer() != row.answer || s.state() != "UNKNOWN" {
			t.Errorf("%s: answers %v, is %s, %+v", name, s.answer(), s.state(), r)
		}
		held := all.held()
		if len(held) != 1 || held[0].Object != "chk" || held[0].Code != row.code || held[0].Args["reason"] == "" {
			t.Errorf("%s: held %+v", name, held)
			continue
		}
		if len(told) != 1 || told[0].Kind != journal.Held || told[0].Facts["code"] != row.code {
			t.Errorf("%s: told %+v", name, told)
		}
		for _, lang := range []string{"en", "zh-CN"} {
			if text := assets.Text(lang, "held."+row.code, held[0].Args); text == "" || text == "held."+row.code {
				t.Errorf("%s: no words in %s", name, lang)
			}
		}
		observe(script.Result{})
		if len(all.held()) != 0 || len(told) < 2 || told[1].Kind != journal.Unheld || told[1].Facts["code"] != row.code || s.answer() != vrrp.Good {
			t.Errorf("%s: when it runs again: %+v, %+v", name, all.held(), told)
		}
	}
}

func TestShortageOfProcessesLeavesTheLastVerdict(t *testing.T) {
	s := newTrackScript(model.Script{Name: "chk", Command: model.NewCommand("/bin/x"), Rise: model.Some(1), Fall: model.Some(1)}, script.Job{}, time.Now())
	all := &scripts{order: []string{"chk"}, byName: map[string]*trackScript{"chk": s}}
	all.observe(scriptRan{s, script.Result{Code: 1}, time.Now()})
	all.observe(scriptRan{s, script.Result{Code: -1, Err: &os.PathError{Op: "fork/exec", Path: "/bin/x", Err: syscall.EAGAIN}}, time.Now()})
	if held := all.held(); s.answer() != vrrp.Bad || len(held) != 1 || held[0].Code != "script-shortage" {
		t.Errorf("answers %v, held %+v", s.answer(), held)
	}
}

func TestANotifyScriptThatCannotBeRunIsHeldUntilTheTextNamesItNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := instance("VI_1", 51, 100, vip)
		in.Notify.Master = model.NewCommand("/nowhere/notify")
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(in))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if held := a.status().Held; len(held) != 1 || held[0].Object != "VI_1" || held[0].Code != "notify-not-run" || held[0].Args["command"] != "/nowhere/notify" {
			t.Errorf("held %+v", held)
		}
		if _, err := a.role.Apply(t.Context(), configOf(instance("VI_1", 51, 100, vip))); err != nil {
			t.Fatal(err)
		}
		if held := a.status().Held; len(held) > 0 {
			t.Errorf("still held %+v", held)
		}
		a.stop(control.Release)
	})
}
