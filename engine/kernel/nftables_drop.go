package kernel

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// What comes to an address that is not accepted is dropped, and so is what this host
// sends from it. Neighbour discovery is not: a host that asks for the address is
// answered. The chains see what is for this host or from it; what is forwarded passes
// them by. IPVS takes its packets behind them: those for such an address are dropped
// before. The verdicts are those of keepalived, in tables of our own.
//
//	table ip6 holdfast {
//		set vips { type ipv6_addr; elements = { 2001:db8::100 } }
//		set vips_link_local { type ipv6_addr . ifname; elements = { fe80::100 . "eth0" } }
//		chain vips_in {
//			type filter hook input priority filter - 1; policy accept;
//			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
//			ip6 daddr @vips drop
//			ip6 daddr . iifname @vips_link_local drop
//		}
//		chain vips_out { ... ip6 saddr @vips drop ... }
//	}

// The sets and chains of drops.
const (
	dropSet      = "vips"
	dropLocalSet = "vips_link_local"
	dropIn       = "vips_in"
	dropOut      = "vips_out"
)

// dropPlace gives the table and the set that a drop belongs to, and its key there.
func dropPlace(d plan.Drop) (f nftTable, set string, key []byte) {
	d = d.Normal()
	switch {
	case d.Addr.Is4():
		return nftTable{unix.NFPROTO_IPV4, d.TableName()}, dropSet, d.Addr.AsSlice()
	case d.Link == "":
		return nftTable{unix.NFPROTO_IPV6, d.TableName()}, dropSet, d.Addr.AsSlice()
	}
	key = append(d.Addr.AsSlice(), make([]byte, unix.IFNAMSIZ)...)
	copy(key[net6Len:], d.Link)
	return nftTable{unix.NFPROTO_IPV6, d.TableName()}, dropLocalSet, key
}

// maxDrops is how many drops are changed at once: what a netlink attribute holds.
const maxDrops = 1000

// dropRun gives the operations at the front of p that are one change: they add to one
// set, or take from it. The kernel waits for all its processors after each change that
// takes something out, some 14 ms on a small host.
func dropRun(p plan.Plan) plan.Plan {
	first := p[0]
	if first.Verb != plan.AddDrop && first.Verb != plan.DeleteDrop {
		return nil
	}
	f, set, _ := dropPlace(first.Drop)
	n := 1
	for ; n < min(len(p), maxDrops) && p[n].Verb == first.Verb; n++ {
		if g, other, _ := dropPlace(p[n].Drop); g != f || other != set {
			break
		}
	}
	return p[:n]
}

// applyDrops carries out a run of operations, or none of it. EEXIST says that one of the
// addresses is dropped already, ENOENT that one that is to be accepted is. A table that
// was not prepared is made with its first drop; an empty one is left to tidyDrops.
func (n *Net) applyDrops(run plan.Plan) error {
	f, set, _ := dropPlace(run[0].Drop)
	keys := make([][]byte, len(run))
	for i, o := range run {
		_, _, keys[i] = dropPlace(o.Drop)
	}
	if run[0].Verb == plan.DeleteDrop {
		return f.send(f.member(unix.NFT_MSG_DELSETELEM, 0, set, keys))
	}
	add := f.member(unix.NFT_MSG_NEWSETELEM, unix.NLM_F_CREATE|unix.NLM_F_EXCL, set, keys)
	err := f.send(add)
	if !errors.Is(err, unix.ENOENT) {
		return err
	}
	form := n.drops
	if form.name() != f.name {
		form = ordinaryDrops
	}
	if err := f.makeDrops(form); err != nil {
		return err
	}
	return f.send(add)
}

// Drops lists the addresses that our table drops, and those in the tables that are
// named; none where the kernel does not say.
func (n *Net) Drops(named []plan.Drop) (list []plan.Drop, err error) {
	for _, name := range dropTables(named) {
		for _, f := range nftTables(name, true, true) {
			of, err := f.dropped()
			if err != nil && !errors.Is(err, unix.ENOENT) {
				return nil, fmt.Errorf("read drops: %w", err)
			}
			list = append(list, of...)
		}
	}
	return plan.State{Drops: list}.Normal().Drops, nil
}

// dropTables gives the names of the tables that drops are in, and that of ours.
func dropTables(of []plan.Drop) []string {
	names := []string{plan.DropTable}
	for _, d := range of {
		if name := d.TableName(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// dropped lists the drops of a table. The error is ENOENT where there is no set of them.
func (f nftTable) dropped() (list []plan.Drop, err error) {
	keys, err := f.members(dropSet)
	if err == nil && f.family == unix.NFPROTO_IPV6 {
		var local [][]byte
		if local, err = f.members(dropLocalSet); errors.Is(err, unix.ENOENT) {
			err = nil // the set of another program
		}
		keys = append(keys, local...)
	}
	for _, key := range keys {
		d := plan.Drop{Table: f.name}
		if len(key) > net6Len {
			key, d.Link = key[:net6Len], unix.ByteSliceToString(key[net6Len:])
		}
		d.Addr, _ = netip.AddrFromSlice(key)
		list = append(list, d.Normal())
	}
	return list, err
}
