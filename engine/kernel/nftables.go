package kernel

import (
	"slices"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// keepalivedTables are the names that keepalived gives its nftables tables.
var keepalivedTables = []string{"keepalived", "keepalived_ipvs"}

// KeepalivedTables lists the nftables tables that keepalived made in this network
// namespace, as nft names them ("ip keepalived"). It only looks. A kernel without
// nftables, and one that does not let us look, has none.
func KeepalivedTables() (tables []string) {
	families := map[byte]string{unix.NFPROTO_IPV4: "ip", unix.NFPROTO_IPV6: "ip6", unix.NFPROTO_INET: "inet"}
	const getTable = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_GETTABLE
	req := nl.NewNetlinkRequest(getTable, unix.NLM_F_DUMP)
	req.AddData(&nl.Nfgenmsg{NfgenFamily: unix.NFPROTO_UNSPEC})
	msgs, err := req.Execute(unix.NETLINK_NETFILTER, 0)
	if err != nil {
		return nil
	}
	for _, m := range msgs {
		if len(m) < nl.SizeofNfgenmsg || families[m[0]] == "" {
			continue
		}
		attributes(m[nl.SizeofNfgenmsg:], func(kind uint16, v []byte) { // what cannot be read is no name of ours
			if name := unix.ByteSliceToString(v); kind == unix.NFTA_TABLE_NAME && slices.Contains(keepalivedTables, name) {
				tables = append(tables, families[m[0]]+" "+name)
			}
		})
	}
	slices.Sort(tables)
	return tables
}
