package kernel

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// The ports that a session is sent from (RFC 5881, section 4).
const (
	firstBFDSource = 49152
	lastBFDSource  = 65535
)

const bfdRoom = 128 // a control packet with the longest authentication, and more

// BFD is a UDP socket that hears the control packets of all sessions of a family and
// a port. Packet.Link is empty: a session is known by its addresses.
type BFD struct {
	six  bool
	port int
	file *os.File

	reading sync.Mutex // held by who reads, until what was read is handed on

	mu sync.Mutex // guards what follows, and the descriptor against Close
	fd int        // -1 after Close
}

// OpenBFD opens the socket for a port, over IPv6 where six is true, in the network
// namespace of the calling thread. There can be one of each.
func OpenBFD(port int, six bool) (*BFD, error) {
	fail := func(err error) (*BFD, error) {
		return nil, fmt.Errorf("listen on UDP port %d: %w", port, err)
	}
	family, any := unix.AF_INET, unix.Sockaddr(&unix.SockaddrInet4{Port: port})
	if six {
		family, any = unix.AF_INET6, &unix.SockaddrInet6{Port: port}
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return fail(err)
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	if six {
		err = errors.Join(err,
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1),
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1),
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1))
	} else {
		err = errors.Join(err,
			unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_RECVTTL, 1),
			unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1))
	}
	if err = errors.Join(err, unix.Bind(fd, any)); err != nil {
		unix.Close(fd)
		return fail(err)
	}
	return &BFD{six: six, port: port, fd: fd, file: os.NewFile(uintptr(fd), "bfd "+strconv.Itoa(port))}, nil
}

// Receive hands every packet to take, in order, until Close; then it returns nil. take
// must not block: while it runs nothing is read.
func (s *BFD) Receive(take func(Packet)) error {
	conn, err := s.file.SyscallConn()
	if err != nil {
		return nil // closed already
	}
	buf, oob := make([]byte, bfdRoom), make([]byte, roomForStamp+unix.CmsgSpace(4)+unix.CmsgSpace(20))
	for {
		var got error
		err := conn.Read(func(fd uintptr) bool {
			s.reading.Lock()
			defer s.reading.Unlock()
			got = s.read(int(fd), buf, oob, take)
			return got != unix.EAGAIN
		})
		switch {
		case s.closed():
			return nil
		case err != nil:
			return fmt.Errorf("receive on UDP port %d: %w", s.port, err)
		case got == nil, got == unix.EINTR, got == unix.ECONNREFUSED:
			continue
		}
		return fmt.Errorf("receive on UDP port %d: %w", s.port, got)
	}
}

// Waiting hands take what came and Receive has not read yet, without waiting for more;
// what Receive has read it has handed on by then. take must not block.
func (s *BFD) Waiting(take func(Packet)) {
	s.reading.Lock()
	defer s.reading.Unlock()
	buf, oob := make([]byte, bfdRoom), make([]byte, roomForStamp+unix.CmsgSpace(4)+unix.CmsgSpace(20))
	const most = 4096 // more than a socket's buffer holds
	for range most {
		s.mu.Lock()
		fd := s.fd
		err := error(os.ErrClosed)
		if fd >= 0 {
			err = s.read(fd, buf, oob, take)
		}
		s.mu.Unlock()
		if err != nil {
			return // nothing waits, or Receive finds out why not
		}
	}
}

func (s *BFD) read(fd int, buf, oob []byte, take func(Packet)) error {
	n, oobn, _, from, err := unix.Recvmsg(fd, buf, oob, unix.MSG_DONTWAIT)
	if err != nil {
		return err
	}
	if p, ok := bfdPacket(buf[:n], oob[:oobn], from); ok {
		p.At = stamped(oob[:oobn], time.Time{}, time.Now())
		take(p)
	}
	return nil
}

