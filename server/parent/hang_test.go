package parent_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/test/lab"
)

func TestStoppedVRRPRoleIsKilledAndItsAddressReleased(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	watch := h.node.WatchAddresses()
	before := h.role("vrrp")
	at := time.Now()
	if err := unix.Kill(before, unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	h.until("it is killed", func() bool { return unix.Kill(before, 0) == unix.ESRCH })
	h.until("the address is released", func() bool {
		changes := watch.Changes(virtual, at)
		return len(changes) > 0 && changes[0].Gone
	})
	h.wire.Expect("an advert of the next one", time.Now(), 30*time.Second, h.advert(priority))
	h.until("the address is there again", func() bool { return h.node.Holds(virtual) })
	if !says(p, "gives no sign", "released") {
		t.Error(p.Output())
	}
}

func TestStoppedParentKillsNobodyWhenItGoesOn(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	vrrp, lvs := h.role("vrrp"), h.role("lvs")
	at := time.Now()
	p.Signal(syscall.SIGSTOP)
	h.wire.Expect("an advert after the peers' time", at.Add(masterDown), 10*time.Second, h.advert(priority))
	p.Signal(syscall.SIGCONT)
	h.wire.Expect("an advert after the parent's looks", time.Now().Add(3*interval), 10*time.Second, h.advert(priority))
	if h.role("vrrp") != vrrp || h.role("lvs") != lvs || strings.Contains(p.Output(), "no sign") {
		t.Error(p.Output())
	}
}

// Nobody else is there without a service manager: what a dead role left is released by
// the other one.
func TestAddressOfADeadRoleIsReleasedAlthoughTheParentStandsStill(t *testing.T) {
	t.Parallel()
	h, p := master(t)
	h.until("the parent's sign came", func() bool { return len(h.node.Find("lvs")) == 1 })
	h.wire.Expect("an advert of a role that has heard its parent", time.Now().Add(interval), 10*time.Second, h.advert(priority))
	p.Signal(syscall.SIGSTOP)
	at := h.kill(h.role("vrrp"))
	for end := time.Now().Add(40 * time.Second); h.node.Holds(virtual); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the address is still there")
		}
	}
	if took := time.Since(at); took < 3*interval-interval/2 {
		t.Error("released before the peers' time:", took)
	}
	p.Signal(syscall.SIGCONT)
	h.wire.Expect("an advert once the parent goes on", time.Now(), 30*time.Second, h.advert(priority))
	h.until("the address is there again", func() bool { return h.node.Holds(virtual) })
}

func TestServiceManagerHearsOfTheParentAndTheRolesNotOfIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.lab.Dir + "/notify"
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	h.node.Start("first", lab.Setting{Env: []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=300000"}},
		binary, "run", "-f", h.file, "--run-dir", h.run, "--node", "d1")
	told := map[string]int{}
	for told["READY=1"] < 1 || told["WATCHDOG=1"] < 3 {
		b := make([]byte, 100)
		h.must(l.SetReadDeadline(time.Now().Add(20 * time.Second)))
		n, err := l.Read(b)
		h.must(err)
		told[string(b[:n])]++
	}
	for _, role := range []string{"vrrp", "lvs"} {
		env, err := os.ReadFile("/proc/" + strconv.Itoa(h.role(role)) + "/environ")
		if err != nil || strings.Contains(string(env), "NOTIFY_SOCKET") || strings.Contains(string(env), "WATCHDOG") {
			t.Error(role, err)
		}
	}
}
