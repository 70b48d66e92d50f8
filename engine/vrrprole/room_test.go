package vrrprole

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/realtime"
)

const (
	// sizedDir says to a process of this test that it is the role, and where its files are.
	sizedDir = "HOLDFAST_TEST_SIZED"
	// bound is what the role may take for any plan, and rested what it may keep.
	bound  = 768 << 20
	rested = 200 << 20
)

func TestSizeInMemoryOfTheRoleStaysBelowItsBoundForAnyPlan(t *testing.T) {
	if dir := os.Getenv(sizedDir); dir != "" {
		serveSized(t, dir)
		return
	}
	t.Parallel()
	dir := t.TempDir()
	role := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	role.Env = append(os.Environ(), sizedDir+"="+dir)
	var log bytes.Buffer
	role.Stdout, role.Stderr = &log, &log
	if err := role.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		role.Process.Kill()
		role.Wait()
	}()
	client := control.Dial(filepath.Join(dir, "vrrp.sock"))
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := client.Status(context.Background()); err == nil {
			break
		} else if time.Now().After(end) {
			t.Fatal(err, log.String())
		}
	}
	most := func(s string) string { return strings.Repeat(s, control.MaxText/len(s)-4) }
	many := strings.Repeat
	for _, row := range []struct{ name, text, refused string }{
		{"braces", most("{\n"), "line 262145: too-many-statements (4194305 are more than 262144)"},
		{"one instance too many", distinct(4097, 1), "line 32769: too-many-instances (4097 are more than 4096)"},
		{"addresses", "vrrp_instance a {\n virtual_ipaddress {\n" + many("10.0.0.1\n", 400_000) + "}\n}\n",
			"line 65539: too-many-addresses (400000 are more than 65536)"},
		{"uses of a name", "$A=1\n" + most("$A\n"), "line 65538: too-many-blocks (1572865 are more than 65536)"},
		{"real servers", "virtual_server 10.0.0.1 80 {\n" + most("real_server {\n}\n") + "}\n",
			"line 786434: too-many-blocks-in-server (1398101 are more than 393216)"},
		{"checks just below the limit", "virtual_server 10.0.0.1 80 {\nreal_server 10.0.0.2 80 {\n" + many("HTTP_GET {\nretry 3\n}\n", 393_000) + "}\n}\n",
			"line 1: more-findings"},
		{"words just below the limit", "virtual_server 10.0.0.1 80 {\n" + many("x y z\n", 1_048_000) + "}\n", ""},
		{"addresses just below the limits", distinct(4096, 15), ""},
	} {
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", role.Process.Pid), []byte("5"), 0); err != nil {
			t.Fatal(err)
		}
		_, err := client.Plan(context.Background(), row.text)
		if (err == nil) != (row.refused == "") || err != nil && !strings.Contains(err.Error(), row.refused) {
			t.Errorf("%s: %v", row.name, err)
		}
		peak, now := resident(t, role.Process.Pid, "VmHWM:"), resident(t, role.Process.Pid, "VmRSS:")
		t.Logf("%s: %d MiB, then %d MiB", row.name, peak>>20, now>>20)
		if peak >= bound || now >= rested {
			t.Errorf("%s: %d MiB, then %d MiB", row.name, peak>>20, now>>20)
		}
	}
}

// distinct are instances with so many addresses each, which differ.
func distinct(n, each int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "vrrp_instance a%d {\n interface eth%d\n virtual_router_id %d\n vrrp_version 3\n virtual_ipaddress {\n", i, i/255, 1+i%255)
		for j := range each {
			fmt.Fprintf(&b, "  10.%d.%d.%d\n", i>>8, i&255, j)
		}
		b.WriteString(" }\n}\n")
	}
	return b.String()
}

// serveSized is the role, on a kernel in memory, with its memory locked as that of any.
func serveSized(t *testing.T, dir string) {
	if err := realtime.LockMemory(); err != nil {
		t.Fatal(err)
	}
	twin := kernel.NewTwin()
	err := engine.Serve(context.Background(), New(Options{
		OpenNet: func() (Net, error) { return twin, nil },
		OpenWire: func(link string, group netip.Addr) (Wire, error) {
			return twin.OpenVRRP(link, group)
		},
		Lacks: func() []string { return nil }, Wake: NewTimer,
	}), engine.Options{Node: "node", StateDir: dir, RunDir: dir, Version: "test", Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		t.Error(err)
	}
}

// resident reads a line of what the kernel says about the memory of a process.
func resident(t *testing.T, pid int, line string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), line)
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}
