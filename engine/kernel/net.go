package kernel

import (
	"encoding/binary"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

var native = binary.NativeEndian

// Net is the door to links and addresses. Its methods may be called from any
// goroutine.
type Net struct {
	route map[int]*nl.SocketHandle // one socket; nl locks it for each request
	arp   int                      // AF_PACKET, for sending only; -1 where it was refused
	noARP error                    // why it was refused
}

// OpenNet opens the door in the network namespace of the calling thread. It
// needs no right: what a process may not do is told by the method that tries.
func OpenNet() (*Net, error) {
	sock, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open route netlink: %w", err)
	}
	if err := sock.SetReceiveTimeout(&nl.SocketTimeoutTv); err != nil {
		sock.Close()
		return nil, fmt.Errorf("open route netlink: %w", err)
	}
	n := &Net{route: map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: {Socket: sock}}}
	// Protocol 0: the socket receives nothing.
	n.arp, n.noARP = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	return n, nil
}

// Close closes the door.
func (n *Net) Close() {
	n.route[unix.NETLINK_ROUTE].Close()
	if n.noARP == nil {
		unix.Close(n.arp)
	}
}

func (n *Net) request(kind, flags int) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(kind, flags)
	req.Sockets = n.route
	return req
}
