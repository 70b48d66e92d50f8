package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

var native = binary.NativeEndian

// Net is the door to links and addresses. Its methods may be called from any
// goroutine.
type Net struct {
	route  map[int]*nl.SocketHandle // one socket; nl locks it for each request
	strict map[int]*nl.SocketHandle // another, on which the kernel minds which routes are asked for
	arp    int                      // AF_PACKET, for sending only; -1 where it was refused
	noARP  error                    // why it was refused
	drops  DropTable                // as it was prepared
}

// OpenNet opens the door in the network namespace of the calling thread. It
// needs no right: what a process may not do is told by the method that tries.
func OpenNet() (*Net, error) {
	route, err := openRoute(false)
	if err != nil {
		return nil, fmt.Errorf("open route netlink: %w", err)
	}
	strict, err := openRoute(true)
	if err != nil {
		route[unix.NETLINK_ROUTE].Close()
		return nil, fmt.Errorf("open route netlink: %w", err)
	}
	n := &Net{route: route, strict: strict}
	// Protocol 0: the socket receives nothing.
	n.arp, n.noARP = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	return n, nil
}

// openRoute opens a socket; on a strict one the kernel minds what of its routes is asked
// for. One before Linux 4.20 tells of all.
func openRoute(strict bool) (map[int]*nl.SocketHandle, error) {
	sock, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	err = sock.SetReceiveTimeout(&nl.SocketTimeoutTv)
	if strict {
		strictErr := unix.SetsockoptInt(sock.GetFd(), unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
		err = errors.Join(err, tolerate(strictErr, unix.ENOPROTOOPT))
	}
	if err != nil {
		sock.Close()
		return nil, err
	}
	return map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: sock}}, nil
}

// Close closes the door.
func (n *Net) Close() {
	n.route[unix.NETLINK_ROUTE].Close()
	n.strict[unix.NETLINK_ROUTE].Close()
	if n.noARP == nil {
		unix.Close(n.arp)
	}
}

func (n *Net) request(kind, flags int) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(kind, flags)
	req.Sockets = n.route
	return req
}
