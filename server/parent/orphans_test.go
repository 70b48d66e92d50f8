package parent_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// children are the processes with this parent, by number, with their state.
func children(t *testing.T, parent int) map[int]byte {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	found := map[int]byte{}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		f := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path))); string(f[1]) == strconv.Itoa(parent) {
			found[pid] = f[0][0]
		}
	}
	return found
}

// TestFirstProcessOfAContainerLeavesNoZombieOfScripts has a script that leaves two
// children at each run: one that ends later, and one that ends at once.
func TestFirstProcessOfAContainerLeavesNoZombieOfScripts(t *testing.T) {
	h := newHouse(t)
	runs, left := filepath.Join(h.lab.Dir, "runs"), filepath.Join(h.lab.Dir, "left")
	program := filepath.Join(h.lab.Dir, "forky")
	text := fmt.Sprintf("#!/bin/sh\n(sleep 0.05; echo x >> %s) &\n(exit 3) &\necho x >> %s\nexit 0\n", left, runs)
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	h.write("global_defs {\n script_user root\n}\nvrrp_script s {\n script " + program + "\n interval 0.05\n timeout 5\n}\n" +
		strings.Replace(config("one", priority), "    virtual_ipaddress", "    track_script {\n        s\n    }\n    virtual_ipaddress", 1))
	count := func(file string) int { text, _ := os.ReadFile(file); return bytes.Count(text, []byte("x")) }

	outer := exec.Command("ip", "netns", "exec", h.node.Namespace(), "unshare", "--fork", "--pid", "--mount-proc",
		binary, "run", "-f", h.file, "--run-dir", h.run, "--state-dir", h.lab.Dir+"/state", "--node", "d1")
	output, err := os.Create(filepath.Join(h.lab.Dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	outer.Stdout, outer.Stderr = output, output
	words := func() string { text, _ := os.ReadFile(output.Name()); return string(text) }
	if err := outer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { outer.Process.Kill(); outer.Wait() })
	var first int
	h.until("the first process is there", func() bool {
		for pid := range children(t, outer.Process.Pid) {
			first = pid
		}
		return first != 0
	})
	t.Cleanup(func() { syscall.Kill(first, syscall.SIGKILL) }) // and with it its whole namespace
	h.until("the script ran forty times", func() bool { return count(runs) >= 40 && count(left) >= 30 })

	// Every zombie is gone soon; others may have come meanwhile.
	zombies := func() map[int]bool {
		found := map[int]bool{}
		for pid, state := range children(t, first) {
			if state == 'Z' {
				found[pid] = true
			}
		}
		return found
	}
	stale := zombies()
	h.until("no zombie stays", func() bool {
		now := zombies()
		for pid := range stale {
			if !now[pid] {
				delete(stale, pid)
			}
		}
		return len(stale) == 0
	})

	// The exit of a role is still the parent's to see.
	killed := 0
	for pid := range children(t, first) {
		if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); strings.Contains(string(line), "\x00vrrp\x00") {
			killed = pid
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	h.until("the role was started again", func() bool { return killed != 0 && strings.Contains(words(), "signal: killed") })
	before := count(runs)
	h.until("the script runs on", func() bool { return count(runs) > before+3 })
	if text := words(); strings.Contains(text, "no child process") {
		t.Error(text)
	}
	if err := syscall.Kill(first, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := outer.Wait(); err != nil {
		t.Errorf("%v\n%s", err, words())
	}
	if len(children(t, first)) > 0 {
		t.Error("something is left after the stop")
	}
}
