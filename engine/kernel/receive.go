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
		var from unix.Sockaddr
		var got error
		err := conn.Read(func(fd uintptr) bool {
			v.reading.Lock()
			asked := time.Now()
			n, oobn, _, from, got = unix.Recvmsg(int(fd), buf, oob, unix.MSG_DONTWAIT)
			if got == nil {
				v.hand(take, buf[:n], oob[:oobn], from, empty)
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
func (v *VRRP) hand(take func(Packet), packet, oob []byte, from unix.Sockaddr, empty time.Time) {
	p, ok := Packet{}, false
	if v.six {
		p, ok = packet6(packet, oob, from)
	} else if v.ah {
		p, ok = parseSealed(packet)
	} else {
		p, ok = parsePacket(packet)
	}
	if ok {
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
		n, oobn, from, err := v.readNow(buf, oob)
		if err != nil {
			return // nothing waits, or Receive finds out why not
		}
		v.hand(take, buf[:n], oob[:oobn], from, time.Time{})
	}
}

func (v *VRRP) readNow(buf, oob []byte) (n, oobn int, from unix.Sockaddr, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fd < 0 {
		return 0, 0, nil, os.ErrClosed
	}
	n, oobn, _, from, err = unix.Recvmsg(v.fd, buf, oob, unix.MSG_DONTWAIT)
	return n, oobn, from, err
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

// parseSealed takes an IPv4 packet apart that has an authentication header before one
// of VRRP. One that is cut short in that header has no payload.
func parseSealed(b []byte) (Packet, bool) {
	p, ok := parsePacket(b)
	if !ok || len(p.Payload) > 0 && p.Payload[0] != vrrpProtocol {
		return Packet{}, false // another protocol's
	}
	if len(p.Payload) < ahHeader {
		p.Payload = nil
		return p, true
	}
	p.Headers = append([]byte(nil), b[:len(b)-len(p.Payload)+ahHeader]...)
	p.Payload = p.Payload[ahHeader:]
	return p, true
}

// stamped gives the instant that the kernel wrote beside the packet
// (SO_TIMESTAMPNS), as a time with a monotonic reading. The stamp is in wall-clock
// time, and that clock may have been set meanwhile: what cannot be is not
// believed, and no packet came before the socket was last empty.
func stamped(oob []byte, empty, now time.Time) time.Time {
	const longest = time.Minute // no packet waits longer for its reader
	at := now
	controls(oob, func(level, kind int32, data []byte) {
		if level != unix.SOL_SOCKET || kind != unix.SCM_TIMESTAMPNS || len(data) < int(unsafe.Sizeof(unix.Timespec{})) {
			return
		}
		stamp := (*unix.Timespec)(unsafe.Pointer(&data[0]))
		age := time.Duration(now.UnixNano() - stamp.Nano())
		if age < 0 || age >= longest {
			return
		}
		if at = now.Add(-age); !at.After(empty) {
			at = empty
		}
	})
	return at
}

// controls gives each control message beside a packet to take.
func controls(oob []byte, take func(level, kind int32, data []byte)) {
	for len(oob) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[0]))
		if h.Len < unix.SizeofCmsghdr || uint64(h.Len) > uint64(len(oob)) {
			return
		}
		data := oob[unix.CmsgLen(0):h.Len]
		take(h.Level, h.Type, data)
		oob = oob[min(unix.CmsgSpace(len(data)), len(oob)):]
	}
}
