package lab

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Wire is what passes the switch: VRRP adverts and gratuitous ARP, each with
// the instant at which the kernel saw it.
type Wire struct {
	lab    *Lab
	socket int

	mu     sync.Mutex // guards frames and more
	frames []Frame
	more   chan struct{} // closed and replaced whenever a frame arrives
}

// Capture begins to listen at the switch.
func (l *Lab) Capture() *Wire {
	l.Helper()
	w := &Wire{lab: l, more: make(chan struct{})}
	err := l.sw.Do(func() (err error) {
		w.socket, err = tap("br0", unix.ETH_P_ALL, 8<<20)
		return err
	})
	if err != nil {
		l.Fatalf("capture: %v", err)
	}
	var reader sync.WaitGroup
	stop := make(chan struct{})
	reader.Go(func() {
		readStamped(w.socket, stop, func(b []byte, _ *unix.SockaddrLinklayer, at time.Time) {
			if f, ok := decode(b, at); ok {
				w.add(f)
			}
		})
	})
	l.atEnd(func() { close(stop); reader.Wait(); unix.Close(w.socket) })
	return w
}

func (w *Wire) add(f Frame) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames = append(w.frames, f)
	close(w.more)
	w.more = make(chan struct{})
}

// Since returns the frames from an instant on.
func (w *Wire) Since(at time.Time) []Frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, f := range w.frames {
		if !f.At.Before(at) {
			return append([]Frame(nil), w.frames[i:]...)
		}
	}
	return nil
}

// Adverts returns the adverts that one host sent from an instant on.
func (w *Wire) Adverts(from netip.Addr, since time.Time) []Frame {
	var kept []Frame
	for _, f := range w.Since(since) {
		if f.Kind == Advert && f.Src == from {
			kept = append(kept, f)
		}
	}
	return kept
}

// Next waits for the first frame from an instant on that matches.
func (w *Wire) Next(since time.Time, limit time.Duration, match func(Frame) bool) (Frame, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		w.mu.Lock()
		more := w.more
		w.mu.Unlock()
		for _, f := range w.Since(since) {
			if match(f) {
				return f, true
			}
		}
		select {
		case <-more:
		case <-timer.C:
			return Frame{}, false
		}
	}
}

// From matches the adverts of one sender with a priority; 256 is any but 0.
func From(sender netip.Addr, priority int) func(Frame) bool {
	return func(f Frame) bool {
		if f.Kind != Advert || f.Src != sender {
			return false
		}
		return int(f.Priority) == priority || priority == Any && f.Priority != 0
	}
}

// Any is every priority but 0.
const Any = 256

// Expect waits for a matching frame and fails the test without it.
func (w *Wire) Expect(what string, since time.Time, limit time.Duration, match func(Frame) bool) Frame {
	w.lab.Helper()
	f, ok := w.Next(since, limit, match)
	if !ok {
		w.lab.Fatalf("%s: not seen within %s; on the wire: %v", what, limit, tail(w.Since(since), 12))
	}
	return f
}

// Steady waits until a master has sent three adverts in a row with no other
// router between them.
func (w *Wire) Steady(master netip.Addr, priority int, limit time.Duration) {
	w.lab.Helper()
	since, end := time.Now(), time.Now().Add(limit)
	row := 0
	for row < 3 {
		f, ok := w.Next(since, time.Until(end), func(f Frame) bool { return f.Kind == Advert })
		if !ok {
			w.lab.Fatalf("%s did not become the steady master with priority %d within %s; on the wire: %v", master, priority, limit, tail(w.Since(end.Add(-limit)), 12))
		}
		row++
		if !From(master, priority)(f) {
			row = 0
		}
		since = f.At.Add(1)
	}
}

func tail(frames []Frame, most int) []Frame {
	return frames[max(0, len(frames)-most):]
}

// tap opens a packet socket on an interface of the calling thread's namespace
// that receives everything, with time stamps.
func tap(link string, protocol int, buffer int) (int, error) {
	kind := int(binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, uint16(protocol))))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, kind)
	if err != nil {
		return -1, fmt.Errorf("packet socket: %w", err)
	}
	dev, err := net.InterfaceByName(link)
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	for _, try := range []func() error{
		func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffer) },
		func() error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) },
		func() error {
			return unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
				&unix.PacketMreq{Ifindex: int32(dev.Index), Type: unix.PACKET_MR_PROMISC})
		},
		// A time limit lets the reader see that it shall end.
		func() error {
			return unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000})
		},
		func() error {
			return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: uint16(kind), Ifindex: dev.Index})
		},
	} {
		if err := try(); err != nil {
			unix.Close(fd)
			return -1, fmt.Errorf("packet socket on %s: %w", link, err)
		}
	}
	return fd, nil
}

// readStamped hands on every packet of a tap with its instant until stop is closed.
func readStamped(fd int, stop <-chan struct{}, got func([]byte, *unix.SockaddrLinklayer, time.Time)) {
	buffer, control := make([]byte, 1<<18), make([]byte, 256)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, cn, _, from, err := unix.Recvmsg(fd, buffer, control, 0)
		if err == unix.EAGAIN || err == unix.EINTR {
			continue
		}
		if err != nil {
			return
		}
		sender, ok := from.(*unix.SockaddrLinklayer)
		if !ok || sender.Pkttype == unix.PACKET_OUTGOING && sender.Hatype != unix.ARPHRD_NETLINK {
			continue
		}
		got(buffer[:n], sender, stamp(control[:cn]))
	}
}

// stamp is the kernel's receive time among a packet's control messages.
func stamp(control []byte) time.Time {
	messages, err := unix.ParseSocketControlMessage(control)
	if err == nil {
		for _, m := range messages {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SCM_TIMESTAMPNS && len(m.Data) >= 16 {
				return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			}
		}
	}
	return time.Now()
}
