package parent_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/test/lab"
)

// signals are keepalived's, and the file that each has written.
var signals = map[syscall.Signal]string{
	syscall.SIGUSR1: "keepalived.data", syscall.SIGUSR2: "keepalived.stats", 36: "keepalived.json", 63: "keepalived.stats",
}

func TestSignalsOfExportersWriteReportsAndEndNothing(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	vrrp, lvs := h.role("vrrp"), h.role("lvs")
	at := time.Now()
	for sig, name := range signals {
		for _, pid := range []int{p.PID(), vrrp} {
			file := filepath.Join(h.lab.Dir, name)
			if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if err := unix.Kill(pid, sig); err != nil {
				t.Fatal(err)
			}
			h.until(name, func() bool {
				text, err := os.ReadFile(file)
				return err == nil && bytes.Contains(text, []byte("VI_1"))
			})
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Error(info.Mode(), err)
			}
		}
		if err := unix.Kill(lvs, sig); err != nil {
			t.Fatal(err)
		}
	}
	h.wire.Expect("a later advert", time.Now().Add(interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), masterDown-interval)
	if p.Ended() || h.role("vrrp") != vrrp || h.role("lvs") != lvs || !h.node.Holds(virtual) {
		t.Fatal("something ended:", h.node.PIDs(), h.node.Addresses())
	}
}

func TestStatsClearBeginsToCountAnew(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	file := filepath.Join(h.lab.Dir, "keepalived.stats")
	h.until("a master", func() bool {
		p.Signal(syscall.SIGUSR2)
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "Became master: 1\n")
	})
	p.Signal(63) // it writes the counters, and begins anew
	h.until("the counters after", func() bool {
		p.Signal(syscall.SIGUSR2)
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "Became master: 0\n")
	})
}

func TestHandOffIsForRootAndOurOwnUserAlone(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	socket := filepath.Join(h.run, "parent.sock")
	for _, open := range []bool{false, true} {
		if open { // as a wrong umask or a careless hand would leave it
			if err := os.Chmod(socket, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(binary, "handoff", "--lang=en", "--run-dir", h.run)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "root and its own user alone") {
			t.Errorf("socket open to all: %v: %v %s", open, err, out)
		}
	}
	if p.Ended() {
		t.Fatal("another user ended it")
	}
}

func TestHandOffWithNothingRunningSaysSo(t *testing.T) {
	out, err := exec.Command(binary, "handoff", "--lang=en", "--run-dir", t.TempDir()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nothing runs in") {
		t.Error(err, string(out))
	}
}

func TestASignalDuringAStartIsAnsweredBehindIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := filepath.Join(h.lab.Dir, "keepalived.pid")
	p := h.node.Start("first", lab.Setting{Env: []string{"TMPDIR=" + h.lab.Dir}},
		binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1", "--pid-file", file)
	h.until("the pid file", func() bool { _, err := os.Stat(file); return err == nil })
	for sig := range signals {
		p.Signal(sig)
	}
	for _, name := range signals {
		h.until(name, func() bool { _, err := os.Stat(filepath.Join(h.lab.Dir, name)); return err == nil })
	}
}

// Before its runtime is up, a process dies of a signal that it does not expect yet. An
// exporter that comes while the roles start, or start again, must not kill them.
func TestSignalsDuringAStartKillNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := filepath.Join(h.lab.Dir, "keepalived.pid")
	p := h.node.Start("first", lab.Setting{Env: []string{"TMPDIR=" + h.lab.Dir}},
		binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1", "--pid-file", file)
	h.until("the pid file", func() bool { _, err := os.Stat(file); return err == nil })
	hammer := func(what string, is func() bool) {
		h.Helper()
		h.until(what, func() bool {
			for sig := range signals {
				p.Signal(sig)
			}
			return is()
		})
	}
	hammer("the first advert", func() bool { return len(h.wire.Adverts(h.node.Addr, h.began)) > 0 })
	if says(p, "a role died") {
		t.Fatal(p.Output())
	}
	at := h.kill(h.role("vrrp"))
	hammer("an advert after the restart", func() bool { return len(h.wire.Adverts(h.node.Addr, at)) > 0 })
	if n := strings.Count(p.Output(), "a role died"); n != 1 {
		t.Fatalf("%d roles died, one was killed:\n%s", n, p.Output())
	}
}
