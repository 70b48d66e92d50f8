package lab

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// AddressChange is an address that appeared on a node's eth0 or left it.
type AddressChange struct {
	At   time.Time
	Addr netip.Addr
	Gone bool
}

// AddressWatch notes every change of the addresses on a node.
type AddressWatch struct {
	mu      sync.Mutex // guards changes
	changes []AddressChange
}

// WatchAddresses begins to note the node's address changes, as the kernel
// tells them.
func (n *Node) WatchAddresses() *AddressWatch {
	n.lab.Helper()
	ns, err := netns.GetFromName(n.Namespace())
	if err != nil {
		n.lab.Fatalf("watch addresses of %s: %v", n.Name, err)
	}
	defer ns.Close()
	w := &AddressWatch{}
	updates, done := make(chan netlink.AddrUpdate, 64), make(chan struct{})
	err = netlink.AddrSubscribeWithOptions(updates, done, netlink.AddrSubscribeOptions{Namespace: &ns, ReceiveBufferSize: 1 << 20})
	if err != nil {
		n.lab.Fatalf("watch addresses of %s: %v", n.Name, err)
	}
	var reader sync.WaitGroup
	reader.Go(func() {
		for u := range updates {
			addr, ok := netip.AddrFromSlice(u.LinkAddress.IP.To4())
			if !ok {
				continue
			}
			w.mu.Lock()
			w.changes = append(w.changes, AddressChange{time.Now(), addr, !u.NewAddr})
			w.mu.Unlock()
		}
	})
	n.lab.atEnd(func() { close(done); reader.Wait() })
	return w
}

// Changes are the changes of one address from an instant on.
func (w *AddressWatch) Changes(addr netip.Addr, since time.Time) []AddressChange {
	w.mu.Lock()
	defer w.mu.Unlock()
	var kept []AddressChange
	for _, c := range w.changes {
		if c.Addr == addr && !c.At.Before(since) {
			kept = append(kept, c)
		}
	}
	return kept
}

// ipvsCommands are the names of IPVS's generic netlink commands (linux/ip_vs.h).
var ipvsCommands = []string{"", "new-service", "set-service", "del-service", "get-service", "new-dest", "set-dest", "del-dest", "get-dest",
	"new-daemon", "del-daemon", "get-daemon", "set-config", "get-config", "set-info", "get-info", "zero", "flush"}

// NetlinkWatch counts what the programs of a node ask of the kernel, whichever
// they are and however they batch it.
type NetlinkWatch struct {
	family uint16

	mu     sync.Mutex // guards counts
	counts map[string]int
}

// WatchNetlink begins to count the node's IPVS commands and its address
// changes ("new-address", "del-address"). It needs nlmon in the kernel.
func (n *Node) WatchNetlink() *NetlinkWatch {
	n.lab.Helper()
	n.Run("ip", "link", "add", "nlmon0", "type", "nlmon")
	n.Run("ip", "link", "set", "nlmon0", "up")
	w := &NetlinkWatch{counts: map[string]int{}}
	var socket int
	err := n.Do(func() error {
		family, err := netlink.GenlFamilyGet("IPVS")
		if err != nil {
			return fmt.Errorf("ipvs family: %w", err)
		}
		w.family = family.ID
		socket, err = tap("nlmon0", unix.ETH_P_ALL, 64<<20)
		return err
	})
	if err != nil {
		n.lab.Fatalf("watch netlink of %s: %v", n.Name, err)
	}
	var reader sync.WaitGroup
	stop := make(chan struct{})
	reader.Go(func() { readStamped(socket, stop, w.count) })
	n.lab.atEnd(func() { close(stop); reader.Wait(); unix.Close(socket) })
	return w
}

// Counts are the commands seen so far, by name; reading ones are left out.
func (w *NetlinkWatch) Counts() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.counts)
}

// Reset begins to count anew.
func (w *NetlinkWatch) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.counts)
}

// count notes the requests in one netlink datagram.
func (w *NetlinkWatch) count(b []byte, from *unix.SockaddrLinklayer, _ time.Time) {
	protocol := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, from.Protocol))
	for len(b) >= unix.NLMSG_HDRLEN {
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.NLMSG_HDRLEN || size > len(b) {
			return
		}
		if name := w.name(protocol, b[:size]); name != "" {
			w.mu.Lock()
			w.counts[name]++
			w.mu.Unlock()
		}
		b = b[min(len(b), (size+3)&^3):]
	}
}

// name is the writing request that a netlink message makes, or "".
func (w *NetlinkWatch) name(protocol uint16, m []byte) string {
	kind, flags := binary.NativeEndian.Uint16(m[4:]), binary.NativeEndian.Uint16(m[6:])
	if flags&unix.NLM_F_REQUEST == 0 {
		return ""
	}
	switch {
	case protocol == unix.NETLINK_GENERIC && kind == w.family && len(m) > unix.NLMSG_HDRLEN:
		command := int(m[unix.NLMSG_HDRLEN])
		if command == 0 || command >= len(ipvsCommands) {
			return "unknown"
		}
		if name := ipvsCommands[command]; name[:3] != "get" {
			return name
		}
	case protocol == unix.NETLINK_ROUTE && kind == unix.RTM_NEWADDR:
		return "new-address"
	case protocol == unix.NETLINK_ROUTE && kind == unix.RTM_DELADDR:
		return "del-address"
	}
	return ""
}
