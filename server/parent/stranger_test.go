package parent_test

import (
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestAddressThatWasThereBeforeOutlivesTheTextAndTheProgram(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node.Run("ip", "address", "add", "192.0.2.100/32", "dev", "eth0")
	p := h.start("first")
	h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
	h.until("it is told", func() bool { return says(p, "address-not-ours") })
	other := netip.MustParseAddr("192.0.2.101")
	h.write(strings.Replace(config("two", priority), "192.0.2.100", "192.0.2.101", 1))
	p.Signal(syscall.SIGHUP)
	h.until("the other address is there", func() bool { return h.node.Holds(other) })
	if !h.node.Holds(virtual) {
		t.Error("it went with the text")
	}
	h.write(config("three", priority))
	p.Signal(syscall.SIGHUP)
	h.until("our own address is gone", func() bool { return !h.node.Holds(other) })
	p.Stop()
	if !h.node.Holds(virtual) {
		t.Error("it went with the program")
	}
}
