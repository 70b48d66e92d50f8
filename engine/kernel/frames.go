package kernel

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Hop is the way to an address.
type Hop struct {
	Here    bool   // the address is one of this host
	Link    string // through which packets for it go
	MAC     net.HardwareAddr
	Next    netip.Addr   // the neighbour that they are given to
	Sources []netip.Addr // addresses of this host on that link, the one that the kernel prefers first
}

// HopTo asks the kernel for the way to a, in the network namespace of the calling thread.
func HopTo(a netip.Addr) (Hop, error) {
	routes, err := netlink.RouteGet(a.AsSlice())
	if err == nil && len(routes) == 0 {
		err = unix.ENETUNREACH
	}
	if err != nil {
		return Hop{}, fmt.Errorf("find the way to %s: %w", a, err)
	}
	r := routes[0]
	if r.Type == unix.RTN_LOCAL {
		return Hop{Here: true}, nil
	}
	l, err := netlink.LinkByIndex(r.LinkIndex)
	if err != nil {
		return Hop{}, fmt.Errorf("find the way to %s: %w", a, err)
	}
	h := Hop{Link: l.Attrs().Name, MAC: l.Attrs().HardwareAddr, Next: a}
	if gw, ok := netip.AddrFromSlice(r.Gw); ok {
		h.Next = gw.Unmap()
	}
	if src, ok := netip.AddrFromSlice(r.Src); ok {
		h.Sources = append(h.Sources, src.Unmap())
	}
	addrs, err := netlink.AddrList(l, unix.AF_UNSPEC)
	if err != nil {
		return Hop{}, fmt.Errorf("list addresses of %s: %w", h.Link, err)
	}
	for _, one := range addrs {
		if own, ok := netip.AddrFromSlice(one.IP); ok && !slices.Contains(h.Sources, own.Unmap()) {
			h.Sources = append(h.Sources, own.Unmap())
		}
	}
	return h, nil
}

// Frames are frames of a link: those that are sent, and of those that come what a few
// questions are answered with.
type Frames struct {
	fd    int
	index int
}

// OpenFrames opens a link in the network namespace of the calling thread. What comes is
// ARP, ICMP of both families, and TCP and UDP from or to one of count ports beginning at
// port: of the rest the kernel copies nothing.
func OpenFrames(link string, port, count uint16) (*Frames, error) {
	l, err := net.InterfaceByName(link)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", link, err)
	}
	// Protocol 0: nothing comes before there is a filter.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		program := answersTo(port, count)
		err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
		if err == nil {
			err = unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: l.Index, Protocol: networkOrder(unix.ETH_P_ALL)})
		}
		if err != nil {
			unix.Close(fd)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", link, err)
	}
	return &Frames{fd, l.Index}, nil
}

// answersTo is the filter of OpenFrames. A jump counts the lines that it skips.
func answersTo(port, count uint16) []unix.SockFilter {
	const (
		load   = unix.BPF_LD | unix.BPF_ABS
		behind = unix.BPF_LD | unix.BPF_IND | unix.BPF_H // that many bytes behind the header
		equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		least  = unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K
		answer = unix.BPF_RET | unix.BPF_K
	)
	first, end := uint32(port), uint32(port)+uint32(count)
	return []unix.SockFilter{
		0:  {Code: load | unix.BPF_H, K: 12},
		1:  {Code: equal, K: unix.ETH_P_ARP, Jt: 18},
		2:  {Code: equal, K: unix.ETH_P_IP, Jt: 5},
		3:  {Code: equal, K: unix.ETH_P_IPV6, Jf: 15},
		4:  {Code: load | unix.BPF_B, K: 20}, // IPv6: what is behind its header
		5:  {Code: equal, K: unix.IPPROTO_ICMPV6, Jt: 14},
		6:  {Code: unix.BPF_LDX | unix.BPF_IMM, K: 40},
		7:  {Code: unix.BPF_JMP | unix.BPF_JA, K: 3},
		8:  {Code: load | unix.BPF_B, K: 23}, // IPv4
		9:  {Code: equal, K: unix.IPPROTO_ICMP, Jt: 10},
		10: {Code: unix.BPF_LDX | unix.BPF_MSH | unix.BPF_B, K: 14},
		11: {Code: equal, K: unix.IPPROTO_TCP, Jt: 1},
		12: {Code: equal, K: unix.IPPROTO_UDP, Jf: 6},
		13: {Code: behind, K: 14}, // the port that it comes from
		14: {Code: least, K: first, Jf: 1},
		15: {Code: least, K: end, Jf: 4},
		16: {Code: behind, K: 16}, // and the one that it goes to
		17: {Code: least, K: first, Jf: 1},
		18: {Code: least, K: end, Jf: 1},
		19: {Code: answer, K: 0},
		20: {Code: answer, K: 0xffff},
	}
}

// Close ends both.
func (f *Frames) Close() { unix.Close(f.fd) }

// Send sends a frame.
func (f *Frames) Send(frame []byte) error {
	return unix.Sendto(f.fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: f.index})
}

// Receive gives the next frame, as a part of buf; none where nothing comes before until.
func (f *Frames) Receive(buf []byte, until time.Time) ([]byte, error) {
	for {
		left := time.Until(until)
		if left <= 0 {
			return nil, nil
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(f.fd), Events: unix.POLLIN}}, int(left.Milliseconds())+1)
		if err == nil && n == 0 || err == unix.EINTR {
			continue
		}
		if err == nil {
			n, _, err = unix.Recvfrom(f.fd, buf, unix.MSG_DONTWAIT)
		}
		switch err {
		case nil:
			return buf[:n], nil
		case unix.EAGAIN, unix.EINTR:
			continue
		}
		return nil, fmt.Errorf("receive frames: %w", err)
	}
}
