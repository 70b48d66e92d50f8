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
// within connect_timeout. The connection is reset when it is closed, so that
// many checks leave no TIME_WAIT behind.
func dial(ctx context.Context, network string, c model.Check) (net.Conn, error) {
	d := net.Dialer{
		Timeout:       limit(c),
		KeepAlive:     -1,
		FallbackDelay: -1,
		LocalAddr:     local(network, c),
		Control:       func(_, _ string, raw syscall.RawConn) error { return mark(raw, c) },
	}
	d.SetMultipathTCP(false)
	conn, err := d.DialContext(ctx, network, netip.AddrPortFrom(c.Target.Addr, c.Target.Port).String())
	if err != nil {
		return nil, err
	}
	if t, ok := conn.(*net.TCPConn); ok {
		if err := t.SetLinger(0); err != nil {
			conn.Close()
			return nil, fmt.Errorf("set SO_LINGER: %w", err)
		}
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

// mark sets SO_MARK where the check asks for it.
func mark(raw syscall.RawConn, c model.Check) error {
	if c.FWMark.Val == 0 {
		return nil
	}
	var err error
	ctl := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_MARK, int(c.FWMark.Val))
	})
	if ctl != nil {
		return ctl
	}
	if err != nil {
		return fmt.Errorf("set SO_MARK: %w", err)
	}
	return nil
}
