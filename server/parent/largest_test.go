package parent_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"holdfast/engine/control"
	"holdfast/test/lab"
)

// largest is a text of as many instances, addresses and statements as may be.
func largest() []byte {
	var text bytes.Buffer
	for i := range 4096 {
		fmt.Fprintf(&text, "vrrp_instance i%d {\n interface x%d\n virtual_router_id %d\n virtual_ipaddress {\n", i, i, i%255+1)
		for j := range 16 {
			fmt.Fprintf(&text, "10.%d.%d.%d/32 dev x%d\n", i/256, i%256, j, i)
		}
		text.WriteString(" }\n track_interface {\n")
		for j := range 42 {
			fmt.Fprintf(&text, "y%d weight %d\n", j, j+1)
		}
		text.WriteString(" }\n}\n")
	}
	return text.Bytes()
}

// A plan works aside of the router: adverts go on in time, however large the text is.
// The console asks for it, so that it is looked at once more for the programs in it.
func TestAPlanOfTheLargestTextMakesNoAdvertLate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.node.Run("ip", "link", "set", "lo", "up")
	h.seed(h.lab.Dir + "/data/state")
	h.node.Start("serve", lab.Setting{}, binary, "serve", "--data", h.lab.Dir+"/data", "--run-dir", h.run, "--node", "d1")
	h.wire.Expect("the first advert", h.began, 20*time.Second, h.advert(priority))
	text := string(largest())
	var web syscall.Stat_t
	h.must(syscall.Stat(fmt.Sprintf("/proc/%d", h.role("web")), &web))
	pid := h.role("vrrp")
	before, began := lab.Memory(t, pid, "VmRSS")>>10, time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p, err := h.clientAs("vrrp", web.Uid).Plan(ctx, text)
	if err != nil || len(p.Changes) < 4096 {
		t.Errorf("%d changes, %v", len(p.Changes), err)
	}
	took := time.Since(began)
	h.wire.Expect("an advert behind the plans", time.Now(), 20*time.Second, h.advert(priority))
	h.punctual(began, 3*interval)
	var last time.Time
	var worst time.Duration
	for _, a := range h.wire.Adverts(h.node.Addr, began) {
		if !last.IsZero() {
			worst = max(worst, a.At.Sub(last))
		}
		last = a.At
	}
	t.Logf("a text of %d KiB took %v; the longest time between two adverts: %v; memory: %d KiB before, at most %d",
		len(text)>>10, took, worst, before, lab.Memory(t, pid, "VmHWM")>>10)
}

// clientAs is a client of a role that is of another user: its connections are made by a
// thread of that user.
func (h *house) clientAs(role string, uid uint32) *control.Client {
	h.Helper()
	path := filepath.Join(h.lab.Dir, "as")
	l, err := net.Listen("unix", path)
	h.must(err)
	h.Cleanup(func() { l.Close() })
	dial := func() (net.Conn, error) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		set := func(call, id uintptr) (err error) { // of this thread alone
			if _, _, errno := syscall.RawSyscall(call, ^uintptr(0), id, ^uintptr(0)); errno != 0 {
				err = errno
			}
			return err
		}
		if err := errors.Join(set(syscall.SYS_SETRESGID, uintptr(uid)), set(syscall.SYS_SETRESUID, uintptr(uid))); err != nil {
			return nil, err
		}
		conn, err := net.Dial("unix", filepath.Join(h.run, role+".sock"))
		return conn, errors.Join(err, set(syscall.SYS_SETRESUID, 0), set(syscall.SYS_SETRESGID, 0))
	}
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := dial()
			if err != nil {
				h.Error(err)
				near.Close()
				continue
			}
			go func() { io.Copy(far, near); far.Close() }()
			go func() { io.Copy(near, far); near.Close() }()
		}
	}()
	return control.Dial(path)
}
