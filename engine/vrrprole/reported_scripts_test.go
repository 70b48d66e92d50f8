package vrrprole

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// Issues 535 and 946: a track script over its time that is deaf to SIGTERM, with a child
// that is, too. The script fails, its weight counts as written, and nothing of it is left.
func TestATrackScriptOverItsTimeFailsAndLeavesNothing(t *testing.T) {
	t.Parallel()
	pids := filepath.Join(t.TempDir(), "pids")
	program := filepath.Join(t.TempDir(), "check")
	text := fmt.Sprintf("#!/bin/sh\ntrap '' TERM\necho $$ >> %[1]s\nsh -c 'echo $$ >> %[1]s; while :; do sleep 1; done' &\nwhile :; do sleep 1; done\n", pids)
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	cfg := configOf()
	want := map[string]int{"less": 80, "more": 100, "none": 100}
	for i, name := range []string{"less", "more", "none"} {
		in := instance(name, uint8(51+i), 100, fmt.Sprintf("192.0.2.%d/32", 100+i))
		track := model.Track{Name: "chk"}
		if weight := map[string]int{"less": -20, "more": 20}[name]; weight != 0 {
			track.Weight = model.Some(model.Weight{N: weight})
		}
		in.TrackScripts = []model.Track{track}
		cfg.Instances = append(cfg.Instances, in)
	}
	cfg.Scripts = []model.Script{{Name: "chk", Command: model.NewCommand(program), Interval: model.Some(model.Seconds(time.Second)),
		Timeout: model.Some(model.Seconds(time.Second)), Rise: model.Some(1), Fall: model.Some(1)}}
	a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), cfg)
	failed := func() bool {
		st := a.status()
		return len(st.Scripts) == 1 && st.Scripts[0].State == "FAILED"
	}
	for end := time.Now().Add(time.Minute); !failed(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the script has not failed: %+v", a.status().Scripts)
		}
	}
	for _, in := range a.status().Instances {
		if int(in.Priority) != want[in.Name] {
			t.Errorf("%s has priority %d, want %d", in.Name, in.Priority, want[in.Name])
		}
	}
	a.is("none", "FAULT")
	a.stop(control.Release)
	told, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	list := strings.Fields(string(told))
	if len(list) < 2 {
		t.Fatalf("processes %q, want the script and its child", list)
	}
	for _, pid := range list {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		if stat, err := os.ReadFile("/proc/" + pid + "/stat"); err == nil && !strings.Contains(string(stat), ") Z ") {
			syscall.Kill(n, syscall.SIGKILL)
			t.Errorf("process %d of the script is left", n)
		}
	}
}
