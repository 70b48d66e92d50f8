package kernel

import (
	"slices"
	"strings"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// keepalivedTables are the names that keepalived gives its nftables tables by itself,
// keepalivedSets those of the sets and maps that it makes in them.
var (
	keepalivedTables = []string{"keepalived", "keepalived_ipvs"}
	keepalivedSets   = []string{"vips", "vips_link_local", "neighbor-discovery", "vmac_map", "tcp_map", "udp_map", "sctp_map"}
)

// KeepalivedTables lists the nftables tables that keepalived made in this network
// namespace, as nft names them ("ip keepalived"). Beside the names that keepalived
// gives by itself these are names that a configuration gives; a table of such a name
// may be anybody's, and counts only where one of keepalived's sets is in it. A table in
// which drops of ours are made is not keepalived's. It only
// looks. A kernel without nftables, and one that does not let us look, has none.
func KeepalivedTables(names []string) (tables []string) {
	found := nftablesNames(unix.NFT_MSG_GETTABLE, unix.NFTA_TABLE_NAME, unix.NFTA_TABLE_NAME)
	ours := map[string]bool{}
	for _, c := range nftablesNames(unix.NFT_MSG_GETCHAIN, unix.NFTA_CHAIN_TABLE, unix.NFTA_CHAIN_NAME) {
		ours[c.table] = ours[c.table] || c.name == dropIn
	}
	for _, t := range found {
		if slices.Contains(keepalivedTables, t.name) && !ours[t.table] {
			tables = append(tables, t.table)
		}
	}
	if len(names) == 0 || !slices.ContainsFunc(found, func(t nftablesName) bool { return slices.Contains(names, t.name) }) {
		return sortedOnce(tables)
	}
	for _, set := range nftablesNames(unix.NFT_MSG_GETSET, unix.NFTA_SET_TABLE, unix.NFTA_SET_NAME) {
		_, of, _ := strings.Cut(set.table, " ")
		if slices.Contains(names, of) && slices.Contains(keepalivedSets, set.name) && !ours[set.table] {
			tables = append(tables, set.table)
		}
	}
	return sortedOnce(tables)
}

func sortedOnce(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// nftablesName is the name of something in nftables, and the table that it is in, as nft
// writes it.
type nftablesName struct{ table, name string }

// nftablesFamilies are the families as nft writes them.
var nftablesFamilies = map[byte]string{unix.NFPROTO_IPV4: "ip", unix.NFPROTO_IPV6: "ip6", unix.NFPROTO_INET: "inet"}

// nftablesNames asks for all of one kind, and reads the attributes that name the table
// and the thing; none where the kernel does not answer.
func nftablesNames(get int, tableAttr, nameAttr uint16) (list []nftablesName) {
	req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|get, unix.NLM_F_DUMP)
	req.AddData(&nl.Nfgenmsg{NfgenFamily: unix.NFPROTO_UNSPEC})
	msgs, err := req.Execute(unix.NETLINK_NETFILTER, 0)
	if err != nil {
		return nil
	}
	for _, m := range msgs {
		if len(m) < nl.SizeofNfgenmsg || nftablesFamilies[m[0]] == "" {
			continue
		}
		var one nftablesName
		attributes(m[nl.SizeofNfgenmsg:], func(kind uint16, v []byte) { // what cannot be read is no name of ours
			if kind == tableAttr {
				one.table = nftablesFamilies[m[0]] + " " + unix.ByteSliceToString(v)
			}
			if kind == nameAttr {
				one.name = unix.ByteSliceToString(v)
			}
		})
		list = append(list, one)
	}
	return list
}
