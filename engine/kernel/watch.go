package kernel

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// watchBuffer holds some ten thousand events: a burst while the reader is kept
// from running must not be lost.
const watchBuffer = 4 << 20

// Watch tells first of every link (a LinkEvent) and every address (an AddrEvent),
// then of every change, until ctx ends; then it returns nil. The events carry the
// instant at which the message was read. Where the kernel had to drop messages it
// lists anew and tells the difference. The caller's thread has to be in the
// namespace of n.
func (n *Net) Watch(ctx context.Context, tell func(any)) error {
	sock, err := nl.Subscribe(unix.NETLINK_ROUTE,
		unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR)
	if err != nil {
		return fmt.Errorf("watch links: %w", err)
	}
	defer sock.Close()
	defer context.AfterFunc(ctx, sock.Close)() // ends Receive
	if sock.SetReceiveBufferSize(watchBuffer, true) != nil {
		// Without CAP_NET_ADMIN the kernel's limit stands, and a small buffer
		// only means more frequent new lists.
		err = sock.SetReceiveBufferSize(watchBuffer, false)
	}
	if err != nil {
		return fmt.Errorf("watch links: %w", err)
	}
	v := newView(tell)
	if err := n.relist(v); err != nil {
		return err
	}
	for {
		msgs, _, err := sock.Receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, unix.ENOBUFS):
			if err := n.relist(v); err != nil {
				return err
			}
			continue
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return fmt.Errorf("watch links: %w", err)
		}
		at := time.Now()
		for _, m := range msgs {
			v.message(m, at)
		}
	}
}

func (n *Net) relist(v *view) error {
	links, err := n.Links()
	if err != nil {
		return err
	}
	v.list(links, time.Now())
	return nil
}

// message takes one notification of the kernel.
func (v *view) message(m syscall.NetlinkMessage, at time.Time) {
	switch m.Header.Type {
	case unix.RTM_NEWLINK:
		if l, ok := parseLink(m.Data); ok {
			v.link(l, at)
		}
	case unix.RTM_DELLINK:
		if l, ok := parseLink(m.Data); ok {
			v.unlink(l.Index, at)
		}
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		if a, ok := parseAddress(m.Data); ok {
			v.address(a.index, a.prefix, m.Header.Type == unix.RTM_DELADDR, at)
		}
	}
}
