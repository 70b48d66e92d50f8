package probe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"holdfast/engine/model"
)

// dial connects to the target as the check says: source address and port, mark,
// within connect_timeout.
func dial(ctx context.Context, network string, c model.Check) (net.Conn, error) {
	if network == "tcp" {
		s, err := openTCP(ctx, c)
		if err != nil {
			return nil, err
		}
		return newStream(s, c.Kind != model.HTTPGet)
	}
	d := net.Dialer{
		Timeout:       limit(c),
		KeepAlive:     -1,
		FallbackDelay: -1,
		LocalAddr:     local(network, c),
		Control:       func(_, _ string, raw syscall.RawConn) error { return prepareRaw(raw, network, c) },
	}
	conn, err := d.DialContext(ctx, network, netip.AddrPortFrom(c.Target.Addr, c.Target.Port).String())
	if err != nil {
		return nil, err
	}
	return conn, nil
}

// limit is connect_timeout, which also bounds each later read and write.
func limit(c model.Check) time.Duration { return c.Timing.ConnectTimeout.Val.Duration() }

func local(network string, c model.Check) net.Addr {
	if !c.BindTo.Val.IsValid() && c.BindPort.Val == 0 {
		return nil
	}
	from := netip.AddrPortFrom(c.BindTo.Val, c.BindPort.Val)
	if !c.BindTo.Val.IsValid() {
		from = netip.AddrPortFrom(netip.IPv4Unspecified(), c.BindPort.Val)
		if c.Target.Addr.Is6() {
			from = netip.AddrPortFrom(netip.IPv6Unspecified(), c.BindPort.Val)
		}
	}
	if network == "udp" {
		return net.UDPAddrFromAddrPort(from)
	}
	return net.TCPAddrFromAddrPort(from)
}

// prepareRaw is prepare for a socket of package net.
func prepareRaw(raw syscall.RawConn, network string, c model.Check) error {
	var err error
	if ctl := raw.Control(func(fd uintptr) { err = prepare(int(fd), network, c) }); ctl != nil {
		return ctl
	}
	return err
}

// prepare sets SO_MARK and the interface to leave by where the check asks for it. With an address to connect
// from, but no port, the kernel chooses the port when it knows the destination:
// chosen before, as bind does, it could be used towards one destination only.
func prepare(fd int, network string, c model.Check) error {
	if network == "tcp" && c.BindTo.Val.IsValid() && c.BindPort.Val == 0 {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1); err != nil {
			return fmt.Errorf("set IP_BIND_ADDRESS_NO_PORT: %w", err)
		}
	}
	if c.BindIf.Val != "" {
		if err := unix.BindToDevice(fd, c.BindIf.Val); err != nil {
			return fmt.Errorf("set SO_BINDTODEVICE: %w", err)
		}
	}
	if c.FWMark.Val != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(c.FWMark.Val)); err != nil {
			return fmt.Errorf("set SO_MARK: %w", err)
		}
	}
	return nil
}
