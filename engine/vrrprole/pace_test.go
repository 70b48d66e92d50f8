package vrrprole

import (
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// heardFrame is a gratuitous ARP or an unsolicited neighbour advertisement, with the
// instant at which the kernel took it in: a reader that is late changes nothing.
type heardFrame struct {
	port int
	addr netip.Addr
	at   time.Time
	from string // the MAC address that sent it
}

// announcements hears what comes in at ports of the lab's switch. The channel ends
// with the test.
func (l *lab) announcements(ports ...string) <-chan heardFrame {
	l.t.Helper()
	opened := make(chan int)
	indexes := make([]int, len(ports))
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in its namespace
		defer close(opened)
		f, err := os.Open("/run/netns/" + l.name + "sw")
		if err == nil {
			defer f.Close()
			err = unix.Setns(int(f.Fd()), unix.CLONE_NEWNET)
		}
		fd := -1
		if err == nil {
			fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0x0300) // ETH_P_ALL, in network order
		}
		for i, port := range ports {
			if err == nil {
				indexes[i], err = interfaceIndex(fd, port)
			}
		}
		if err == nil {
			err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
		}
		if err == nil {
			err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100_000})
		}
		if err != nil {
			l.t.Error(err)
			return
		}
		opened <- fd
	}()
	fd, ok := <-opened
	if !ok {
		l.t.FailNow()
	}
	frames, stop, done := make(chan heardFrame, 1000), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer unix.Close(fd)
		buf, control := make([]byte, 2048), make([]byte, 256)
		for {
			select {
			case <-stop:
				return
			default:
			}
			n, c, _, from, err := unix.Recvmsg(fd, buf, control, 0)
			link, ok := from.(*unix.SockaddrLinklayer)
			if err != nil || !ok || link.Pkttype == unix.PACKET_OUTGOING {
				continue
			}
			port := slices.Index(indexes, link.Ifindex)
			if addr := announced(buf[:n]); addr.IsValid() && port >= 0 {
				frames <- heardFrame{port, addr, stampOf(control[:c]), net.HardwareAddr(buf[6:12]).String()}
			}
		}
	}()
	l.t.Cleanup(func() { close(stop); <-done })
	return frames
}

func interfaceIndex(fd int, name string) (int, error) {
	ifr, err := unix.NewIfreq(name)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr)
	}
	if err != nil {
		return 0, err
	}
	return int(ifr.Uint32()), nil
}

// announced is the address that a frame announces; none if it announces nothing.
func announced(frame []byte) netip.Addr {
	switch {
	case len(frame) >= 42 && frame[12] == 0x08 && frame[13] == 0x06 && slices.Equal(frame[28:32], frame[38:42]): // ARP for itself
		return netip.AddrFrom4([4]byte(frame[28:32]))
	case len(frame) >= 78 && frame[12] == 0x86 && frame[13] == 0xdd && frame[20] == unix.IPPROTO_ICMPV6 && frame[54] == 136 && frame[58]&0x40 == 0: // not solicited
		return netip.AddrFrom16([16]byte(frame[62:78]))
	}
	return netip.Addr{}
}

func stampOf(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return time.Time{}
	}
	for _, m := range messages {
		if m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			ts := *(*unix.Timespec)(unsafe.Pointer(&m.Data[0]))
			return time.Unix(ts.Unix())
		}
	}
	return time.Time{}
}

// nextFrames waits for n frames that fit.
func nextFrames(t *testing.T, frames <-chan heardFrame, n int, fits func(heardFrame) bool) (list []heardFrame) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for len(list) < n {
		select {
		case f := <-frames:
			if fits(f) {
				list = append(list, f)
			}
		case <-limit:
			t.Fatalf("only %d of %d announcements came: %v", len(list), n, list)
		}
	}
	return list
}

// apart checks that frames take about as long as their pace makes them: a frame that a
// busy machine sends late comes nearer to the next one, so that the whole is measured.
func apart(t *testing.T, what string, frames []heardFrame, pace time.Duration) {
	t.Helper()
	took, want := frames[len(frames)-1].at.Sub(frames[0].at), time.Duration(len(frames)-1)*pace
	if took < want/2 {
		t.Errorf("%s: %d announcements within %v, want %v", what, len(frames), took, want)
	}
}

func TestAnnouncementsOfAnInterfaceKeepTheirPaceOnTheWire(t *testing.T) {
	l := newLab(t)
	frames := l.announcements("a0")
	l.nodes["a"].start("global_defs {\n vrrp_garp_interval 0.1\n vrrp_gna_interval 0.15\n}\n" + conf("MASTER", 120,
		"garp_master_repeat 3", "virtual_ipaddress_excluded {\n 192.0.2.101/32\n 2001:db8::100/64\n 2001:db8::101/64\n}"))
	vips := []netip.Addr{netip.MustParseAddr("192.0.2.100"), netip.MustParseAddr("192.0.2.101"), netip.MustParseAddr("2001:db8::100"), netip.MustParseAddr("2001:db8::101")}
	all := nextFrames(t, frames, 12, func(f heardFrame) bool { return slices.Contains(vips, f.addr) })
	v4 := slices.DeleteFunc(slices.Clone(all), func(f heardFrame) bool { return !f.addr.Is4() })
	v6 := slices.DeleteFunc(slices.Clone(all), func(f heardFrame) bool { return !f.addr.Is6() })
	if len(v4) != 6 || len(v6) != 6 || v4[0].addr != vips[0] || v4[1].addr != vips[1] || v6[0].addr != vips[2] || v6[1].addr != vips[3] {
		t.Errorf("%v", all)
	}
	apart(t, "vrrp_garp_interval", v4, 100*time.Millisecond)
	apart(t, "vrrp_gna_interval", v6, 150*time.Millisecond)
}

func TestInterfacesOfAGarpGroupShareTheirPaceOnTheWire(t *testing.T) {
	l := newLab(t)
	a := l.nodes["a"].ns
	l.ip("-n", a, "link", "add", "eth1", "type", "veth", "peer", "name", "a1", "netns", l.name+"sw")
	l.ip("-n", l.name+"sw", "link", "set", "a1", "master", "br0", "up")
	l.ip("-n", a, "link", "set", "eth1", "up")
	frames := l.announcements("a0", "a1")
	l.nodes["a"].start("garp_group {\n garp_interval 0.1\n gna_interval 0.12\n interface eth0\n interfaces {\n  eth1\n }\n}\n" + conf("MASTER", 120,
		"garp_master_repeat 2", "virtual_ipaddress_excluded {\n 192.0.2.101/32 dev eth1\n 2001:db8::100/64\n 2001:db8::101/64 dev eth1\n}"))
	vips := []netip.Addr{netip.MustParseAddr("192.0.2.100"), netip.MustParseAddr("192.0.2.101"), netip.MustParseAddr("2001:db8::100"), netip.MustParseAddr("2001:db8::101")}
	all := nextFrames(t, frames, 8, func(f heardFrame) bool {
		i := slices.Index(vips, f.addr)
		return i >= 0 && f.port == i%2 // where it was sent, not where it passed
	})
	apart(t, "garp_interval", slices.DeleteFunc(slices.Clone(all), func(f heardFrame) bool { return !f.addr.Is4() }), 100*time.Millisecond)
	apart(t, "gna_interval", slices.DeleteFunc(slices.Clone(all), func(f heardFrame) bool { return !f.addr.Is6() }), 120*time.Millisecond)
}
