package parent

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/engine/control"
)

func TestSilenceIsCountedInLooksAndEndsWithASign(t *testing.T) {
	const pause = 250 * time.Millisecond
	for _, c := range []struct {
		name     string
		looks    string // h: heard, .: not
		patience time.Duration
		due      time.Duration // after the first look; 0: it did not say
		over     bool
	}{
		{"a sign at each look", "hhhhhhhhhhhh", 0, time.Second, false},
		{"silent, and its peers still wait", "h......", 0, 1501 * time.Millisecond, false},
		{"silent until its peers take over", "h......", 0, 1500 * time.Millisecond, true},
		{"a sign between", "......h...", 0, time.Second, false},
		{"a role that holds nothing peers wait for", "h..............", 0, 0, false},
		{"peers that wait less than a busy machine's pauses", "h...", 0, 30 * time.Millisecond, false},
		{"and silent all the same", "h....", 0, 30 * time.Millisecond, true},
		{"silent for less than its patience", "h.......", 2 * time.Second, 0, false},
		{"silent for its patience", "h........", 2 * time.Second, 0, true},
	} {
		var s silence
		var over bool
		for i, look := range c.looks {
			s = s.look(look == 'h', pause)
			over = s.over(c.patience, time.Duration(i)*pause, c.due)
		}
		if over != c.over {
			t.Errorf("%s: %v", c.name, over)
		}
	}
}

// A machine that stood still makes one look late, whatever the clock says then.
func TestALateLookIsOneLook(t *testing.T) {
	s := silence{}.look(true, time.Second).look(false, time.Second)
	if s.over(0, time.Hour, time.Minute) {
		t.Error("an hour between two looks counts as silence")
	}
}

func TestLooksAreCloserWherePeersWaitLess(t *testing.T) {
	for down, want := range map[time.Duration]time.Duration{
		0: lookEvery, 3 * time.Second: lookEvery, 1200 * time.Millisecond: 100 * time.Millisecond, 300 * time.Millisecond: lookSooner, 30 * time.Millisecond: lookSooner,
	} {
		if got := lookPause(down); got != want {
			t.Errorf("%v: %v, want %v", down, got, want)
		}
	}
}

// A parent that was stopped looks late, and the signs wait for it.
func TestSignsWaitForAParentThatLooksLate(t *testing.T) {
	ours, childs, err := newLifeline()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	c := &child{lifeline: ours}
	if c.heard() {
		t.Error("heard what was not said")
	}
	if _, err := childs.Write(make([]byte, 2000*control.SignLength)); err != nil {
		t.Fatal(err)
	}
	if !c.heard() || c.heard() {
		t.Error("old signs are heard once")
	}
	want := control.Sign{Down: time.Second, Due: time.Hour}
	if _, err := childs.Write(want.Append(control.Sign{}.Append(nil))); err != nil {
		t.Fatal(err)
	}
	if !c.heard() || c.sign != want {
		t.Errorf("the last sign is %+v", c.sign)
	}
	childs.Close()
	if c.heard() {
		t.Error("a role that is gone gives signs")
	}
}

func TestServiceManagerIsToldThatTheLoopGoesRound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}
	get := func(name string) string { return env[name] }
	m := ManagerIn(get, 7)
	now := time.Now()
	for _, at := range []time.Duration{0, time.Second, 9 * time.Second, 10 * time.Second} {
		if err := m.sign(now.Add(at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.tell("READY=1"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"WATCHDOG=1", "WATCHDOG=1", "READY=1"} {
		b := make([]byte, 100)
		n, err := l.Read(b)
		if got := string(b[:n]); got != want || err != nil {
			t.Errorf("told %q, %v; want %q", got, err, want)
		}
	}
	if other := ManagerIn(get, 8); !other.next().IsZero() {
		t.Error("the watchdog of another process is fed")
	}
	var none *Manager = ManagerIn(func(string) string { return "" }, 7)
	if none != nil || none.tell("READY=1") != nil || none.sign(now) != nil || !none.next().IsZero() {
		t.Error("there is no manager")
	}
}

func TestUnitNeverGivesUpWatchesTheParentAndBreaksNoRole(t *testing.T) {
	text, err := os.ReadFile("../../deploy/holdfast.service")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"StartLimitIntervalSec=0", "Restart=always", "Type=notify", "WatchdogSec=30", "WatchdogSignal=SIGKILL", "KillMode=process",
		"LimitCORE=0", "LockPersonality=yes", "NotifyAccess=main", "ExecReload=/bin/kill -HUP $MAINPID"} {
		if !strings.Contains(string(text), "\n"+line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	// Each of these takes something from the roles, or from what scripts do for the host.
	for _, setting := range []string{"PrivateMounts", "PrivateTmp", "PrivateDevices", "PrivateNetwork", "ProtectSystem", "ProtectHome", "ProtectClock",
		"ProtectHostname", "ProtectControlGroups", "ProtectKernelModules", "ProtectKernelTunables", "NoNewPrivileges", "RestrictRealtime", "RestrictNamespaces",
		"RestrictAddressFamilies", "RestrictSUIDSGID", "DeviceAllow", "MemoryDenyWriteExecute"} {
		if strings.Contains(string(text), "\n"+setting+"=") {
			t.Errorf("%s breaks the roles or their scripts", setting)
		}
	}
}

// The bound is what systemd makes of a unit whose scripts may do for the host what they
// do under keepalived. It says nothing where systemd is not installed.
func TestTheUnitIsNoMoreExposedThanItsScriptsNeed(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return
	}
	if out, err := exec.Command(tool, "security", "--offline=true", "--threshold=91", "../../deploy/holdfast.service").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
