package probe

import (
	"context"
	"net/netip"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// The kernel connects a socket to itself where it chose the very port that is asked,
// and nobody listens there: such a server is not up.
func TestASocketThatIsConnectedToItselfIsSeen(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1"} {
		at := netip.AddrPortFrom(netip.MustParseAddr(addr), netip.MustParseAddrPort(closedPort(t)).Port())
		own, err := sockaddr(at)
		if err != nil {
			t.Fatal(err)
		}
		family := unix.AF_INET
		if at.Addr().Is6() {
			family = unix.AF_INET6
		}
		fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		s := &socket{fd: fd, at: at}
		defer s.Close()
		if err := unix.Bind(fd, own); err != nil {
			t.Fatal(err)
		}
		if err := unix.Connect(fd, own); err != nil {
			t.Fatal(err)
		}
		if !s.toItself(model.Check{}) {
			t.Errorf("%s is not seen", at)
		}
		if s.toItself(model.Check{BindPort: model.Some(at.Port())}) {
			t.Errorf("%s: a port that the text asks for is no chance", at)
		}
	}
}

// Behind the interface nobody answers, not even with an error.
func TestACheckThatWaitsForItsServerEndsWithItsContext(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		for _, line := range []string{
			"link add aside type veth peer name other", "link set aside up", "link set other up", "address add 198.51.100.9/24 dev aside",
			"neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev aside",
		} {
			if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v %s", line, err, out)
			}
		}
		for _, kind := range []model.Kind{model.TCPCheck, model.HTTPGet, model.SMTPCheck} {
			k := check(kind, "198.51.100.1:80")
			k.Timing.ConnectTimeout = model.Some(model.Seconds(time.Hour))
			ctx, cancel := context.WithCancel(t.Context())
			stop := time.AfterFunc(20*time.Millisecond, cancel)
			if r := (&Prober{}).Run(ctx, k); r.Code != "canceled" {
				t.Errorf("%s: %+v", kind, r)
			}
			stop.Stop()
			k.Timing.ConnectTimeout = model.Some(model.Seconds(20 * time.Millisecond))
			if r := (&Prober{}).Run(t.Context(), k); r.Text != "timed out after 20 ms" {
				t.Errorf("%s: %+v", kind, r)
			}
		}
	}()
	<-done
}
