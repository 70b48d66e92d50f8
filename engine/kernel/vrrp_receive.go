package kernel

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Receive hands every packet to take, in order, until Close; then it returns
// nil. take must not block: while it runs nothing is read. A link that goes down
// does not end Receive.
func (v *VRRP) Receive(take func(Packet)) error {
	conn, err := v.file.SyscallConn()
	if err != nil {
		return nil // closed already
	}
	buf, oob := make([]byte, 1<<16), make([]byte, 128)
	for {
		var n, oobn int
		var got error
		err := conn.Read(func(fd uintptr) bool {
			n, oobn, _, _, got = unix.Recvmsg(int(fd), buf, oob, unix.MSG_DONTWAIT)
			return got != unix.EAGAIN
		})
		switch {
		case v.closed():
			return nil
		case err != nil:
			return fmt.Errorf("receive on %s: %w", v.link, err)
		case got == unix.EINTR || got == unix.ENETDOWN: // the link went down; it may come back
			continue
		case got != nil:
			return fmt.Errorf("receive on %s: %w", v.link, got)
		}
		if p, ok := parsePacket(buf[:n]); ok {
			p.Link, p.At = v.link, stamped(oob[:oobn], time.Now())
			take(p)
		}
	}
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
// time; should that clock have been set meanwhile, now is the better answer.
func stamped(oob []byte, now time.Time) time.Time {
	const longest = time.Minute // no packet waits longer for its reader
	for len(oob) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&oob[0]))
		if h.Len < unix.SizeofCmsghdr || uint64(h.Len) > uint64(len(oob)) {
			break
		}
		data := oob[unix.CmsgLen(0):h.Len]
		if h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})) {
			stamp := (*unix.Timespec)(unsafe.Pointer(&data[0]))
			if age := time.Duration(now.UnixNano() - stamp.Nano()); age >= 0 && age < longest {
				return now.Add(-age)
			}
			break
		}
		oob = oob[min(unix.CmsgSpace(len(data)), len(oob)):]
	}
	return now
}
