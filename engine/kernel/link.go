package kernel

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
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
	Alone    bool   // without IFF_MULTICAST: packets to a group do not leave by it
	Port     string // kind of the device that it is a port of, such as bridge or bond, which is given what arrives; "" is none
	Kind     string // of a link that is no card, such as macvlan or veth
	Private  bool   // a macvlan of mode private
	Parent   int    // index of the link that it is over, or of a veth's other end
	MTU      int
	Addrs    []netip.Prefix // in the kernel's order, the primary first
}

// LinkEvent says how a link is now, or that it is gone. One that was renamed is gone
// from its old name, and Renamed is the new one.
type LinkEvent struct {
	Link    Link
	Gone    bool
	Renamed string
	At      time.Time
}

// Links lists the links with their addresses.
func (n *Net) Links() ([]Link, error) {
	links, err := n.dumpLinks()
	if err != nil {
		return nil, err
	}
	addrs, err := n.dumpAddresses()
	if err != nil {
		return nil, err
	}
	at := map[int]int{}
	for i, l := range links {
		at[l.Index] = i
	}
	for _, a := range addrs {
		if i, ok := at[a.index]; ok {
			links[i].Addrs = append(links[i].Addrs, a.prefix)
		}
	}
	return links, nil
}

func (n *Net) dumpLinks() ([]Link, error) {
	req := n.request(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	msgs, err := dump(req, unix.RTM_NEWLINK)
	if err != nil {
		return nil, fmt.Errorf("list links: %w", err)
	}
	var links []Link
	for _, m := range msgs {
		if l, ok := parseLink(m); ok {
			links = append(links, l)
		}
	}
	return links, nil
}

// linkNamed asks for one link, without its addresses. The error is ENODEV where
// there is none.
func (n *Net) linkNamed(name string) (Link, error) {
	req := n.request(unix.RTM_GETLINK, 0)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	req.AddData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(name)))
	msgs, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return Link{}, err
	}
	for _, m := range msgs {
		if l, ok := parseLink(m); ok {
			return l, nil
		}
	}
	return Link{}, unix.ENODEV
}

// parseLink reads the body of an RTM_NEWLINK or RTM_DELLINK message. Messages of
// a bridge about its port are not about the link (its DELLINK means "left the
// bridge") and give false.
func parseLink(body []byte) (Link, bool) {
	if len(body) < unix.SizeofIfInfomsg {
		return Link{}, false
	}
	info := nl.DeserializeIfInfomsg(body)
	l := Link{
		Index:    int(info.Index),
		Up:       info.Flags&unix.IFF_UP != 0,
		Running:  info.Flags&unix.IFF_RUNNING != 0,
		NoARP:    info.Flags&unix.IFF_NOARP != 0,
		Loopback: info.Flags&unix.IFF_LOOPBACK != 0,
		Alone:    info.Flags&unix.IFF_MULTICAST == 0,
	}
	err := attributes(body[unix.SizeofIfInfomsg:], func(kind uint16, v []byte) {
		switch kind {
		case unix.IFLA_IFNAME:
			l.Name = unix.ByteSliceToString(v)
		case unix.IFLA_ADDRESS:
			l.MAC = net.HardwareAddr(v)
		case unix.IFLA_LINKINFO:
			l.Port = portOf(v)
			l.Kind = unix.ByteSliceToString(inner(v, unix.IFLA_INFO_KIND))
			if mode := inner(inner(v, unix.IFLA_INFO_DATA), macvlanMode); l.Kind == MacvlanKind && len(mode) == 4 {
				l.Private = native.Uint32(mode) == modePrivate
			}
		case unix.IFLA_LINK:
			if len(v) == 4 {
				l.Parent = int(native.Uint32(v))
			}
		case unix.IFLA_MTU:
			if len(v) == 4 {
				l.MTU = int(native.Uint32(v))
			}
		}
	})
	return l, err == nil && l.Name != "" && info.Family != unix.AF_BRIDGE
}

// portOf reads the kind of the device that a link is a port of. A VRF leaves to its
// ports what arrives there.
func portOf(info []byte) (kind string) {
	attributes(info, func(what uint16, v []byte) {
		if what == unix.IFLA_INFO_SLAVE_KIND && unix.ByteSliceToString(v) != "vrf" {
			kind = unix.ByteSliceToString(v)
		}
	})
	return kind
}

// dump carries out a dump request and asks again where the kernel changed its
// lists meanwhile: such an answer is incomplete.
func dump(req *nl.NetlinkRequest, kind uint16) ([][]byte, error) {
	const attempts = 10 // each one loses only to a change within its own microseconds
	for i := 0; ; i++ {
		msgs, err := req.Execute(unix.NETLINK_ROUTE, kind)
		if err == nil || !errors.Is(err, nl.ErrDumpInterrupted) || i == attempts {
			return msgs, err
		}
	}
}
