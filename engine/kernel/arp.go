package kernel

import (
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// arpFrame is the shortest frame Ethernet carries, without its checksum; ARP
// takes 42 of it and the rest is zero.
const arpFrame = 60

// Announce tells the neighbours on link once that a is here, as keepalived does. For
// IPv4 it is a gratuitous ARP: an Ethernet broadcast, opcode request, sender and
// target address a, target hardware address all ones. For IPv6 it is an unsolicited
// neighbour advertisement. It returns at once; nobody answers.
func (n *Net) Announce(link string, a netip.Addr) error {
	a = a.Unmap()
	if n.noARP != nil {
		return fmt.Errorf("announce %s: %w", a, n.noARP)
	}
	l, err := n.linkNamed(link)
	if err == nil && len(l.MAC) != 6 {
		err = unix.EPFNOSUPPORT // not an Ethernet
	}
	if err != nil {
		return fmt.Errorf("announce %s on %s: %w", a, link, err)
	}
	if a.Is6() {
		return n.neighbour(l, a)
	}
	frame := gratuitousARP([6]byte(l.MAC), a.As4())
	to := unix.SockaddrLinklayer{Ifindex: l.Index, Protocol: networkOrder(unix.ETH_P_ARP)}
	if err := unix.Sendto(n.arp, frame[:], 0, &to); err != nil {
		return fmt.Errorf("announce %s on %s: %w", a, link, err)
	}
	return nil
}

func gratuitousARP(mac [6]byte, ip [4]byte) (f [arpFrame]byte) {
	broadcast := [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	copy(f[0:], broadcast[:])
	copy(f[6:], mac[:])
	copy(f[12:], []byte{
		0x08, 0x06, // EtherType ARP
		0x00, 0x01, // RFC 826: Ethernet
		0x08, 0x00, // IPv4
		6, 4, // address lengths
		0x00, 0x01, // request
	})
	copy(f[22:], mac[:])
	copy(f[28:], ip[:])
	copy(f[32:], broadcast[:])
	copy(f[38:], ip[:])
	return f
}

// networkOrder gives v such that its bytes in memory are in network order.
func networkOrder(v uint16) uint16 { return native.Uint16([]byte{byte(v >> 8), byte(v)}) }
