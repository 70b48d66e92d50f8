package script

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// sh is a job for a line of shell, as a test writes it.
func sh(line string, args ...string) Job {
	return Job{Argv: []string{"/bin/sh", "-c", line, "sh"}, Args: args}
}

func do(t *testing.T, job Job) Result {
	t.Helper()
	return Run(context.Background(), job)
}

func TestExitStatusIsTheResult(t *testing.T) {
	if r := do(t, sh("exit 0")); !r.OK() || r.String() != "exit 0" {
		t.Errorf("%+v", r)
	}
	if r := do(t, sh("exit 7")); r.OK() || r.Code != 7 || r.String() != "exit 7" {
		t.Errorf("%+v", r)
	}
}

func TestSignalIsAFailure(t *testing.T) {
	r := do(t, sh("kill -USR1 $$"))
	if r.OK() || r.Signal != syscall.SIGUSR1 || r.Code != -1 || r.String() != "signal 10" {
		t.Errorf("%+v", r)
	}
}

func TestMissingProgramIsAnError(t *testing.T) {
	if r := do(t, Job{Argv: []string{"/nowhere/at/all"}}); !errors.Is(r.Err, os.ErrNotExist) || r.OK() {
		t.Errorf("%+v", r)
	}
	if r := do(t, Job{Argv: []string{"surely-no-such-program"}}); !errors.Is(r.Err, exec.ErrNotFound) {
		t.Errorf("%+v", r)
	}
	if r := do(t, Job{}); r.Err == nil {
		t.Error("no program ran")
	}
}

func TestNoShellComesInBetween(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := do(t, sh(`printf '%s|' "$@" > `+out, "a b", "$HOME", "*", "INSTANCE"))
	text, err := os.ReadFile(out)
	if !r.OK() || err != nil || string(text) != "a b|$HOME|*|INSTANCE|" {
		t.Errorf("%q %v %+v", text, err, r)
	}
}

func TestStandardFilesAreNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := do(t, sh(`for n in 0 1 2; do readlink /proc/$$/fd/$n; done > `+out))
	text, _ := os.ReadFile(out)
	lines := strings.Fields(string(text))
	if !r.OK() || len(lines) != 3 || lines[0] != "/dev/null" || lines[2] != "/dev/null" {
		t.Errorf("%q %+v", text, r)
	}
}

func TestTimeoutEndsTheWholeGroup(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	job := sh("sleep 60 & echo $! > " + out + "; wait")
	job.Timeout = 300 * time.Millisecond
	r := do(t, job)
	if !r.TimedOut || r.OK() || r.String() != "timeout" || r.Took > 2*time.Second {
		t.Errorf("%+v", r)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(5 * time.Second); syscall.Kill(child, 0) == nil; time.Sleep(10 * time.Millisecond) {
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child)); err == nil && strings.Contains(string(stat), ") Z ") {
			return // dead, and not ours to bury
		}
		if time.Now().After(end) {
			t.Fatal("the child of the script lives on")
		}
	}
}

func TestStubbornProgramIsKilledTwoSecondsLater(t *testing.T) {
	job := sh(`trap "" TERM; while :; do sleep 0.05; done`)
	job.Timeout = 200 * time.Millisecond
	r := do(t, job)
	if !r.TimedOut || r.Signal != syscall.SIGKILL || r.Took < Grace || r.Took > Grace+2*time.Second {
		t.Errorf("%+v", r)
	}
}

func TestContextEndsTheProgram(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	r := Run(ctx, sh("sleep 60"))
	if r.TimedOut || r.OK() || r.Took > 2*time.Second {
		t.Errorf("%+v", r)
	}
}

func TestScriptLeadsItsOwnSession(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	r := do(t, sh(`cut -d' ' -f1,5,6 /proc/$$/stat > `+out))
	text, _ := os.ReadFile(out)
	if f := strings.Fields(string(text)); !r.OK() || len(f) != 3 || f[0] != f[1] || f[0] != f[2] {
		t.Errorf("pid, group and session: %q %+v", text, r)
	}
}

