package kernel

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

const (
	// patience is how long the kernel may take to answer. It answers before the
	// call returns; only the loading of a scheduler's module takes time.
	patience = 10 * time.Second
	// genlBuffer holds the refusals of a whole batch.
	genlBuffer = 4 << 20
	// genlDatagram is the most the kernel puts into one datagram of a list.
	genlDatagram = 64 << 10
	genlVersion  = 1
)

// genl is a generic netlink socket. It is for one user at a time.
type genl struct {
	fd   int
	seq  uint32
	in   []byte
	out  encoder
	last int // where the last request in out begins
}

func openGenl() (*genl, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, fmt.Errorf("open generic netlink: %w", err)
	}
	wait := unix.NsecToTimeval(patience.Nanoseconds())
	err = errors.Join(
		unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wait),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &wait),
		unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1), // refusals without the request
	)
	if err == nil && unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, genlBuffer) != nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, genlBuffer)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("open generic netlink: %w", err)
	}
	return &genl{fd: fd, in: make([]byte, genlDatagram)}, nil
}

func (g *genl) close() {
	unix.Close(g.fd)
	g.fd = -1 // the number may belong to another by now
}

// begin starts a new datagram.
func (g *genl) begin() { g.out = g.out[:0] }

// add puts a request into the datagram; fill writes its attributes. It returns
// the number under which the kernel answers.
func (g *genl) add(family uint16, cmd uint8, flags uint16, fill func(*encoder)) uint32 {
	g.seq++
	g.last = len(g.out)
	g.out.message(family, unix.NLM_F_REQUEST|flags, g.seq, cmd, fill)
	return g.seq
}

// acknowledgeLast asks for an answer to the last request even if it succeeds.
func (g *genl) acknowledgeLast() {
	flags := g.out[g.last+6:]
	native.PutUint16(flags, native.Uint16(flags)|unix.NLM_F_ACK)
}

// send gives the datagram to the kernel, which acts on all of it before the
// call returns.
func (g *genl) send() error {
	return unix.Sendto(g.fd, g.out, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
}

// receive reads answers until done says so. An answer without errno is a body
// without its headers; the end of a list and an acknowledgement are a nil body.
func (g *genl) receive(done func(seq uint32, body []byte, errno unix.Errno) bool) error {
	for {
		n, _, err := unix.Recvfrom(g.fd, g.in, 0)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return fmt.Errorf("no answer within %v: %w", patience, unix.ETIMEDOUT)
		case err != nil:
			return err
		}
		for b := g.in[:n]; len(b) > 0; {
			if len(b) < unix.SizeofNlMsghdr {
				return io.ErrUnexpectedEOF
			}
			length, kind, seq := int(native.Uint32(b)), native.Uint16(b[4:]), native.Uint32(b[8:])
			if length < unix.SizeofNlMsghdr || length > len(b) {
				return io.ErrUnexpectedEOF
			}
			body, errno := b[unix.SizeofNlMsghdr:length], unix.Errno(0)
			switch kind {
			case unix.NLMSG_ERROR, unix.NLMSG_DONE:
				if len(body) >= 4 {
					errno = unix.Errno(-int32(native.Uint32(body)))
				}
				body = nil
			default:
				if len(body) < unix.GENL_HDRLEN {
					return io.ErrUnexpectedEOF
				}
				body = body[unix.GENL_HDRLEN:]
			}
			if done(seq, body, errno) {
				return nil
			}
			b = b[min(align(length), len(b)):]
		}
	}
}

// attributes takes the attributes of a body apart, without copying.
func attributes(body []byte, each func(kind uint16, value []byte)) error {
	for len(body) >= unix.SizeofNlAttr {
		length, kind := int(native.Uint16(body)), native.Uint16(body[2:])&nl.NLA_TYPE_MASK
		if length < unix.SizeofNlAttr || length > len(body) {
			return io.ErrUnexpectedEOF
		}
		each(kind, body[unix.SizeofNlAttr:length])
		body = body[min(align(length), len(body)):]
	}
	return nil
}

func align(n int) int { return (n + unix.NLMSG_ALIGNTO - 1) &^ (unix.NLMSG_ALIGNTO - 1) }
