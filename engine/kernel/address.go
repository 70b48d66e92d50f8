package kernel

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"time"

	"holdfast/engine/plan"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Mark is the protocol number (IFA_PROTO, Linux 5.18) of the addresses that
// Apply adds. It is ours alone; keepalived's is 18.
const Mark = 99

// Address attributes that x/sys/unix lacks (linux/if_addr.h).
const ifaProto = 11

// AddrEvent says that an address appeared on a link or went from it.
type AddrEvent struct {
	Link   string
	Prefix netip.Prefix
	Gone   bool
	At     time.Time
}

// Addresses lists every address of every link, ours or not.
func (n *Net) Addresses() ([]plan.Address, error) {
	return n.addresses(func(address) bool { return true })
}

// OurAddresses lists the addresses that bear our mark. A kernel older than 5.18
// keeps no marks: there the error is errors.ErrUnsupported.
func (n *Net) OurAddresses() ([]plan.Address, error) {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return nil, fmt.Errorf("list our addresses: %w", err)
	}
	if !keepsMarks(unix.ByteSliceToString(name.Release[:])) {
		return nil, fmt.Errorf("list our addresses: no marks before Linux 5.18: %w", errors.ErrUnsupported)
	}
	return n.addresses(func(a address) bool { return a.mark == Mark })
}

// keepsMarks says whether a kernel of this release ("6.1.176", "5.15.0-91-generic")
// knows IFA_PROTO. One whose name says nothing is believed to be new.
func keepsMarks(release string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(release, "%d.%d", &major, &minor); n < 2 {
		return true
	}
	return major > 5 || major == 5 && minor >= 18
}

func (n *Net) addresses(keep func(address) bool) ([]plan.Address, error) {
	links, err := n.dumpLinks()
	if err != nil {
		return nil, err
	}
	names := map[int]string{}
	for _, l := range links {
		names[l.Index] = l.Name
	}
	list, err := n.dumpAddresses()
	if err != nil {
		return nil, err
	}
	var s plan.State
	for _, a := range list {
		// An address whose link came after the list of links is news for the
		// next call.
		if name := names[a.index]; name != "" && keep(a) {
			s.Addresses = append(s.Addresses, plan.Address{
				Link: name, Prefix: a.prefix, Label: a.label, Scope: a.scope, Broadcast: a.broadcast,
				Peer: a.peer, Flags: a.flags, Preferred: a.preferred,
			})
		}
	}
	return s.Normal().Addresses, nil
}

// address is one RTM_NEWADDR or RTM_DELADDR message.
type address struct {
	index     int
	prefix    netip.Prefix
	label     string
	scope     uint8
	broadcast netip.Addr
	peer      netip.Addr
	flags     uint32
	preferred string
	mark      uint8
	raw       []byte // the body, good for adding the same again
}

