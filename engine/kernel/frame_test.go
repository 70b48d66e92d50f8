package kernel

import (
	"net"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// capture gives the frames that arrive at the far end of the cable and fit.
func capture(t *testing.T, w world) func(fits func(gopacket.Packet) bool) gopacket.Packet {
	t.Helper()
	fd := -1
	w.beyond(func() {
		far, err := netlink.LinkByName("far")
		if err == nil {
			fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(networkOrder(unix.ETH_P_ALL)))
		}
		if err == nil {
			err = unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: far.Attrs().Index})
		}
		if err == nil {
			err = unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 5})
		}
		if err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { unix.Close(fd) })
	return func(fits func(gopacket.Packet) bool) gopacket.Packet {
		t.Helper()
		buf := make([]byte, 1<<16)
		for limit := time.Now().Add(5 * time.Second); time.Now().Before(limit); {
			n, _, err := unix.Recvfrom(fd, buf, 0)
			must(t, err)
			if p := gopacket.NewPacket(buf[:n], layers.LayerTypeEthernet, gopacket.Default); fits(p) {
				return p
			}
		}
		t.Fatal("no such frame came")
		return nil
	}
}

func TestAdvertOnTheWireHasTheHeaderOfKeepalived(t *testing.T) {
	w := kernelWorld(t)
	next := capture(t, w)
	s, err := w.here("near", group)
	must(t, err)
	defer s.Close()
	// The source is what the caller says, be it an address of this host or not.
	source := netip.MustParseAddr("203.0.113.9")
	for id := uint16(1); id <= 2; id++ {
		must(t, s.Send(Header{Src: source, Dst: group, TTL: 255, ID: id}, []byte{0x21, 51, 100, 0, 0, 1, 0, 0}))
		p := next(func(p gopacket.Packet) bool {
			ip, ok := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
			return ok && ip.Protocol == 112
		})
		eth := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
		ip := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		if eth.DstMAC.String() != "01:00:5e:00:00:12" {
			t.Errorf("sent to %s", eth.DstMAC)
		}
		if ip.TOS != 0xc0 || ip.TTL != 255 || ip.Id != id || ip.Flags != 0 || ip.FragOffset != 0 || len(ip.Options) != 0 {
			t.Errorf("%+v", ip)
		}
		if ip.SrcIP.String() != source.String() || ip.DstIP.String() != "224.0.0.18" || ip.Length != 28 {
			t.Errorf("%+v", ip)
		}
		if sum := onesComplement(ip.Contents); sum != 0xffff {
			t.Errorf("the header's checksum is wrong: %#x", sum)
		}
	}
}

func TestSendNeedsNeitherRouteNorAddress(t *testing.T) {
	w := kernelWorld(t)
	next := capture(t, w)
	w.stranger(t, near("192.0.2.1/24"), true)
	s, err := w.here("near", netip.MustParseAddr("239.1.2.3"))
	must(t, err)
	defer s.Close()
	must(t, s.Send(Header{Src: nearAddr, Dst: netip.MustParseAddr("239.1.2.3"), TTL: 255}, []byte{0x21}))
	next(func(p gopacket.Packet) bool {
		ip, ok := p.Layer(layers.LayerTypeIPv4).(*layers.IPv4)
		return ok && ip.Protocol == 112 && ip.DstIP.String() == "239.1.2.3" && ip.SrcIP.String() == nearAddr.String()
	})
}

func TestSendAllocatesNothing(t *testing.T) {
	w := kernelWorld(t)
	s, err := w.here("near", group)
	must(t, err)
	defer s.Close()
	payload := make([]byte, 20)
	n := testing.AllocsPerRun(100, func() {
		if err := s.Send(toGroup(nearAddr), payload); err != nil {
			t.Error(err)
		}
	})
	if n > 0 {
		t.Errorf("%.1f allocations for each advert", n)
	}
}

// nearMAC is the MAC address of the link near.
func nearMAC(t *testing.T, w world) (mac net.HardwareAddr) {
	t.Helper()
	links, err := w.Links()
	must(t, err)
	for _, l := range links {
		if l.Name == "near" {
			mac = l.MAC
		}
	}
	return mac
}

