package parent_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// scripted writes a configuration whose programs note in a file that they ran. More is
// what the one of startup_script does then.
func (h *house) scripted(more, words string) {
	h.Helper()
	program := "#!/bin/sh\necho \"$@\" >> " + h.lab.Dir + "/ran\n" + more
	if err := os.WriteFile(h.lab.Dir+"/program", []byte(program), 0o755); err != nil {
		h.Fatal(err)
	}
	h.write("global_defs {\nscript_user root\nstartup_script \"" + h.lab.Dir + "/program up 'a b'\"\nshutdown_script \"" + h.lab.Dir + "/program down\"\n" + words + "\n}\n" +
		strings.Replace(config("one", priority), "virtual_ipaddress", "notify_master \""+h.lab.Dir+"/program master\"\nnotify_stop \""+h.lab.Dir+"/program stop\"\nvirtual_ipaddress", 1))
}

// ran is what the programs noted.
func (h *house) ran() string {
	text, err := os.ReadFile(h.lab.Dir + "/ran")
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

func TestStartupScriptRunsBeforeAllAndShutdownScriptAfterAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	gate := h.lab.Dir + "/gate"
	if err := unix.Mkfifo(gate, 0o600); err != nil {
		t.Fatal(err)
	}
	h.scripted("case $1 in up) read x < "+gate+";; down) ip -4 addr show dev eth0 >> "+h.lab.Dir+"/addresses;; esac\n", "startup_script_timeout 60")
	p := h.start("first")
	h.until("startup_script runs", func() bool { return h.ran() == "up a b" })
	p.Signal(syscall.SIGHUP) // follows
	if roles := append(h.node.Find("vrrp"), h.node.Find("lvs")...); len(roles) > 0 {
		t.Error("a role runs beside startup_script:", roles)
	}
	if err := os.WriteFile(gate, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
	h.until("notify_master runs", func() bool { return h.ran() == "up a b master" })
	h.until("the address is there", func() bool { return h.node.Holds(virtual) })
	p.Signal(syscall.SIGTERM)
	if code := p.Wait(15 * time.Second); code != 0 {
		t.Fatal("exit code", code, p.Output())
	}
	if got := h.ran(); got != "up a b master stop down" {
		t.Errorf("%s\n%s", got, p.Output())
	}
	there, err := os.ReadFile(h.lab.Dir + "/addresses")
	if err != nil || strings.Contains(string(there), virtual.String()+"/") || !strings.Contains(string(there), "eth0") {
		t.Errorf("at shutdown_script the address was there: %s %v", there, err)
	}
}

func TestAHandOffAndTheRunThatResumesRunNeitherScript(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scripted("exit 3\n", "") // and the start goes on
	p := h.start("first")
	h.until("the address is there", func() bool { return h.node.Holds(virtual) && h.ran() == "up a b master" })
	p.Signal(syscall.SIGHUP)
	at := time.Now()
	h.handOff()
	if code := p.Wait(10 * time.Second); code != 0 {
		t.Fatal("exit code", code)
	}
	second := h.start("second")
	h.wire.Expect("a later advert", at.Add(2*interval), 10*interval, h.advert(priority))
	second.Signal(syscall.SIGTERM)
	if code := second.Wait(15 * time.Second); code != 0 {
		t.Fatal("exit code", code, second.Output())
	}
	if got := h.ran(); got != "up a b master stop down" {
		t.Error(got)
	}
}

func TestATerminationEndsStartupScript(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scripted("case $1 in up) exec sleep 600;; esac\n", "startup_script_timeout 600")
	p := h.start("first")
	h.until("startup_script runs", func() bool { return h.ran() == "up a b" })
	p.Signal(syscall.SIGTERM)
	if code := p.Wait(20 * time.Second); code != 0 {
		t.Fatal("exit code", code, p.Output())
	}
	if got := h.ran(); got != "up a b down" || len(h.node.PIDs()) > 0 {
		t.Error(got, h.node.PIDs())
	}
	if left, _ := filepath.Glob(h.run + "/*.record"); len(left) > 0 {
		t.Error("a role ran:", left)
	}
}

func TestTheStartGoesOnWhenTheTimeOfStartupScriptIsOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.scripted("case $1 in up) exec sleep 600;; esac\n", "startup_script_timeout 1")
	p := h.start("first")
	h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
	if got := h.ran(); !strings.HasPrefix(got, "up a b") || !says(p, "how=timeout") {
		t.Error(got, p.Output())
	}
}
