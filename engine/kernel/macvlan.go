package kernel

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"holdfast/engine/plan"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// What x/sys/unix lacks (linux/if_link.h, linux/ip.h).
const (
	inetConf      = 1 // IFLA_INET_CONF
	inet6GenMode  = 8 // IFLA_INET6_ADDR_GEN_MODE
	genModeNone   = 1 // IN6_ADDR_GEN_MODE_NONE
	macvlanMode   = 1 // IFLA_MACVLAN_MODE
	modePrivate   = 1 // MACVLAN_MODE_PRIVATE
	confRPFilter  = 8
	confARPFilter = 13
	confAnnounce  = 18
	confARPIgnore = 19
	confPromote   = 20
	confLocal     = 23 // accept_local
)

// settingNumbers are the numbers of settings in IFLA_INET_CONF.
var settingNumbers = map[string]uint16{
	plan.ARPAnnounce: confAnnounce, plan.ARPFilter: confARPFilter, plan.ARPIgnore: confARPIgnore, plan.PromoteSecondaries: confPromote,
}

// MacvlanKind is the kind of a link that a plan adds.
const MacvlanKind = "macvlan"

// Is says whether the link is what a plan wants, over the parent of this index.
func (l Link) Is(want plan.Link, parent int) bool {
	return l.Name == want.Name && l.Kind == MacvlanKind && l.Private && l.Parent == parent && slices.Equal(l.MAC, want.MAC[:])
}

// addLink makes a macvlan and switches it on. It answers ARP for its own addresses
// alone, takes packets from this host's other addresses and sources that are routed
// elsewhere, and IPv6 gives it no address by itself: the other router has the same
// hardware address, and what this one sends unasked would draw a switch here. Where it
// cannot be made as it is to be it is not made.
func (n *Net) addLink(l plan.Link) error {
	parent, err := n.linkNamed(l.Parent)
	if err != nil {
		return err
	}
	req := n.request(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	req.AddData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(l.Name)))
	req.AddData(nl.NewRtAttr(unix.IFLA_LINK, nl.Uint32Attr(uint32(parent.Index))))
	req.AddData(nl.NewRtAttr(unix.IFLA_ADDRESS, l.MAC[:]))
	info := nl.NewRtAttr(unix.IFLA_LINKINFO, nil)
	info.AddRtAttr(unix.IFLA_INFO_KIND, []byte(MacvlanKind))
	info.AddRtAttr(unix.IFLA_INFO_DATA, nil).AddRtAttr(macvlanMode, nl.Uint32Attr(modePrivate))
	req.AddData(info)
	if _, err := req.Execute(unix.NETLINK_ROUTE, 0); err != nil {
		return err
	}
	made, err := n.linkNamed(l.Name)
	if err != nil {
		return err
	}
	if err = n.settle(made.Index, l); err == nil {
		unmapped := mapMacvlan(made.Index, parent.Index, l.IPv4, l.IPv6)
		if err = n.setUp(made.Index); err == nil && unmapped != nil {
			return besideError{fmt.Errorf("the reports of %s to switches bear its own hardware address: %w", l.Name, unmapped)}
		}
	}
	if err != nil {
		return errors.Join(err, n.removeLink(made.Index))
	}
	return nil
}

// besideError says what else went wrong with an operation that was carried out.
type besideError struct{ error }

func (e besideError) Unwrap() error { return e.error }

// settle gives a new macvlan its settings.
func (n *Net) settle(index int, l plan.Link) error {
	spec := nl.NewRtAttr(unix.IFLA_AF_SPEC, nil)
	if l.IPv4 {
		conf := spec.AddRtAttr(unix.AF_INET, nil).AddRtAttr(inetConf, nil)
		for number, value := range map[uint16]uint32{confARPIgnore: 1, confLocal: 1, confRPFilter: laxFilter(), confPromote: 1} {
			conf.AddRtAttr(int(number), nl.Uint32Attr(value))
		}
	}
	if _, err := os.Stat("/proc/sys/net/ipv6"); err == nil {
		spec.AddRtAttr(unix.AF_INET6, nil).AddRtAttr(inet6GenMode, []byte{genModeNone})
	}
	off := []byte("1")
	if l.IPv6 {
		off = []byte("0")
	}
	// Where /proc/sys may not be written it is silent all the same: it has no address.
	_ = os.WriteFile("/proc/sys/net/ipv6/conf/"+l.Name+"/disable_ipv6", off, 0)
	return n.setLink(index, spec)
}

