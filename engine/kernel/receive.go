package kernel

import (
	"fmt"
	"net/netip"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	largestPacket  = 1 << 16
	roomForStamp   = 128
	smallestCharge = 512 // what the kernel reckons for the smallest packet in a socket's buffer, at least
)

// Receive hands every packet to take, in order, until Close; then it returns
// nil. take must not block: while it runs nothing is read. A link that goes down
// does not end Receive.
func (v *VRRP) Receive(take func(Packet)) error {
	conn, err := v.file.SyscallConn()
	if err != nil {
		return nil // closed already
	}
	buf, oob := make([]byte, largestPacket), make([]byte, roomForStamp)
	var empty time.Time // when there was nothing to read
	for {
		var n, oobn int
		var got error
		err := conn.Read(func(fd uintptr) bool {
			v.reading.Lock()
			asked := time.Now()
			n, oobn, _, _, got = unix.Recvmsg(int(fd), buf, oob, unix.MSG_DONTWAIT)
			if got == nil {
				v.hand(take, buf[:n], oob[:oobn], empty)
			}
			v.reading.Unlock()
			if got == unix.EAGAIN {
				empty = asked
			}
			return got != unix.EAGAIN
		})
		switch {
		case v.closed():
			return nil
		case err != nil:
			return fmt.Errorf("receive on %s: %w", v.link, err)
		case got == nil, got == unix.EINTR, got == unix.ENETDOWN: // the link went down; it may come back
			continue
		}
		return fmt.Errorf("receive on %s: %w", v.link, got)
	}
}

// hand hands a packet on.
func (v *VRRP) hand(take func(Packet), packet, oob []byte, empty time.Time) {
	if p, ok := parsePacket(packet); ok {
		p.Link, p.At = v.link, stamped(oob, empty, time.Now())
		take(p)
	}
}

// Waiting hands take what came and Receive has not read yet, without waiting for
// more; what Receive has read it has handed on by then. It is for a role that stood
// still together with Receive, and takes what came meanwhile before it decides.
// take must not block.
func (v *VRRP) Waiting(take func(Packet)) {
	v.reading.Lock()
	defer v.reading.Unlock()
	buf, oob := make([]byte, largestPacket), make([]byte, roomForStamp)
	for range vrrpBuffer / smallestCharge {
		n, oobn, err := v.readNow(buf, oob)
		if err != nil {
			return // nothing waits, or Receive finds out why not
		}
		v.hand(take, buf[:n], oob[:oobn], time.Time{})
	}
}

func (v *VRRP) readNow(buf, oob []byte) (n, oobn int, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fd < 0 {
		return 0, 0, os.ErrClosed
	}
	n, oobn, _, _, err = unix.Recvmsg(v.fd, buf, oob, unix.MSG_DONTWAIT)
	return n, oobn, err
}

func (v *VRRP) closed() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.fd < 0
}

// parsePacket takes an IPv4 packet apart. The kernel has checked its header.
func parsePacket(b []byte) (Packet, bool) {
	if len(b) < ipHeader || b[0]>>4 != 4 {
		return Packet{}, false
	}
	header := int(b[0]&0x0f) * 4
	if header < ipHeader || header > len(b) {
		return Packet{}, false
	}
	return Packet{
		Src:     netip.AddrFrom4([4]byte(b[12:16])),
		Dst:     netip.AddrFrom4([4]byte(b[16:20])),
		TTL:     int(b[8]),
		Payload: append([]byte(nil), b[header:]...),
	}, true
}

// stamped gives the instant that the kernel wrote beside the packet
// (SO_TIMESTAMPNS), as a time with a monotonic reading. The stamp is in wall-clock
// time, and that clock may have been set meanwhile: what cannot be is not
// believed, and no packet came before the socket was last empty.
func stamped(oob []byte, empty, now time.Time) time.Time {
	const longest = time.Minute // no packet waits longer for its reader
	for len(oob) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[0]))
		if h.Len < unix.SizeofCmsghdr || uint64(h.Len) > uint64(len(oob)) {
			break
		}
		data := oob[unix.CmsgLen(0):h.Len]
		if h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			stamp := (*unix.Timespec)(unsafe.Pointer(&data[0]))
			age := time.Duration(now.UnixNano() - stamp.Nano())
			if age < 0 || age >= longest {
				break
			}
			if at := now.Add(-age); at.After(empty) {
				return at
			}
			return empty
		}
		oob = oob[min(unix.CmsgSpace(len(data)), len(oob)):]
	}
	return now
}
