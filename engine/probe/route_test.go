package probe

import (
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

func TestRouteThatLeadsNowhereIsToldInWords(t *testing.T) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread ends with its namespace
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Error(err)
			return
		}
		for _, line := range []string{
			"link set lo up", "route add blackhole 198.51.100.1", "route add prohibit 198.51.100.2",
			"route add unreachable 198.51.100.3", "route add throw 198.51.100.4",
			"-6 route add blackhole 2001:db8::1",
		} {
			if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
				t.Errorf("ip %s: %v %s", line, err, out)
			}
		}
		for addr, want := range map[string]string{
			"198.51.100.1:80": "the route to it is a blackhole", "[2001:db8::1]:80": "the route to it is a blackhole",
			"198.51.100.2:80": "not permitted", "198.51.100.3:80": "no route to host", "198.51.100.4:80": "network unreachable",
		} {
			for _, kind := range []model.Kind{model.TCPCheck, model.HTTPGet, model.SSLGet, model.SMTPCheck, model.DNSCheck} {
				if r := (&Prober{}).Run(t.Context(), check(kind, addr)); r.Up || r.Text != want {
					t.Errorf("%s of %s: %+v", kind, addr, r)
				}
			}
		}
	}()
	<-done
}