func TestGratuitousARPOnTheWireIsKeepalivedsRequest(t *testing.T) {
	w := kernelWorld(t)
	next := capture(t, w)
	mac := nearMAC(t, w)
	vip := netip.MustParseAddr("192.0.2.100")
	must(t, w.Announce("near", vip))
	p := next(func(p gopacket.Packet) bool {
		arp, ok := p.Layer(layers.LayerTypeARP).(*layers.ARP)
		return ok && net.IP(arp.SourceProtAddress).String() == vip.String()
	})
	eth := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
	arp := p.Layer(layers.LayerTypeARP).(*layers.ARP)
	const all = "ff:ff:ff:ff:ff:ff"
	if eth.DstMAC.String() != all || eth.SrcMAC.String() != mac.String() || len(p.Data()) != 60 {
		t.Errorf("%d bytes: %+v", len(p.Data()), eth)
	}
	if arp.Operation != layers.ARPRequest || arp.AddrType != layers.LinkTypeEthernet || arp.Protocol != layers.EthernetTypeIPv4 ||
		net.HardwareAddr(arp.SourceHwAddress).String() != mac.String() ||
		net.HardwareAddr(arp.DstHwAddress).String() != all ||
		net.IP(arp.DstProtAddress).String() != vip.String() {
		t.Errorf("%+v", arp)
	}
}

func TestUnsolicitedNAOnTheWireMovesNeighboursToThisNode(t *testing.T) {
	w := kernelWorld(t)
	next := capture(t, w)
	mac := nearMAC(t, w)
	vip := netip.MustParseAddr("2001:db8::100")
	known := func() (hw string) {
		w.beyond(func() {
			far, err := netlink.LinkByName("far")
			must(t, err)
			list, err := netlink.NeighList(far.Attrs().Index, netlink.FAMILY_V6)
			must(t, err)
			for _, n := range list {
				if n.IP.String() == vip.String() {
					hw = n.HardwareAddr.String()
				}
			}
		})
		return hw
	}
	w.beyond(func() { // the neighbour knows the address at the other node
		far, err := netlink.LinkByName("far")
		must(t, err)
		must(t, netlink.NeighSet(&netlink.Neigh{LinkIndex: far.Attrs().Index, Family: netlink.FAMILY_V6, State: netlink.NUD_STALE,
			IP: vip.AsSlice(), HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 9}}))
	})
	must(t, w.Announce("near", vip))
	p := next(func(p gopacket.Packet) bool {
		na, ok := p.Layer(layers.LayerTypeICMPv6NeighborAdvertisement).(*layers.ICMPv6NeighborAdvertisement)
		return ok && na.TargetAddress.String() == vip.String()
	})
	eth := p.Layer(layers.LayerTypeEthernet).(*layers.Ethernet)
	ip := p.Layer(layers.LayerTypeIPv6).(*layers.IPv6)
	na := p.Layer(layers.LayerTypeICMPv6NeighborAdvertisement).(*layers.ICMPv6NeighborAdvertisement)
	if eth.DstMAC.String() != "33:33:00:00:00:01" || eth.SrcMAC.String() != mac.String() {
		t.Errorf("%+v", eth)
	}
	if ip.HopLimit != 255 || ip.SrcIP.String() != vip.String() || ip.DstIP.String() != "ff02::1" || ip.Length != 32 {
		t.Errorf("%+v", ip)
	}
	if na.Solicited() || !na.Override() || na.Router() || len(na.Options) != 1 ||
		na.Options[0].Type != layers.ICMPv6OptTargetAddress || net.HardwareAddr(na.Options[0].Data).String() != mac.String() {
		t.Errorf("%+v", na)
	}
	header := slices.Concat(ip.Contents[8:40], []byte{0, byte(ip.Length), 0, 58}, ip.Payload)
	if sum := onesComplement(header); sum != 0xffff {
		t.Errorf("the checksum is wrong: %#x", sum)
	}
	for limit := time.Now().Add(5 * time.Second); known() != mac.String(); runtime.Gosched() {
		if time.Now().After(limit) {
			t.Fatalf("the neighbour goes on sending to %s", known())
		}
	}
}

func onesComplement(header []byte) uint32 {
	var sum uint32
	for i := 0; i+1 < len(header); i += 2 {
		sum += uint32(header[i])<<8 | uint32(header[i+1])
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}
