package kernel

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Neighbor is a host on a link whose hardware address the kernel knows.
type Neighbor struct {
	Link string
	Addr netip.Addr
	MAC  net.HardwareAddr
}

// Neighbors lists the hosts of both families that the kernel has in its tables of ARP and
// neighbour discovery, in the network namespace of the calling thread.
func Neighbors() ([]Neighbor, error) {
	links, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	names := map[int]string{}
	for _, l := range links {
		names[l.Index] = l.Name
	}
	all, err := netlink.NeighList(0, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("list neighbours: %w", err)
	}
	var list []Neighbor
	for _, n := range all {
		if ip, ok := netip.AddrFromSlice(n.IP); ok && len(n.HardwareAddr) > 0 {
			list = append(list, Neighbor{names[n.LinkIndex], ip.Unmap(), n.HardwareAddr})
		}
	}
	return list, nil
}