// laxFilter is the rp_filter of a link whose packets come from sources that are routed
// by another one. The host's setting for all links counts where it is higher: under 1,
// the strict one, 2 is the lax one, and the host's stays as it is.
func laxFilter() uint32 {
	text, err := os.ReadFile("/proc/sys/net/ipv4/conf/all/rp_filter")
	if err != nil || strings.TrimSpace(string(text)) == "0" {
		return 0
	}
	return 2
}

// setLink changes attributes of a link.
func (n *Net) setLink(index int, attributes ...*nl.RtAttr) error {
	req := n.request(unix.RTM_SETLINK, unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	for _, a := range attributes {
		req.AddData(a)
	}
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

func (n *Net) setUp(index int) error {
	req := n.request(unix.RTM_SETLINK, unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index, msg.Flags, msg.Change = int32(index), unix.IFF_UP, unix.IFF_UP
	req.AddData(msg)
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

func (n *Net) unlink(index int) error {
	req := n.request(unix.RTM_DELLINK, unix.NLM_F_ACK)
	msg := nl.NewIfInfomsg(unix.AF_UNSPEC)
	msg.Index = int32(index)
	req.AddData(msg)
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

// deleteLink removes a macvlan. ENODEV says that there is none of this name and this
// hardware address: another link of the name is somebody else's.
func (n *Net) deleteLink(l plan.Link) error {
	there, err := n.linkNamed(l.Name)
	if err != nil {
		return err
	}
	if there.Kind != MacvlanKind || !slices.Equal(there.MAC, l.MAC[:]) {
		return unix.ENODEV
	}
	return n.removeLink(there.Index)
}

// removeLink removes a link, and then what stands in nftables for it: the link reports
// once more when it goes.
func (n *Net) removeLink(index int) error {
	if err := n.unlink(index); err != nil {
		return err
	}
	links, err := n.dumpLinks()
	if err == nil {
		err = unmapMacvlan(func(i int) bool { return slices.ContainsFunc(links, func(l Link) bool { return l.Index == i }) })
	}
	if err != nil {
		return besideError{err}
	}
	return nil
}

// editLink gives a macvlan the MTU and the families of l.
func (n *Net) editLink(l plan.Link) error {
	there, err := n.linkNamed(l.Name)
	if err != nil {
		return err
	}
	if err := n.settle(there.Index, l); err != nil {
		return err
	}
	return n.setLink(there.Index, nl.NewRtAttr(unix.IFLA_MTU, nl.Uint32Attr(uint32(l.MTU))))
}

// changeSetting sets a setting of IPv4 on a link.
func (n *Net) changeSetting(s plan.Setting) error {
	number, known := settingNumbers[s.Name]
	if !known {
		return unix.EINVAL
	}
	there, err := n.linkNamed(s.Link)
	if err != nil {
		return err
	}
	spec := nl.NewRtAttr(unix.IFLA_AF_SPEC, nil)
	spec.AddRtAttr(unix.AF_INET, nil).AddRtAttr(inetConf, nil).AddRtAttr(int(number), nl.Uint32Attr(uint32(s.Value)))
	return n.setLink(there.Index, spec)
}

// Setting reads a setting of IPv4 of a link, of those that a plan may name. The error
// wraps ENODEV where there is no such link.
func (n *Net) Setting(link, name string) (int, error) {
	fail := func(err error) (int, error) { return 0, fmt.Errorf("read %s of %s: %w", name, link, err) }
	number, known := settingNumbers[name]
	if !known {
		return fail(unix.EINVAL)
	}
	req := n.request(unix.RTM_GETLINK, 0)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	req.AddData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated(link)))
	msgs, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return fail(err)
	}
	for _, m := range msgs {
		if len(m) < unix.SizeofIfInfomsg {
			continue
		}
		// The settings are an array there, in the order of their numbers from 1.
		conf := inner(inner(inner(m[unix.SizeofIfInfomsg:], unix.IFLA_AF_SPEC), unix.AF_INET), inetConf)
		if at := 4 * (int(number) - 1); len(conf) >= at+4 {
			return int(int32(native.Uint32(conf[at:]))), nil
		}
	}
	return fail(unix.ENODATA)
}

// inner is the value of the attribute of a kind; nothing where there is none.
func inner(list []byte, kind uint16) (value []byte) {
	attributes(list, func(what uint16, v []byte) { // what cannot be read is none
		if what == kind {
			value = v
		}
	})
	return value
}
