package kernel

import (
	"net/netip"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// Commands and attributes of the generic netlink family IPVS (linux/ip_vs.h).
const (
	cmdNewService = 1
	cmdSetService = 2
	cmdDelService = 3
	cmdGetService = 4
	cmdNewDest    = 5
	cmdSetDest    = 6
	cmdDelDest    = 7
	cmdGetDest    = 8

	attrService = 1
	attrDest    = 2

	svcFamily    = 1
	svcProtocol  = 2
	svcAddr      = 3
	svcPort      = 4
	svcMark      = 5
	svcScheduler = 6
	svcFlags     = 7
	svcTimeout   = 8
	svcNetmask   = 9
	svcEngine    = 11
	svcStats64   = 12

	destAddr       = 1
	destPort       = 2
	destMethod     = 3
	destWeight     = 4
	destUpper      = 5
	destLower      = 6
	destActive     = 7
	destInactive   = 8
	destPersistent = 9
	destFamily     = 11
	destStats64    = 12
	destTunKind    = 13
	destTunPort    = 14
	destTunFlags   = 15

	statsConnections = 1
	statsInPackets   = 2
	statsOutPackets  = 3
	statsInBytes     = 4
	statsOutBytes    = 5

	rateConnections = 6
	rateInPackets   = 7
	rateOutPackets  = 8
	rateInBytes     = 9
	rateOutBytes    = 10
)

// flagHashed is the kernel's own note that a service is in its table.
const flagHashed = 0x2

// methodMask is the part of a destination's flags that says how to forward
// (IP_VS_CONN_F_FWD_MASK).
const methodMask = 0x7

func familyOf(a netip.Addr) uint16 {
	if a.Is6() {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// addrOf reads an address attribute: 16 bytes whatever the family, of which
// IPv4 uses the first four.
func addrOf(family uint16, b []byte) netip.Addr {
	switch {
	case family == unix.AF_INET && len(b) >= 4:
		return netip.AddrFrom4([4]byte(b))
	case family == unix.AF_INET6 && len(b) >= 16:
		return netip.AddrFrom16([16]byte(b))
	}
	return netip.Addr{}
}

// maskWord is how the kernel wants a netmask: for IPv4 the mask as its four
// bytes lie in memory, for IPv6 the prefix length.
func maskWord(v plan.Service) uint32 {
	switch {
	case v.Netmask.Is4():
		b := v.Netmask.As4()
		return native.Uint32(b[:])
	case v.Netmask.Is6():
		return uint32(plan.MaskBits(v.Netmask))
	case v.Key.Addr.Is6():
		return 128
	}
	return 0xffffffff
}

// maskOf is the reverse of maskWord.
func maskOf(family uint16, word uint32) netip.Addr {
	if family == unix.AF_INET6 {
		var b [16]byte
		for i := range min(word, 128) {
			b[i/8] |= 0x80 >> (i % 8)
		}
		return netip.AddrFrom16(b)
	}
	var b [4]byte
	native.PutUint32(b[:], word)
	return netip.AddrFrom4(b)
}
