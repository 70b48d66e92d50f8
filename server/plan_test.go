package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"holdfast/engine/control"
)

// planOf runs the command on text in an empty network namespace.
func planOf(t *testing.T, text string, flags ...string) (out, errs string, err error) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test makes a network namespace and has to run as root")
	}
	runtime.LockOSThread() // never unlocked: the thread ends with the test
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file := filepath.Join(t.TempDir(), "keepalived.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	cmd := newPlan(&env{Lang: "en", Out: &stdout, Err: &stderr})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{"-f", file, "--node", "test", "--run-dir", t.TempDir()}, flags...))
	err = cmd.Execute()
	return stdout.String(), stderr.String(), err
}

const planned = `vrrp_instance VI_1 {
    interface lo
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.100
    }
}
`

func TestPlanPrintsLinesForAShell(t *testing.T) {
	out, _, err := planOf(t, planned)
	if err != nil || out != "ip address add 192.0.2.100/32 dev lo scope global\n" {
		t.Errorf("%q, %v", out, err)
	}
}

func TestPlanAsJSONHoldsOperationsAndLines(t *testing.T) {
	out, _, err := planOf(t, planned, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var p control.Planned
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Operations) != 1 || len(p.Lines) != 1 || p.Operations[0].String() != p.Lines[0] || len(p.Hash) != 64 {
		t.Errorf("%+v", p)
	}
}

func TestPlanRefusesAFileWithErrorsAndSaysWhere(t *testing.T) {
	out, errs, err := planOf(t, "vrrp_instance VI_1 {\n    interface lo\n")
	if err == nil || out != "" {
		t.Errorf("planned %q, %v", out, err)
	}
	if !strings.Contains(errs, "keepalived.conf:1:") {
		t.Errorf("no place is named: %q", errs)
	}
}
