package parent_test

import (
	"fmt"
	"os"
	"path/filepath"
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

func TestEachRoleHasTheCapabilitiesOfItsTableAlone(t *testing.T) {
	t.Parallel()
	h, _ := master(t)
	for _, role := range []string{"vrrp", "lvs"} {
		var want uint64
		for _, c := range rights.Of(role) {
			want |= 1 << c
		}
		got := capabilities(t, fmt.Sprintf("/proc/%d/status", h.role(role)))
		for _, set := range []string{"CapPrm", "CapEff", "CapInh", "CapAmb"} {
			if got[set] != fmt.Sprintf("%016x", want) {
				t.Errorf("%s of %s is %s, not %016x", set, role, got[set], want)
			}
		}
	}
	for _, c := range []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_MODULE, unix.CAP_SYS_PTRACE, unix.CAP_SYS_RAWIO, unix.CAP_FOWNER, unix.CAP_MKNOD} {
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
