package kernel

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/engine/plan"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// A host reports the groups that it listens to (IGMP, MLD), and by the hardware address
// of the link that listens. That of a macvlan is also the other router's: a switch would
// take the backup's report for a sign that the master is here. So what macvlans report
// leaves by their parents, and IPv6 asks for no routers by them: the rules are those of
// keepalived, in tables of our own.
//
//	table ip holdfast {
//		map vmac_map { type iface_index : iface_index; elements = { "vrrp.51" : "eth0" } }
//		chain out {
//			type filter hook output priority filter - 1; policy accept;
//			ip protocol igmp dup to ip daddr device oif map @vmac_map drop
//		}
//	}

// macvlanTable is the name of the tables, which those of drops bear, too; macvlanMap is
// that of the map in each.
const (
	macvlanTable = plan.DropTable
	macvlanMap   = "vmac_map"
	macvlanChain = "out"
)

// mapMacvlan has what a macvlan reports leave by its parent; both are indexes.
func mapMacvlan(link, parent int, four, six bool) error {
	var errs []error
	for _, f := range nftTables(macvlanTable, four, six) {
		made := f.send(append(slices.Clip(f.table()), f.rules()...)...)
		if errors.Is(made, unix.EEXIST) { // a batch makes all of it or nothing
			made = nil
		}
		if made == nil {
			made = f.send(f.element(unix.NFT_MSG_NEWSETELEM, link, parent))
		}
		errs = append(errs, made)
	}
	return errors.Join(errs...)
}

// unmapMacvlan ends mapMacvlan for links that are gone. The tables go with the last
// macvlan, unless addresses are dropped there.
func unmapMacvlan(alive func(index int) bool) error {
	var errs []error
	for _, f := range nftTables(macvlanTable, true, true) {
		all, err := f.mapped()
		if err != nil || len(all) == 0 {
			continue // there is no such table
		}
		var off []nftMessage
		for _, index := range all {
			if !alive(index) {
				off = append(off, f.element(unix.NFT_MSG_DELSETELEM, index, 0))
			}
		}
		if drops, _ := f.dropped(); len(off) == len(all) && len(drops) == 0 {
			off = []nftMessage{f.deleteTable()}
		}
		if len(off) > 0 {
			errs = append(errs, f.send(off...))
		}
	}
	return errors.Join(errs...)
}

// nftTable is a table of nftables, of IPv4 or of IPv6.
type nftTable struct {
	family byte
	name   string
}

func nftTables(name string, four, six bool) (list []nftTable) {
	if four {
		list = append(list, nftTable{unix.NFPROTO_IPV4, name})
	}
	if six {
		list = append(list, nftTable{unix.NFPROTO_IPV6, name})
	}
	return list
}

// nftMessage is one change; all of a batch are made, or none.
type nftMessage struct {
	kind, flags int
	body        encoder
}

// send makes a batch of changes.
func (f nftTable) send(list ...nftMessage) error {
	sock, err := nl.Subscribe(unix.NETLINK_NETFILTER)
	if err != nil {
		return fmt.Errorf("open nftables: %w", err)
	}
	defer sock.Close()
	if err := sock.SetReceiveTimeout(&unix.Timeval{Sec: int64(nftPatience / time.Second)}); err != nil {
		return err
	}
	batch := encoder{}
	// A batch names its subsystem in the id of its first and last message.
	batch.netfilter(unix.NFNL_MSG_BATCH_BEGIN, unix.NLM_F_REQUEST, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES, nil)
	for _, m := range list {
		batch.netfilter(unix.NFNL_SUBSYS_NFTABLES<<8|m.kind, m.flags|unix.NLM_F_REQUEST|unix.NLM_F_ACK, f.family, 0, m.body)
	}
	batch.netfilter(unix.NFNL_MSG_BATCH_END, unix.NLM_F_REQUEST, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES, nil)
	if err := unix.Sendto(sock.GetFd(), batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("change nftables: %w", err)
	}
	return acknowledged(sock, len(list))
}

// nftPatience bounds the wait for the kernel's answer.
const nftPatience = 10 * time.Second

// acknowledged reads an answer for each message, or the first refusal.
func acknowledged(sock *nl.NetlinkSocket, count int) error {
	for count > 0 {
		answers, _, err := sock.Receive()
		if err != nil {
			return fmt.Errorf("change nftables: %w", err)
		}
		for _, a := range answers {
			if a.Header.Type != unix.NLMSG_ERROR || len(a.Data) < 4 {
				continue
			}
			if errno := -int32(native.Uint32(a.Data)); errno != 0 {
				return fmt.Errorf("change nftables: %w", unix.Errno(errno))
			}
			count--
		}
	}
	return nil
}

// netfilter appends a message of nfnetlink.
func (e *encoder) netfilter(kind, flags int, family byte, resource uint16, body []byte) {
	start := len(*e)
	*e = append(*e, 0, 0, 0, 0)
	*e = native.AppendUint16(*e, uint16(kind))
	*e = native.AppendUint16(*e, uint16(flags))
	*e = append(*e, 1, 0, 0, 0, 0, 0, 0, 0)
	*e = append(*e, family, unix.NFNETLINK_V0, byte(resource>>8), byte(resource))
	*e = append(*e, body...)
	native.PutUint32((*e)[start:], uint32(len(*e)-start))
}
