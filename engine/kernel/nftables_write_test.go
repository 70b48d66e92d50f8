package kernel

import (
	"slices"
	"testing"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

func TestWhatMacvlansReportLeavesByTheirParents(t *testing.T) {
	w := kernelWorld(t)
	mapped := func(family byte, want ...string) {
		t.Helper()
		var indexes []int
		for _, name := range want {
			l, _ := linkOf(t, w, name)
			indexes = append(indexes, l.Index)
		}
		got, _ := nftTable{family, macvlanTable}.mapped()
		slices.Sort(got)
		if !slices.Equal(got, indexes) {
			t.Errorf("family %d: %v are mapped, want %v", family, got, indexes)
		}
	}
	six := plan.Link{Name: "vrrp6.51", Parent: "near", MAC: plan.MAC{0, 0, 0x5e, 0, 2, 51}, IPv6: true}
	other := plan.Link{Name: "vrrp.52", Parent: "near", MAC: plan.MAC{0, 0, 0x5e, 0, 1, 52}, IPv4: true}
	apply(t, w, plan.Op{Verb: plan.AddLink, Link: virtual}, plan.Op{Verb: plan.AddLink, Link: six}, plan.Op{Verb: plan.AddLink, Link: other})
	mapped(unix.NFPROTO_IPV4, "vrrp.51", "vrrp.52")
	mapped(unix.NFPROTO_IPV6, "vrrp6.51")
	apply(t, w, plan.Op{Verb: plan.DeleteLink, Link: virtual}, plan.Op{Verb: plan.DeleteLink, Link: six})
	mapped(unix.NFPROTO_IPV4, "vrrp.52")
	mapped(unix.NFPROTO_IPV6)
	if tables := nftablesNames(unix.NFT_MSG_GETTABLE, unix.NFTA_TABLE_NAME, unix.NFTA_TABLE_NAME); len(tables) != 1 || tables[0].table != "ip holdfast" {
		t.Errorf("the tables are %v", tables)
	}
	apply(t, w, plan.Op{Verb: plan.DeleteLink, Link: other})
	if tables := nftablesNames(unix.NFT_MSG_GETTABLE, unix.NFTA_TABLE_NAME, unix.NFTA_TABLE_NAME); len(tables) > 0 {
		t.Errorf("left: %v", tables)
	}
	if left := KeepalivedTables(nil); len(left) > 0 {
		t.Error("taken for keepalived's:", left)
	}
}
