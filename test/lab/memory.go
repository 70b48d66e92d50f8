package lab

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Memory reads a line of what the kernel says about the memory of a process, such as
// VmHWM, in bytes (proc_pid_status(5)).
func Memory(t testing.TB, pid int, line string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "\n"+line+":")
	kib, err := strconv.Atoi(strings.Fields(rest + " ?")[0])
	if err != nil {
		t.Fatalf("no %s of process %d: %v", line, pid, err)
	}
	return kib << 10
}
