package kernel

import (
	"errors"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// prepare6 is prepare4 for IPv6, whose header the kernel writes.
func prepare6(fd, index int, group netip.Addr) error {
	err := errors.Join(
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, vrrpTOS),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_LOOP, 0),
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0),
		// As over IPv4 the source may be an address of another link: a macvlan speaks from
		// that of its parent.
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_FREEBIND, 1),
	)
	if group.IsUnspecified() {
		return err
	}
	member := unix.IPv6Mreq{Multiaddr: group.As16(), Interface: uint32(index)}
	return errors.Join(err,
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, index),
		unix.SetsockoptIPv6Mreq(fd, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP, &member),
	)
}

// send6 sends over IPv6; the source and the hop limit go beside the packet. v.mu is held.
func (v *VRRP) send6(src, dst netip.Addr, ttl int, payload []byte) error {
	info := unix.Inet6Pktinfo{Addr: src.As16(), Ifindex: uint32(v.index)}
	oob := unix.PktInfo6(&info)
	if ttl != DefaultTTL {
		oob = append(oob, hopLimit(ttl)...)
	}
	to := unix.SockaddrInet6{Addr: dst.As16(), ZoneId: uint32(v.index)}
	_, err := unix.SendmsgN(v.fd, payload, oob, &to, unix.MSG_DONTWAIT)
	return err
}

// hopLimit is the control message IPV6_HOPLIMIT (RFC 3542, 6.3).
func hopLimit(ttl int) []byte {
	b := make([]byte, unix.CmsgSpace(4))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
	h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_HOPLIMIT
	h.SetLen(unix.CmsgLen(4))
	native.PutUint32(b[unix.CmsgLen(0):], uint32(ttl))
	return b
}

// packet6 is a packet whose header the kernel took off: what it said stands beside it.
func packet6(payload, oob []byte, from unix.Sockaddr) (Packet, bool) {
	sender, ok := from.(*unix.SockaddrInet6)
	if !ok {
		return Packet{}, false
	}
	p := Packet{Src: netip.AddrFrom16(sender.Addr), TTL: -1, Payload: append([]byte(nil), payload...)}
	controls(oob, func(level, kind int32, data []byte) {
		switch {
		case level != unix.IPPROTO_IPV6:
		case kind == unix.IPV6_PKTINFO && len(data) >= 16:
			p.Dst = netip.AddrFrom16([16]byte(data))
		case kind == unix.IPV6_HOPLIMIT && len(data) >= 4:
			p.TTL = int(native.Uint32(data))
		}
	})
	return p, p.Dst.IsValid()
}
