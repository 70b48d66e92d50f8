package script

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stubborn is a script that leaves a grandchild deaf to SIGTERM in its group, and
// then does what then says.
func stubborn(out, then string) Job {
	return sh(`(trap "" TERM; echo $(exec sh -c 'echo $PPID') > ` + out + `.new; mv ` + out + `.new ` + out + `; while :; do sleep 0.05; done) & ` + then)
}

// grandchild waits until the script has told its number.
func grandchild(t *testing.T, out string) int {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile(out)
		if err != nil {
			continue
		}
		if pid, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			return pid
		}
	}
	t.Fatal("the script did not start its child")
	return 0
}

func runs(pid int) bool {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !strings.Contains(string(text), ") Z ")
}

func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); runs(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("a grandchild of the script lives on")
		}
	}
}

func TestGrandchildDeafToSIGTERMIsKilledAfterATimeout(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	job := stubborn(out, "wait")
	job.Timeout = time.Second
	r := do(t, job)
	if !r.TimedOut || r.Signal != syscall.SIGTERM || r.Took < job.Timeout+Grace {
		t.Errorf("%+v", r)
	}
	gone(t, grandchild(t, out))
}

func TestNothingOfAScriptIsLeftAfterTheStop(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan Result, 1)
	go func() { done <- Run(ctx, stubborn(out, "wait")) }()
	pid := grandchild(t, out)
	cancel()
	<-done
	gone(t, pid)
}

func TestWhatAScriptLeavesOnPurposeRunsOn(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	job := stubborn(out, "while ! test -e "+out+"; do sleep 0.01; done; exit 0")
	job.Timeout = 20 * time.Second
	r := do(t, job)
	pid := grandchild(t, out)
	if !r.OK() || !runs(pid) {
		t.Errorf("%+v, it runs: %v", r, runs(pid))
	}
	syscall.Kill(pid, syscall.SIGKILL)
}
