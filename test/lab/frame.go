package lab

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// FrameKind is what a captured frame is.
type FrameKind string

// The kinds of frames that a capture keeps.
const (
	Advert   FrameKind = "advert"   // a VRRP advertisement
	Announce FrameKind = "announce" // a gratuitous ARP
)

// Frame is one frame on the wire that concerns the ownership of an address.
type Frame struct {
	At       time.Time // the kernel's receive stamp
	Kind     FrameKind
	Src      netip.Addr // sender; of an announcement: the address announced
	Dst      netip.Addr // of an advert
	Packet   []byte     // of an advert: the IP packet
	MAC      string
	Version  int
	Router   uint8
	Priority uint8
}

func (f Frame) String() string {
	if f.Kind == Announce {
		return fmt.Sprintf("%s announce %s at %s", f.At.Format("05.000000"), f.Src, f.MAC)
	}
	return fmt.Sprintf("%s advert from %s router %d priority %d", f.At.Format("05.000000"), f.Src, f.Router, f.Priority)
}

const (
	etherHeader  = 14
	etherIPv4    = 0x0800
	etherARP     = 0x0806
	etherIPv6    = 0x86dd
	protocolVRRP = 112
	protocolAH   = 51 // before one of VRRP
	headerAH     = 24
)

// decode reads an Ethernet frame; ok is false where it is none of ours.
func decode(b []byte, at time.Time) (f Frame, ok bool) {
	if len(b) < etherHeader {
		return f, false
	}
	f = Frame{At: at, MAC: net.HardwareAddr(b[6:12]).String()}
	body := b[etherHeader:]
	switch binary.BigEndian.Uint16(b[12:]) {
	case etherIPv4:
		if len(body) < 20 || body[9] != protocolVRRP && body[9] != protocolAH {
			return f, false
		}
		header := int(body[0]&15) * 4
		if body[9] == protocolAH {
			header += headerAH
		}
		if len(body) < header+8 || body[header]&15 != 1 {
			return f, false
		}
		vrrp := body[header:]
		f.Kind, f.Src = Advert, netip.AddrFrom4([4]byte(body[12:16]))
		f.Dst = netip.AddrFrom4([4]byte(body[16:20]))
		f.Packet = append([]byte(nil), body[:min(len(body), int(binary.BigEndian.Uint16(body[2:])))]...)
		f.Version, f.Router, f.Priority = int(vrrp[0]>>4), vrrp[1], vrrp[2]
		return f, true
	case etherIPv6:
		const header = 40
		if len(body) < header+8 || body[6] != protocolVRRP || body[header]&15 != 1 {
			return f, false
		}
		vrrp := body[header:]
		f.Kind, f.Src, f.Dst = Advert, netip.AddrFrom16([16]byte(body[8:24])), netip.AddrFrom16([16]byte(body[24:40]))
		f.Packet = append([]byte(nil), body[:min(len(body), header+int(binary.BigEndian.Uint16(body[4:])))]...)
		f.Version, f.Router, f.Priority = int(vrrp[0]>>4), vrrp[1], vrrp[2]
		return f, true
	case etherARP:
		if len(body) < 28 || [4]byte(body[14:18]) != [4]byte(body[24:28]) {
			return f, false
		}
		f.Kind, f.Src = Announce, netip.AddrFrom4([4]byte(body[14:18]))
		return f, true
	}
	return f, false
}
