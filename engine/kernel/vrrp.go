package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// What every VRRP packet bears (RFC 9568, 5.1.1; the type of service is
// keepalived's: internetwork control).
const (
	vrrpProtocol = 112
	ahProtocol   = 51
	vrrpTOS      = 0xc0
)

const (
	ipHeader   = 20
	ahHeader   = 24      // with a digest of 96 bits
	vrrpPacket = 1500    // more than 255 addresses need
	vrrpBuffer = 1 << 20 // thousands of adverts: a stopped reader finds them on return
)

// Packet is one VRRP packet as it came from the wire, without its IP header.
type Packet struct {
	Link     string
	Src, Dst netip.Addr
	TTL      int
	Payload  []byte    // the receiver's to keep
	Headers  []byte    // of a socket for authentication headers: the IP header and that
	At       time.Time // when the kernel received it
}

// Header is what the IP header of a packet says that is sent.
type Header struct {
	Src, Dst netip.Addr
	TTL      int    // DefaultTTL: what the kernel has for the way, over IPv6 only
	ID       uint16 // identification, over IPv4; for 0 the kernel chooses one
}

// DefaultTTL leaves the hop limit to the kernel.
const DefaultTTL = -1

// VRRP is a raw socket for IP protocol 112 on one link, for one multicast group or
// for unicast. It is bound to the link as it was when opened: when the link is
// deleted and made anew, open another.
type VRRP struct {
	link  string
	six   bool
	ah    bool // packets begin with an authentication header
	index int  // of the link
	file  *os.File

	reading sync.Mutex // held by who reads, until what was read is handed on

	mu     sync.Mutex // guards what follows, and the descriptor against Close
	fd     int        // -1 after Close
	packet [vrrpPacket]byte
	to     unix.SockaddrInet4
}

// OpenVRRP opens a socket on link and joins group, in the network namespace of
// the calling thread. For unicast group is 0.0.0.0 or ::, of which only the family
// counts: no group is joined, and what comes for one is not received. It needs
// CAP_NET_RAW, but no route and no address. What is sent from this host does not
// come back.
func OpenVRRP(link string, group netip.Addr) (*VRRP, error) {
	return openVRRP(link, group, vrrpProtocol)
}

// OpenAH is OpenVRRP for packets with an authentication header (RFC 2402), over IPv4:
// what is sent begins with it.
func OpenAH(link string, group netip.Addr) (*VRRP, error) {
	return openVRRP(link, group, ahProtocol)
}

func openVRRP(link string, group netip.Addr, protocol int) (*VRRP, error) {
	fail := func(err error) (*VRRP, error) {
		return nil, fmt.Errorf("open vrrp socket on %s: %w", link, err)
	}
	group = group.Unmap()
	if !group.IsUnspecified() && !group.IsMulticast() {
		return fail(unix.EAFNOSUPPORT)
	}
	family := unix.AF_INET
	if group.Is6() && protocol == ahProtocol {
		return fail(unix.EAFNOSUPPORT)
	}
	if group.Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, protocol)
	if err != nil {
		return fail(err)
	}
	index, err := prepare(fd, link, group)
	if err != nil {
		unix.Close(fd)
		return fail(err)
	}
	v := &VRRP{link: link, six: group.Is6(), ah: protocol == ahProtocol, index: index, fd: fd, file: os.NewFile(uintptr(fd), "vrrp "+link)}
	b := v.packet[:ipHeader]
	b[0], b[1], b[9] = 0x45, vrrpTOS, uint8(protocol)
	return v, nil
}

// prepare binds a socket to a link and has it join a group, if it is one. It gives the
// index of the link.
func prepare(fd int, link string, group netip.Addr) (index int, err error) {
	request, err := unix.NewIfreq(link)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request); err != nil {
		return 0, err
	}
	index = int(request.Uint32())
	if err := unix.BindToDevice(fd, link); err != nil {
		return 0, err
	}
	drain(fd) // what came from other links before the binding
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, vrrpBuffer) != nil {
		// Without CAP_NET_ADMIN as much as the system allows.
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, vrrpBuffer); err != nil {
			return 0, err
		}
	}
	const controlPriority = 7 // TC_PRIO_CONTROL: ahead of the traffic we balance
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, controlPriority),
	)
	if group.Is6() {
		return index, errors.Join(err, prepare6(fd, index, group))
	}
	return index, errors.Join(err, prepare4(fd, index, group))
}

func prepare4(fd, index int, group netip.Addr) error {
	err := errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_HDRINCL, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, 0),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0),
	)
	if group.IsUnspecified() {
		return err
	}
	member := unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(index)}
	return errors.Join(err,
		unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &member),
		unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP, &member),
	)
}

func drain(fd int) {
	var b [1]byte
	for {
		if _, _, err := unix.Recvfrom(fd, b[:], unix.MSG_DONTWAIT); err != nil {
			return
		}
	}
}

// Send sends payload to the group or a peer, at once or not at all. It may be called
// from any goroutine.
func (v *VRRP) Send(h Header, payload []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	src, dst := h.Src.Unmap(), h.Dst.Unmap()
	var err error
	switch {
	case v.fd < 0:
		err = os.ErrClosed
	case src.Is6() != v.six || dst.Is6() != v.six || !src.IsValid() || !dst.IsValid():
		err = unix.EAFNOSUPPORT
	case v.six:
		err = v.send6(src, dst, h.TTL, payload)
	case len(payload) > len(v.packet)-ipHeader:
		err = unix.EMSGSIZE
	default:
		from := src.As4()
		v.to.Addr = dst.As4()
		copy(v.packet[12:], from[:])
		copy(v.packet[16:], v.to.Addr[:])
		v.packet[8] = uint8(h.TTL)
		binary.BigEndian.PutUint16(v.packet[4:], h.ID)
		n := ipHeader + copy(v.packet[ipHeader:], payload)
		// Length and checksum are the kernel's to fill in (ip(7), IP_HDRINCL).
		err = unix.Sendto(v.fd, v.packet[:n], unix.MSG_DONTWAIT, &v.to)
	}
	if err != nil {
		return fmt.Errorf("send vrrp packet on %s to %s: %w", v.link, dst, err)
	}
	return nil
}

// Close closes the socket and ends Receive.
func (v *VRRP) Close() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.fd >= 0 {
		v.fd = -1
		v.file.Close() // the only error is "already closed"
	}
}
