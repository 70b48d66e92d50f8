package kernel

import (
	"net"
	"net/netip"
	"time"
)

// Link is a network interface as the kernel tells it.
type Link struct {
	Name     string
	Index    int
	MAC      net.HardwareAddr
	Up       bool // IFF_UP: switched on by an administrator
	Running  bool // IFF_RUNNING: it has a carrier
	NoARP    bool // IFF_NOARP: gratuitous ARP is pointless
	Loopback bool
	MTU      int
	Addrs    []netip.Prefix // in the kernel's order, the primary first
}

// LinkEvent says how a link is now, or that it is gone.
type LinkEvent struct {
	Link Link
	Gone bool
	At   time.Time
}

// AddrEvent says that an address appeared on a link or went from it.
type AddrEvent struct {
	Link   string
	Prefix netip.Prefix
	Gone   bool
	At     time.Time
}
