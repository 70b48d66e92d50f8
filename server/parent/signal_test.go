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
)

func TestSecondStartIsRefusedAndNamesTheFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.start("first")
	h.role("vrrp")
	second := h.start("second")
	if code := second.Wait(5 * time.Second); code != 1 {
		t.Fatal("exit code", code)
	}
	if !says(second, fmt.Sprint("process ", first.PID()), h.run) {
		t.Fatal(second.Output())
	}
}

func TestTerminationReleasesAndExitsWithZero(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	at := time.Now()
	p.Signal(syscall.SIGTERM)
	h.wire.Expect("the resignation", at, 5*time.Second, h.advert(0))
	if code := p.Wait(5 * time.Second); code != 0 {
		t.Fatal("exit code", code)
	}
	if h.node.Holds(virtual) || len(h.node.PIDs()) > 0 {
		t.Fatal("left behind:", h.node.Addresses(), h.node.PIDs())
	}
}

func TestHandOffLeavesTheKernelForTheNextStart(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	watch := h.node.WatchAddresses()
	at := time.Now()
	h.handOff()
	if code := p.Wait(5 * time.Second); code != 0 {
		t.Fatal("exit code", code)
	}
	if !h.node.Holds(virtual) || len(h.node.PIDs()) > 0 {
		t.Fatal("not handed off:", h.node.Addresses(), h.node.PIDs())
	}
	h.start("second")
	h.wire.Expect("a later advert", at.Add(2*interval), 3*interval, h.advert(priority))
	h.punctual(at.Add(-interval), masterDown-interval)
	if changes := watch.Changes(virtual, at); len(changes) > 0 {
		t.Fatal("the address moved:", changes)
	}
}

func TestHandOffSendsAdvertsWhileANotifyScriptRuns(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write("global_defs {\n script_user root\n}\n" +
		strings.Replace(config("one", priority), "virtual_ipaddress", "notify_master \"/bin/sleep 20\"\n virtual_ipaddress", 1))
	p := h.start("first")
	first := h.wire.Expect("the first advert", h.began, 10*time.Second, h.advert(priority))
	// The role gives the script a second; the next advert falls into it.
	time.Sleep(time.Until(first.At.Add(interval / 2)))
	h.handOff()
	if code := p.Wait(5 * time.Second); code != 0 {
		t.Fatal("exit code", code)
	}
	if adverts := h.wire.Adverts(h.node.Addr, first.At); len(adverts) < 2 {
		t.Fatal("it fell silent before it ended:", adverts)
	}
}

func TestBrokenFileIsRefusedOnReloadAndWhatRunsGoesOn(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	h.write("vrrp_instance VI_1 {\n    virtual_router_id 300\n}\n")
	at := time.Now()
	p.Signal(syscall.SIGHUP)
	h.until("the refusal", func() bool { return says(p, "keepalived.conf:2:", "reload refused") })
	h.wire.Expect("a later advert", at.Add(interval), 2*interval, h.advert(priority))
	h.punctual(at.Add(-interval), interval+interval/2)
	h.write(config("two", priority-1))
	p.Signal(syscall.SIGHUP)
	h.wire.Expect("the new priority", at, 5*time.Second, h.advert(priority-1))
}

func TestFileWithErrorsIsNotStarted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.write("vrrp_instance VI_1 {\n    virtual_router_id 300\n}\n")
	p := h.start("first")
	if code := p.Wait(5 * time.Second); code != 1 {
		t.Fatal("exit code", code, p.Output())
	}
	if !says(p, "keepalived.conf:2:") {
		t.Fatal(p.Output())
	}
}

// policies are the scheduling policies of each thread of a process.
func policies(t *testing.T, pid int) map[uint32]int {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	if err != nil || len(tasks) == 0 {
		t.Fatal("no threads of", pid, err)
	}
	got := map[uint32]int{}
	for _, task := range tasks {
		var tid int
		if _, err := fmt.Sscan(filepath.Base(task), &tid); err != nil {
			t.Fatal(err)
		}
		attr, err := unix.SchedGetAttr(tid, 0)
		if err != nil {
			continue // the thread has just ended
		}
		got[attr.Policy]++
	}
	return got
}

func TestOnlyTheVRRPRoleIsRealTimeAndItsScriptsAreNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	said := filepath.Join(h.lab.Dir, "policy")
	script := filepath.Join(h.lab.Dir, "script.sh")
	body := "#!/bin/sh\nchrt -p $$ > " + said + "\n"
	if err := os.WriteFile(script, []byte(body), 0o755); err != nil {
		t.Fatal(err)
	}
	h.write("global_defs {\n script_user root\n max_auto_priority 40\n min_auto_priority_delay 1000\n}\nvrrp_script chk {\n script " + script + "\n interval 1\n}\n" +
		strings.Replace(config("one", priority), "virtual_ipaddress", "track_script {\n chk\n }\n virtual_ipaddress", 1))
	p := h.start("first")
	vrrp := h.role("vrrp")
	// The thread that forks the script, or works aside, has the ordinary policy and
	// ends with that; a thread of the runtime with it would stay.
	h.until("every thread of the vrrp role is real-time", func() bool {
		got := policies(t, vrrp)
		return got[unix.SCHED_RR] > 0 && len(got) == 1
	})
	for _, pid := range []int{h.role("lvs"), p.PID()} {
		h.until("no thread of the others is real-time", func() bool { return policies(t, pid)[unix.SCHED_RR] == 0 })
	}
	h.until("the script ran", func() bool {
		text, err := os.ReadFile(said)
		return err == nil && len(text) > 0
	})
	text, err := os.ReadFile(said)
	if err != nil || !strings.Contains(string(text), "SCHED_OTHER") {
		t.Error(string(text), err)
	}
}
