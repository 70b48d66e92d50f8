package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// socket is a TCP connection by the system calls that a check needs: those of package
// net are twice as many, and one that is there at once needs no runtime to wait for it.
type socket struct {
	fd   int
	file *os.File // the runtime's view of it; nil until something has to be waited for
	at   netip.AddrPort
}

// openTCP connects to the target as the check says: source address and port, mark,
// interface, within connect_timeout.
func openTCP(ctx context.Context, c model.Check) (*socket, error) {
	var s *socket
	var err error
	for range tries {
		if s, err = tryTCP(ctx, c); err == nil && s.toItself(c) {
			s.Close()
			s, err = nil, syscall.ECONNREFUSED
			continue
		}
		if !errors.Is(err, syscall.EADDRNOTAVAIL) || c.BindPort.Val != 0 {
			return s, err
		}
	}
	return s, err
}

// tries is how often a connection is tried whose own port is the kernel's to choose: it
// may choose the one that is asked on this host, and then connects a socket to itself,
// and may lack one for a moment.
const tries = 3

func tryTCP(ctx context.Context, c model.Check) (*socket, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	at := netip.AddrPortFrom(c.Target.Addr.Unmap(), c.Target.Port)
	family := unix.AF_INET6
	if at.Addr().Is4() {
		family = unix.AF_INET
	}
	to, err := sockaddr(at)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	s := &socket{fd: fd, at: at}
	if err = prepare(fd, "tcp", c); err == nil {
		err = s.bind(c)
	}
	if err == nil {
		err = s.connect(ctx, to, limit(c))
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// bind gives s the address and port to connect from, where the check asks for one.
func (s *socket) bind(c model.Check) error {
	from := local("tcp", c)
	if from == nil {
		return nil
	}
	addr, err := sockaddr(from.(*net.TCPAddr).AddrPort())
	if err != nil {
		return err
	}
	return unix.Bind(s.fd, addr)
}

// sockaddr is an address as the kernel takes it.
func sockaddr(at netip.AddrPort) (unix.Sockaddr, error) {
	addr := at.Addr().Unmap()
	if addr.Is4() {
		return &unix.SockaddrInet4{Port: int(at.Port()), Addr: addr.As4()}, nil
	}
	to := &unix.SockaddrInet6{Port: int(at.Port()), Addr: addr.As16()}
	if zone := addr.Zone(); zone != "" {
		n, err := strconv.ParseUint(zone, 10, 32)
		if err != nil {
			link, err := net.InterfaceByName(zone)
			if err != nil {
				return nil, err
			}
			n = uint64(link.Index)
		}
		to.ZoneId = uint32(n)
	}
	return to, nil
}

// connect connects within limit. The kernel mostly knows at once about a server on this
// host; for others the goroutine waits.
func (s *socket) connect(ctx context.Context, to unix.Sockaddr, limit time.Duration) error {
	var err error
	asked := func() (known bool) {
		// The second call gives what came of the first (connect(2)).
		err = unix.Connect(s.fd, to)
		return err != unix.EINPROGRESS && err != unix.EALREADY && err != unix.EINTR
	}
	end := time.Now().Add(limit)
	for range 2 {
		if asked() {
			return connected(err)
		}
	}
	if late := s.wait(ctx, end, asked); late != nil {
		return late
	}
	return connected(err)
}

func connected(err error) error {
	if err == unix.EISCONN {
		return nil
	}
	return err
}

// wait has the goroutine wait until asked knows, no longer than end or ctx.
func (s *socket) wait(ctx context.Context, end time.Time, asked func() bool) error {
	f := s.runtime()
	if err := f.SetWriteDeadline(end); err != nil {
		return err
	}
	// An error means that the file is closed, which nobody does meanwhile.
	defer context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Unix(1, 0)) })()
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	err = raw.Write(func(uintptr) bool { return asked() })
	if canceled := context.Cause(ctx); err != nil && canceled != nil {
		return canceled
	}
	return err
}

// runtime gives the runtime its view of s, to wait by.
func (s *socket) runtime() *os.File {
	if s.file == nil {
		s.file = os.NewFile(uintptr(s.fd), "tcp")
	}
	return s.file
}

// toItself says whether the kernel connected s to itself, as it does where nobody
// listens and it chose the very port that is asked.
func (s *socket) toItself(c model.Check) bool {
	if c.BindPort.Val != 0 || s.at.Port() < firstPort() {
		return false
	}
	own, err := unix.Getsockname(s.fd)
	if err != nil {
		return false
	}
	switch own := own.(type) {
	case *unix.SockaddrInet4:
		return s.at == netip.AddrPortFrom(netip.AddrFrom4(own.Addr), uint16(own.Port))
	case *unix.SockaddrInet6:
		return s.at == netip.AddrPortFrom(netip.AddrFrom16(own.Addr).Unmap().WithZone(s.at.Addr().Zone()), uint16(own.Port))
	}
	return false
}

// reset has the end of s be a reset. An error means that it is closed already.
func (s *socket) reset() {
	linger := func(fd uintptr) {
		_ = unix.SetsockoptLinger(int(fd), unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	if s.file == nil {
		linger(uintptr(s.fd))
		return
	}
	// Its context may close it meanwhile, and its number be another's.
	if raw, err := s.file.SyscallConn(); err == nil {
		_ = raw.Control(linger)
	}
}

// Close ends the connection.
func (s *socket) Close() error {
	if s.file != nil {
		return s.file.Close()
	}
	return unix.Close(s.fd)
}

// stream is a socket for a conversation.
type stream struct {
	*os.File
	socket *socket
}

// newStream has s wait for what is read and written. Where more than one thing is said,
// each leaves at once, not with the answer to the one before.
func newStream(s *socket, dialogue bool) (stream, error) {
	if dialogue {
		if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1); err != nil {
			s.Close()
			return stream{}, fmt.Errorf("set TCP_NODELAY: %w", err)
		}
	}
	return stream{s.runtime(), s}, nil // each read and write sets its own deadline
}

// LocalAddr is not asked for by anybody; a net.Conn has it.
func (s stream) LocalAddr() net.Addr { return &net.TCPAddr{} }

// RemoteAddr is where s is connected to.
func (s stream) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(s.socket.at) }
