package kernel

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"holdfast/engine/plan"
)

// RoutesGone says that a route of keepalived's protocol or a rule was deleted, or that
// news of such was lost.
type RoutesGone struct{ At time.Time }

// WatchRoutes tells of deletions until ctx ends; then it returns nil. The kernel is
// asked to tell of nothing else: a router may have a million routes of other protocols
// that come and go. The caller's thread has to be in the namespace of n.
func (n *Net) WatchRoutes(ctx context.Context, tell func(RoutesGone)) error {
	sock, err := nl.Subscribe(unix.NETLINK_ROUTE,
		unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE, unix.RTNLGRP_IPV4_RULE, unix.RTNLGRP_IPV6_RULE)
	if err != nil {
		return fmt.Errorf("watch routes: %w", err)
	}
	defer sock.Close()
	defer context.AfterFunc(ctx, sock.Close)() // ends Receive
	if err := deletionsOnly(sock.GetFd()); err != nil {
		return fmt.Errorf("watch routes: %w", err)
	}
	tell(RoutesGone{At: time.Now()}) // from here on nothing is missed
	for {
		_, _, err := sock.Receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil || errors.Is(err, unix.ENOBUFS):
			tell(RoutesGone{At: time.Now()})
		case errors.Is(err, unix.EINTR):
		default:
			return fmt.Errorf("watch routes: %w", err)
		}
	}
}

// deletionsOnly has the kernel drop what is neither the deletion of a rule nor that of a
// route of keepalived's protocol.
func deletionsOnly(fd int) error {
	const (
		typeAt     = 4                          // of struct nlmsghdr
		protocolAt = unix.SizeofNlMsghdr + 5    // of struct rtmsg behind it
		load       = unix.BPF_LD | unix.BPF_ABS // of what the size says
		equal      = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
		answer     = unix.BPF_RET | unix.BPF_K
	)
	program := []unix.SockFilter{
		{Code: load | unix.BPF_H, K: typeAt},
		{Code: equal, K: asLoaded(unix.RTM_DELRULE), Jt: 3},
		{Code: equal, K: asLoaded(unix.RTM_DELROUTE), Jf: 3},
		{Code: load | unix.BPF_B, K: protocolAt},
		{Code: equal, K: plan.KeepalivedProtocol, Jf: 1},
		{Code: answer, K: 1 << 16},
		{Code: answer, K: 0},
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}

// asLoaded is a number of the host's order as a filter loads it, which takes all for
// the network's order.
func asLoaded(v uint16) uint32 {
	return uint32(binary.BigEndian.Uint16(native.AppendUint16(nil, v)))
}
