package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// naFrame is Ethernet, IPv6, a neighbour advertisement and one option.
const naFrame = 14 + 40 + naMessage

// naMessage is the advertisement (RFC 4861, 4.4) with the target's link-layer
// address (4.6.1).
const naMessage = 24 + 8

// neighbour sends one unsolicited neighbour advertisement for a on link (RFC 4861,
// 7.2.6): to all nodes, from a itself, with the override flag, so that neighbours
// replace the MAC address they know.
func (n *Net) neighbour(l Link, a netip.Addr) error {
	frame := unsolicitedNA([6]byte(l.MAC), a.As16(), forwards(l.Name))
	to := unix.SockaddrLinklayer{Ifindex: l.Index, Protocol: networkOrder(unix.ETH_P_IPV6)}
	if err := unix.Sendto(n.arp, frame[:], 0, &to); err != nil {
		return fmt.Errorf("announce %s on %s: %w", a, l.Name, err)
	}
	return nil
}

func unsolicitedNA(mac [6]byte, ip [16]byte, router bool) (f [naFrame]byte) {
	allNodes := [16]byte{0xff, 0x02, 15: 1}
	copy(f[0:], []byte{0x33, 0x33, 0, 0, 0, 1}) // RFC 2464, 7: the group's MAC address
	copy(f[6:], mac[:])
	binary.BigEndian.PutUint16(f[12:], unix.ETH_P_IPV6)
	header := f[14:54]
	header[0] = 6 << 4
	binary.BigEndian.PutUint16(header[4:], naMessage)
	header[6] = unix.IPPROTO_ICMPV6
	header[7] = 255 // RFC 4861, 7.1.2: anything less was forwarded, and is dropped
	copy(header[8:], ip[:])
	copy(header[24:], allNodes[:])
	message := f[54:]
	const typeNA, override, isRouter = 136, 0x20, 0x80
	message[0], message[4] = typeNA, override
	if router {
		message[4] |= isRouter
	}
	copy(message[8:], ip[:])
	message[24], message[25] = 2, 1 // target link-layer address, in units of 8 bytes
	copy(message[26:], mac[:])
	binary.BigEndian.PutUint16(message[2:], checksumICMPv6(header, message))
	return f
}

// checksumICMPv6 sums the pseudo-header of RFC 8200, 8.1 and the message, whose
// checksum field is zero.
func checksumICMPv6(header, message []byte) uint16 {
	sum := uint32(len(message)) + unix.IPPROTO_ICMPV6
	add := func(b []byte) {
		for ; len(b) > 1; b = b[2:] {
			sum += uint32(binary.BigEndian.Uint16(b))
		}
	}
	add(header[8:40])
	add(message)
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// forwards says whether this host is a router on the link: neighbours that know it
// as one would drop it from their routers without the flag (RFC 4861, 7.2.5).
func forwards(link string) bool {
	text, err := os.ReadFile("/proc/sys/net/ipv6/conf/" + link + "/forwarding")
	return err == nil && strings.TrimSpace(string(text)) != "0"
}