func (n *Net) dumpAddresses() ([]address, error) {
	req := n.request(unix.RTM_GETADDR, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
	msgs, err := dump(req, unix.RTM_NEWADDR)
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	var list []address
	for _, m := range msgs {
		if a, ok := parseAddress(m); ok {
			list = append(list, a)
		}
	}
	return list, nil
}

func parseAddress(body []byte) (address, bool) {
	if len(body) < unix.SizeofIfAddrmsg {
		return address{}, false
	}
	msg := nl.DeserializeIfAddrmsg(body)
	a := address{index: int(msg.Index), scope: msg.Scope, raw: body}
	var local, remote netip.Addr
	err := attributes(body[unix.SizeofIfAddrmsg:], func(kind uint16, v []byte) {
		switch kind {
		case unix.IFA_LOCAL:
			local, _ = netip.AddrFromSlice(v)
		case unix.IFA_ADDRESS: // on a point-to-point link the other end; IPv6 has often no other
			remote, _ = netip.AddrFromSlice(v)
		case unix.IFA_BROADCAST:
			a.broadcast, _ = netip.AddrFromSlice(v)
		case unix.IFA_LABEL:
			a.label = unix.ByteSliceToString(v)
		case unix.IFA_FLAGS:
			if len(v) == 4 {
				a.flags = native.Uint32(v) & plan.SettableFlags
			}
		case unix.IFA_CACHEINFO:
			if len(v) >= 4 {
				a.preferred = lifetime(native.Uint32(v))
			}
		case ifaProto:
			if len(v) == 1 {
				a.mark = v[0]
			}
		}
	})
	switch {
	case !local.IsValid():
		local = remote
	case remote.IsValid() && remote != local:
		a.peer = remote
	}
	a.prefix = netip.PrefixFrom(local, int(msg.Prefixlen))
	return a, err == nil && a.prefix.IsValid()
}

// addAddress asks for a on the link with this index. Unlike netlink's own
// AddrAdd it invents no broadcast address, and it leaves our mark; a kernel that
// does not know marks overlooks the attribute.
func (n *Net) addAddress(index int, a plan.Address) error {
	req := n.request(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL|unix.NLM_F_ACK)
	ip := a.Prefix.Addr()
	msg := addressMessage(index, a.Prefix)
	msg.Scope = a.Scope
	req.AddData(msg)
	req.AddData(nl.NewRtAttr(unix.IFA_LOCAL, ip.AsSlice()))
	req.AddData(nl.NewRtAttr(unix.IFA_ADDRESS, otherEnd(a).AsSlice()))
	flags := a.Flags & plan.SettableFlags
	if ip.Is6() && !a.Detect {
		flags |= unix.IFA_F_NODAD // the peer gave it up: it is ours at once
	}
	if flags != 0 {
		req.AddData(nl.NewRtAttr(unix.IFA_FLAGS, nl.Uint32Attr(flags)))
	}
	if a.Broadcast.IsValid() && ip.Is4() {
		req.AddData(nl.NewRtAttr(unix.IFA_BROADCAST, a.Broadcast.AsSlice()))
	}
	if a.Label != "" && ip.Is4() {
		req.AddData(nl.NewRtAttr(unix.IFA_LABEL, nl.ZeroTerminated(a.Label)))
	}
	if l := a.Lifetime(); ip.Is6() && l != plan.Forever {
		info, err := preferred(l)
		if err != nil {
			return err
		}
		req.AddData(nl.NewRtAttr(unix.IFA_CACHEINFO, info))
	}
	req.AddData(nl.NewRtAttr(ifaProto, []byte{Mark}))
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

// otherEnd is the address of the other end of a link, else the address itself.
func otherEnd(a plan.Address) netip.Addr {
	if a.Peer.IsValid() {
		return a.Peer
	}
	return a.Prefix.Addr()
}

// preferred is a struct ifa_cacheinfo: valid for ever, and preferred as a source for so
// many seconds.
func preferred(seconds string) ([]byte, error) {
	n, err := strconv.ParseUint(seconds, 10, 32)
	if err != nil {
		return nil, unix.EINVAL
	}
	b := make([]byte, 16)
	native.PutUint32(b, uint32(n))
	native.PutUint32(b[4:], math.MaxUint32)
	return b, nil
}

// lifetime is how long an address is preferred, as a plan has it.
func lifetime(seconds uint32) string {
	if seconds == math.MaxUint32 {
		return plan.Forever
	}
	return strconv.FormatUint(uint64(seconds), 10)
}

func (n *Net) deleteAddress(index int, a plan.Address) error {
	req := n.request(unix.RTM_DELADDR, unix.NLM_F_ACK)
	req.AddData(addressMessage(index, a.Prefix))
	req.AddData(nl.NewRtAttr(unix.IFA_LOCAL, a.Prefix.Addr().AsSlice()))
	req.AddData(nl.NewRtAttr(unix.IFA_ADDRESS, otherEnd(a).AsSlice()))
	_, err := req.Execute(unix.NETLINK_ROUTE, 0)
	return err
}

func addressMessage(index int, p netip.Prefix) *nl.IfAddrmsg {
	family := unix.AF_INET
	if p.Addr().Is6() {
		family = unix.AF_INET6
	}
	msg := nl.NewIfAddrmsg(family)
	msg.Index, msg.Prefixlen = uint32(index), uint8(p.Bits())
	return msg
}
