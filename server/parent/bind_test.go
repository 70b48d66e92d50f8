package parent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/rights"
)

// capabilities reads the sets of a process (proc_pid_status(5)).
func capabilities(t *testing.T, status string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(status)
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			sets[name] = strings.TrimSpace(value)
		}
	}
	return sets
}

// spawner is the process that runs the programs of a role: of two that run at once the
// later one.
func (h *house) spawner(t *testing.T, role string) int {
	t.Helper()
	// The parent starts it right before the role, and both are its children.
	best, of := 0, h.role(role)
	for _, pid := range childrenOf(t, parentOf(t, of)) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.HasPrefix(string(line), "holdfast\x00spawn\x00") && pid < of && pid > best {
			best = pid
		}
	}
	if best == 0 {
		t.Fatalf("nothing runs the programs of %s", role)
	}
	return best
}

func parentOf(t *testing.T, pid int) int {
	t.Helper()
	ppid, err := strconv.Atoi(capabilities(t, fmt.Sprintf("/proc/%d/status", pid))["PPid"])
	if err != nil {
		t.Fatal(err)
	}
	return ppid
}

func childrenOf(t *testing.T, pid int) (children []int) {
	t.Helper()
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // the thread ended
		}
		for _, word := range strings.Fields(string(text)) {
			n, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, n)
		}
	}
	return children
}

func TestEachRoleHasTheCapabilitiesOfItsTableAlone(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	for name, pid := range map[string]int{"vrrp": h.role("vrrp"), "lvs": h.role("lvs"), rights.Spawner: h.spawner(t, "lvs")} {
		var want uint64
		for _, c := range rights.Of(name) {
			want |= 1 << c
		}
		got := capabilities(t, fmt.Sprintf("/proc/%d/status", pid))
		if bound := got["NoNewPrivs"] == "1"; bound != (name != rights.Spawner) {
			t.Errorf("%s has no_new_privs: %v", name, bound)
		}
		for _, set := range []string{"CapPrm", "CapEff", "CapInh", "CapAmb"} {
			if got[set] != fmt.Sprintf("%016x", want) {
				t.Errorf("%s of %s is %s, not %016x", set, name, got[set], want)
			}
		}
	}
	for _, c := range []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_MODULE, unix.CAP_SYS_PTRACE, unix.CAP_SYS_RAWIO, unix.CAP_FOWNER, unix.CAP_MKNOD,
		unix.CAP_SETUID, unix.CAP_SETGID, unix.CAP_KILL, unix.CAP_SETPCAP} {
		for _, role := range []string{"vrrp", "lvs"} {
			for _, has := range rights.Of(role) {
				if has == c {
					t.Errorf("%s has capability %d", role, c)
				}
			}
		}
	}
}

// A program that runs as root mounts disks and loads modules under keepalived; one
// that runs as somebody else has no capability.
func TestProgramsHaveWhatTheirUserHas(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	out := filepath.Join(h.run, "out")
	if err := os.Mkdir(out, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(out, 0o777); err != nil {
		t.Fatal(err)
	}
	script := func(user string) string {
		return fmt.Sprintf("vrrp_script %s {\n script \"/bin/sh -c 'cat /proc/self/status >%s/%s.new && mv %s/%s.new %s/%s'\"\n interval 1\n user %s\n}\n",
			user, out, user, out, user, out, user, user)
	}
	h.write(script("root") + script("nobody") + strings.Replace(config("one", priority), "virtual_ipaddress", "track_script {\n root\n nobody\n}\n virtual_ipaddress", 1))
	if err := os.Chmod(h.lab.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.Signal(syscall.SIGHUP)
	ours := capabilities(t, "/proc/self/status")
	for user, want := range map[string]string{"root": ours["CapPrm"], "nobody": "0000000000000000"} {
		file := filepath.Join(out, user)
		h.until(user+"'s script ran", func() bool { _, err := os.Stat(file); return err == nil })
		if got := capabilities(t, file); got["CapEff"] != want || got["CapAmb"] != "0000000000000000" && user == "nobody" {
			t.Errorf("%s: CapEff %s, CapAmb %s, not %s", user, got["CapEff"], got["CapAmb"], want)
		}
	}
	h.wire.Expect("adverts go on", time.Now(), 2*masterDown, h.advert(priority))
}

// The role hands off, so that its successor has the address without a gap.
func TestTheEndOfWhatRunsProgramsMovesNoAddress(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	role, spawner := h.role("vrrp"), h.spawner(t, "vrrp")
	at := time.Now()
	if err := syscall.Kill(spawner, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	h.until("another process of the role is in service", func() bool { now := h.role("vrrp"); return now != 0 && now != role })
	h.wire.Expect("adverts go on", at, masterDown, h.advert(priority))
	h.spawner(t, "vrrp")
}
