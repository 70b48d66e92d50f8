package kernel

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A pair of veths has a driver that can be asked, and no transceiver.
func TestLinkbeatAsksTheCardByWhatItKnows(t *testing.T) {
	runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("network namespaces need root: %v", err)
	}
	run(t, "ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1")
	run(t, "ip", "link", "set", "v0", "up")
	for by, want := range map[string]string{"": ByEthtool, "MII": ByEthtool, "ETHTOOL": ByEthtool, "IOCTL": ByFlags} {
		for state, up := range map[string]bool{"down": false, "up": true} {
			run(t, "ip", "link", "set", "v1", state)
			got, used, err := Linkbeat("v0", by)
			for end := time.Now().Add(time.Minute); err == nil && got != up && time.Now().Before(end); got, used, err = Linkbeat("v0", by) {
				time.Sleep(5 * time.Millisecond) // the kernel works off changes of links when it finds time
			}
			if err != nil || got != up || used != want {
				t.Errorf("by %q with the other end %s: %v by %s, %v", by, state, got, used, err)
			}
		}
	}
	if _, _, err := Linkbeat("none", ""); err == nil {
		t.Error("a link that is not there answers")
	}
}