func TestScriptRunsAsTheUserItIsGiven(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can run a program as somebody else")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for p := dir; p != "/tmp" && p != "/"; p = filepath.Dir(p) { // nobody has to get there
		if err := os.Chmod(p, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	job := sh("id -u > " + dir + "/out")
	job.User = "nobody"
	r := do(t, job)
	text, err := os.ReadFile(filepath.Join(dir, "out"))
	who, lookErr := LookupUser("nobody", "", false)
	if !r.OK() || err != nil || lookErr != nil || strings.TrimSpace(string(text)) != fmt.Sprint(who.UID) {
		t.Errorf("%q %v %v %+v", text, err, lookErr, r)
	}
}

func TestUnknownUserIsToldApart(t *testing.T) {
	job := sh("true")
	job.User = "surely-no-such-user"
	if r := do(t, job); !errors.Is(r.Err, ErrNoUser) {
		t.Errorf("%+v", r)
	}
	job.User, job.Group = "nobody", "surely-no-such-group"
	if r := do(t, job); !errors.Is(r.Err, ErrNoUser) {
		t.Errorf("%+v", r)
	}
}

func TestSecurityRefusesRootByDefaultAndUnsafePaths(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root is refused")
	}
	if _, err := LookupUser(DefaultUser, "", true); err == nil {
		t.Skip("this host has a user for scripts")
	}
	job := sh("true")
	job.Secure = true
	if r := do(t, job); !errors.Is(r.Err, ErrRootRefused) {
		t.Errorf("%+v", r)
	}
	path := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	if r := do(t, Job{Argv: []string{path}, User: "root", Secure: true}); !errors.Is(r.Err, ErrUnsafe) {
		t.Errorf("%+v", r)
	}
	if r := do(t, Job{Argv: []string{"/bin/true"}, User: "root", Secure: true}); !r.OK() {
		t.Errorf("%+v", r)
	}
}

func TestScriptDoesNotSeeWhatWasMeantForUs(t *testing.T) {
	t.Setenv("LISTEN_FDS", "1")
	t.Setenv("NOTIFY_SOCKET", "/run/x")
	t.Setenv("HOLDFAST_SECRET", "x")
	t.Setenv("KEPT", "yes")
	if r := do(t, sh(`test -z "$LISTEN_FDS$NOTIFY_SOCKET$HOLDFAST_SECRET" && test "$KEPT" = yes`)); !r.OK() {
		t.Errorf("%+v", r)
	}
}

func TestScriptDiesWithItsParent(t *testing.T) {
	if os.Getenv("HOLDFAST_TEST_PARENT") != "" {
		Run(context.Background(), sh("echo $$ > "+os.Getenv("HOLDFAST_TEST_PARENT")+"; exec sleep 60"))
		return
	}
	out := filepath.Join(t.TempDir(), "pid")
	parent := exec.Command(os.Args[0], "-test.run", "^TestScriptDiesWithItsParent$")
	parent.Env = append(os.Environ(), "HOLDFAST_TEST_PARENT="+out)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	var child int
	for end := time.Now().Add(10 * time.Second); child == 0; time.Sleep(10 * time.Millisecond) {
		text, _ := os.ReadFile(out)
		child, _ = strconv.Atoi(strings.TrimSpace(string(text)))
		if time.Now().After(end) {
			t.Fatal("the script did not start")
		}
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	parent.Wait()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", child))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if time.Now().After(end) {
			syscall.Kill(child, syscall.SIGKILL)
			t.Fatal("the script outlived its parent")
		}
	}
}

func TestScriptOfARealTimeProcessRunsAtOrdinaryPriority(t *testing.T) {
	if out := os.Getenv("REAL_TIME_PARENT"); out != "" {
		do(t, sh("cut -d' ' -f41 /proc/self/stat > "+out)) // its scheduling policy
		return
	}
	out := filepath.Join(t.TempDir(), "policy")
	parent := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	parent.Env = append(os.Environ(), "REAL_TIME_PARENT="+out)
	runtime.LockOSThread() // and never unlocked: the thread ends with its policy
	attr := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_RR, Priority: 1}
	if err := unix.SchedSetAttr(0, &attr, 0); err != nil {
		t.Skipf("real time is not permitted here: %v", err)
	}
	if err := parent.Run(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(out); err != nil || strings.TrimSpace(string(text)) != "0" {
		t.Errorf("policy %q, %v", text, err)
	}
}
