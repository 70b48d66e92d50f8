package vrrprole

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"holdfast/assets"
	"holdfast/engine/journal"
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
		job  script.Job
		code string
	}{
		"missing":            {script.Job{Argv: []string{"/nowhere/check"}}, "script-missing"},
		"not executable":     {script.Job{Argv: []string{"/etc/passwd"}}, "script-missing"},
		"a directory":        {script.Job{Argv: []string{"/etc"}}, "script-missing"},
		"below a file":       {script.Job{Argv: []string{"/etc/passwd/check"}}, "script-missing"},
		"of another machine": {script.Job{Argv: []string{file("\x7fELF\x02\x00")}}, "script-missing"},
		"no such user":       {script.Job{Argv: []string{"/bin/true"}, User: "surely-no-such-user"}, "script-missing"},
		"carriage return":    {script.Job{Argv: []string{file("#!/bin/bash\r\nexit 0\r\n")}}, "script-carriage-return"},
		"no interpreter":     {script.Job{Argv: []string{file("#!/nowhere/python\n")}}, "script-interpreter"},
	} {
		var told []journal.Entry
		s := newTrackScript(model.Script{Name: "chk", Command: model.NewCommand(row.job.Argv[0]), Interval: model.Some(model.Seconds(time.Minute)),
			Rise: model.Some(1), Fall: model.Some(1)}, time.Now())
		all := &scripts{order: []string{"chk"}, byName: map[string]*trackScript{"chk": s}}
		observe := func(r script.Result) {
			news, _, _ := all.observe(scriptRan{s, r, time.Now()})
			told = append(told, news...)
		}
		r := script.Run(context.Background(), row.job)
		for range 2 {
			observe(r)
		}
		if s.answer() != vrrp.Absent {
			t.Errorf("%s: answers %v, %+v", name, s.answer(), r)
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
	s := newTrackScript(model.Script{Name: "chk", Command: model.NewCommand("/bin/x"), Rise: model.Some(1), Fall: model.Some(1)}, time.Now())
	all := &scripts{order: []string{"chk"}, byName: map[string]*trackScript{"chk": s}}
	all.observe(scriptRan{s, script.Result{Code: 1}, time.Now()})
	all.observe(scriptRan{s, script.Result{Code: -1, Err: &os.PathError{Op: "fork/exec", Path: "/bin/x", Err: syscall.EAGAIN}}, time.Now()})
	if held := all.held(); s.answer() != vrrp.Bad || len(held) != 1 || held[0].Code != "script-shortage" {
		t.Errorf("answers %v, held %+v", s.answer(), held)
	}
}
