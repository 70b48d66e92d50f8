package probe

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// secluded runs work in a network namespace of its own, whose loopback is up.
func secluded(t *testing.T, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
			return
		}
		work()
	}()
	<-done
}

func pinged(addr string) model.Check {
	k := check(model.PingCheck, addr)
	k.Timing.ConnectTimeout = model.Some(model.Seconds(200 * time.Millisecond))
	return k
}

func TestPingCheckIsUpWhenTheHostAnswers(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		k := check(model.PingCheck, addr)
		k.FWMark = model.Some(uint32(7))
		if r := probe(t, k); !r.Up || !strings.HasPrefix(r.Text, "echo reply, ") {
			t.Errorf("%s: %+v", addr, r)
		}
	}
}

func TestPingCheckIsDownWhenTheHostIsSilentOrFarAway(t *testing.T) {
	secluded(t, func() {
		if r := probe(t, pinged("192.0.2.1:0")); r.Up || r.Code != "unreachable" {
			t.Errorf("without a route: %+v", r)
		}
		if out, err := exec.Command("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_all=1").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
			return
		}
		if r := probe(t, pinged("127.0.0.1:0")); r.Up || r.Code != "timeout" {
			t.Errorf("silent: %+v", r)
		}
	})
}

func TestPingCheckComesFromItsSource(t *testing.T) {
	k := check(model.PingCheck, "127.0.0.1:0")
	k.BindTo = written(t, "127.0.0.1:80", "", "", "PING_CHECK", "bindto 127.0.0.9").BindTo
	if r := probe(t, k); !r.Up {
		t.Errorf("%+v", r)
	}
	k.BindTo = written(t, "127.0.0.1:80", "", "", "PING_CHECK", "bindto 203.0.113.77").BindTo
	if r := probe(t, k); r.Up || r.Code != "no-address" {
		t.Errorf("%+v", r)
	}
}

// keepalived opens ping sockets to everybody's group and leaves them so.
func TestPingCheckLeavesTheHostAsItWas(t *testing.T) {
	const file = "/proc/sys/net/ipv4/ping_group_range"
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if r := probe(t, check(model.PingCheck, "127.0.0.1:0")); !r.Up {
		t.Errorf("%+v", r)
	}
	if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
		t.Errorf("%q is %q: %v", before, after, err)
	}
}