// bfdPacket is a datagram with what the kernel says of its header.
func bfdPacket(payload, oob []byte, from unix.Sockaddr) (Packet, bool) {
	if _, six := from.(*unix.SockaddrInet6); six {
		return packet6(payload, oob, from)
	}
	sender, ok := from.(*unix.SockaddrInet4)
	if !ok {
		return Packet{}, false
	}
	p := Packet{Src: netip.AddrFrom4(sender.Addr), TTL: -1, Payload: append([]byte(nil), payload...)}
	controls(oob, func(level, kind int32, data []byte) {
		switch {
		case level != unix.IPPROTO_IP:
		case kind == unix.IP_PKTINFO && len(data) >= 12:
			p.Dst = netip.AddrFrom4([4]byte(data[8:12]))
		case kind == unix.IP_TTL && len(data) >= 4:
			p.TTL = int(native.Uint32(data))
		}
	})
	return p, p.Dst.IsValid()
}

func (s *BFD) closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fd < 0
}

// Close closes the socket and ends Receive.
func (s *BFD) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fd >= 0 {
		s.fd = -1
		s.file.Close() // the only error is "already closed"
	}
}

// BFDSender is the socket that one session is sent from. It keeps its port as long as
// it is open, as RFC 5881 wants it.
type BFDSender struct {
	fd int
	to unix.Sockaddr
}

// OpenBFDSender opens a socket towards a neighbour's port. An invalid source leaves the
// choice to the kernel; one that this host lacks is an error.
func OpenBFDSender(source, neighbor netip.Addr, port, ttl int) (*BFDSender, error) {
	fail := func(err error) (*BFDSender, error) {
		return nil, fmt.Errorf("open a socket from %s to %s: %w", source, neighbor, err)
	}
	six := neighbor.Is6()
	family := unix.AF_INET
	if six {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return fail(err)
	}
	const controlPriority = 7 // TC_PRIO_CONTROL, as of adverts
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, controlPriority)
	if six {
		err = errors.Join(err,
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, vrrpTOS),
			unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, ttl))
	} else {
		err = errors.Join(err,
			unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, vrrpTOS),
			unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TTL, ttl))
	}
	to, there := socketAddress(neighbor, port)
	if err == nil && !there {
		err = unix.ENODEV
	}
	if err == nil {
		err = bindSource(fd, source, six)
	}
	if err != nil {
		unix.Close(fd)
		return fail(err)
	}
	return &BFDSender{fd: fd, to: to}, nil
}

// bindSource gives a socket a free port of those that sessions are sent from.
func bindSource(fd int, source netip.Addr, six bool) error {
	if !source.IsValid() {
		source = netip.IPv4Unspecified()
		if six {
			source = netip.IPv6Unspecified()
		}
	}
	const ports = lastBFDSource - firstBFDSource + 1
	first := rand.IntN(ports)
	for i := range ports {
		from, there := socketAddress(source, firstBFDSource+(first+i)%ports)
		if !there {
			return unix.ENODEV
		}
		if err := unix.Bind(fd, from); err != unix.EADDRINUSE {
			return err
		}
	}
	return unix.EADDRINUSE
}

// socketAddress is an address and a port for the kernel; false: its link is not there.
func socketAddress(a netip.Addr, port int) (unix.Sockaddr, bool) {
	if a.Is4() {
		return &unix.SockaddrInet4{Addr: a.As4(), Port: port}, true
	}
	to := &unix.SockaddrInet6{Addr: a.As16(), Port: port}
	if zone := a.Zone(); zone != "" {
		request, err := unix.NewIfreq(zone)
		if err != nil {
			return nil, false
		}
		any, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return nil, false
		}
		defer unix.Close(any)
		if unix.IoctlIfreq(any, unix.SIOCGIFINDEX, request) != nil {
			return nil, false
		}
		to.ZoneId = request.Uint32()
	}
	return to, true
}

// Send sends a packet, at once or not at all.
func (s *BFDSender) Send(packet []byte) error {
	return unix.Sendto(s.fd, packet, unix.MSG_DONTWAIT, s.to)
}

// Close closes the socket.
func (s *BFDSender) Close() { unix.Close(s.fd) }
