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
	vrrpTOS      = 0xc0
	vrrpTTL      = 255
)

const (
	ipHeader   = 20
	vrrpPacket = 1500    // more than 255 addresses need
	vrrpBuffer = 1 << 20 // thousands of adverts: a stopped reader finds them on return
)

// Packet is one VRRP packet as it came from the wire, without its IP header.
type Packet struct {
	Link     string
	Src, Dst netip.Addr
	TTL      int
	Payload  []byte    // the receiver's to keep
	At       time.Time // when the kernel received it
}

// VRRP is a raw socket for IP protocol 112 on one link and one multicast group.
// It is bound to the link as it was when opened: when the link is deleted and
// made anew, open another.
type VRRP struct {
	link string
	file *os.File

	reading sync.Mutex // held by who reads, until what was read is handed on

	mu     sync.Mutex // guards what follows, and the descriptor against Close
	fd     int        // -1 after Close
	packet [vrrpPacket]byte
	to     unix.SockaddrInet4
	id     uint16
}

// OpenVRRP opens a socket on link and joins group, in the network namespace of
// the calling thread. It needs CAP_NET_RAW, but no route and no address. What
// is sent from this host does not come back.
func OpenVRRP(link string, group netip.Addr) (*VRRP, error) {
	fail := func(err error) (*VRRP, error) {
		return nil, fmt.Errorf("open vrrp socket on %s: %w", link, err)
	}
	group = group.Unmap()
	if !group.Is4() || !group.IsMulticast() {
		return fail(unix.EAFNOSUPPORT)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, vrrpProtocol)
	if err != nil {
		return fail(err)
	}
	if err := prepare(fd, link, group); err != nil {
		unix.Close(fd)
		return fail(err)
	}
	v := &VRRP{link: link, fd: fd, file: os.NewFile(uintptr(fd), "vrrp "+link)}
	v.to.Addr = group.As4()
	b := v.packet[:ipHeader]
	b[0], b[1], b[8], b[9] = 0x45, vrrpTOS, vrrpTTL, vrrpProtocol
	copy(b[16:], v.to.Addr[:])
	return v, nil
}

func prepare(fd int, link string, group netip.Addr) error {
	request, err := unix.NewIfreq(link)
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request); err != nil {
		return err
	}
	member := unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(request.Uint32())}
	if err := unix.BindToDevice(fd, link); err != nil {
		return err
	}
	drain(fd) // what came from other links before the binding
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, vrrpBuffer) != nil {
		// Without CAP_NET_ADMIN as much as the system allows.
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, vrrpBuffer); err != nil {
			return err
		}
	}
	const controlPriority = 7 // TC_PRIO_CONTROL: ahead of the traffic we balance
	return errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PRIORITY, controlPriority),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_HDRINCL, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, 0),
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0),
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

// Send sends payload to the group, from src, at once or not at all. It may be
// called from any goroutine.
func (v *VRRP) Send(src netip.Addr, payload []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	src = src.Unmap()
	var err error
	switch {
	case v.fd < 0:
		err = os.ErrClosed
	case !src.Is4():
		err = unix.EAFNOSUPPORT
	case len(payload) > len(v.packet)-ipHeader:
		err = unix.EMSGSIZE
	default:
		if v.id++; v.id == 0 {
			v.id = 1 // for 0 the kernel would choose one of its own
		}
		from := src.As4()
		copy(v.packet[12:], from[:])
		binary.BigEndian.PutUint16(v.packet[4:], v.id)
		n := ipHeader + copy(v.packet[ipHeader:], payload)
		// Length and checksum are the kernel's to fill in (ip(7), IP_HDRINCL).
		err = unix.Sendto(v.fd, v.packet[:n], unix.MSG_DONTWAIT, &v.to)
	}
	if err != nil {
		return fmt.Errorf("send vrrp packet on %s: %w", v.link, err)
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
