package kernel

import (
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

func TestTablesThatAKilledKeepalivedLeftAreFound(t *testing.T) {
	runtime.LockOSThread() // and never unlocked: the thread ends with its namespace
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Fatalf("network namespaces need root: %v", err)
	}
	if found := KeepalivedTables([]string{"ha", "filter"}); len(found) > 0 {
		t.Errorf("found %q where there is none", found)
	}
	for _, table := range []struct {
		family byte
		name   string
	}{{unix.NFPROTO_IPV6, "keepalived"}, {unix.NFPROTO_IPV4, "keepalived"}, {unix.NFPROTO_IPV4, "keepalived2"}, {unix.NFPROTO_INET, "filter"}, {unix.NFPROTO_IPV4, "ha"}, {unix.NFPROTO_IPV6, "ha"}} {
		makeTable(t, table.family, table.name)
	}
	if found := KeepalivedTables([]string{"ha", "filter"}); !slices.Equal(found, []string{"ip keepalived", "ip6 keepalived"}) {
		t.Errorf("found %q", found)
	}
	// A table of a name that the configuration gives may be anybody's.
	makeSet(t, unix.NFPROTO_IPV4, "ha", "vips")
	makeSet(t, unix.NFPROTO_IPV6, "ha", "bad-hosts")
	makeSet(t, unix.NFPROTO_IPV4, "keepalived2", "vips")
	if found := KeepalivedTables([]string{"ha", "filter"}); !slices.Equal(found, []string{"ip ha", "ip keepalived", "ip6 keepalived"}) {
		t.Errorf("found %q", found)
	}
	if found := KeepalivedTables(nil); !slices.Equal(found, []string{"ip keepalived", "ip6 keepalived"}) {
		t.Errorf("without a name: found %q", found)
	}
}

// makeTable makes an empty nftables table.
func makeTable(t *testing.T, family byte, name string) {
	t.Helper()
	makeNew(t, family, unix.NFT_MSG_NEWTABLE, nl.NewRtAttr(unix.NFTA_TABLE_NAME, nl.ZeroTerminated(name)))
}

// makeSet makes an empty set of addresses in a table.
func makeSet(t *testing.T, family byte, table, name string) {
	t.Helper()
	number := func(attr int, n uint32) *nl.RtAttr { return nl.NewRtAttr(attr, binary.BigEndian.AppendUint32(nil, n)) }
	makeNew(t, family, unix.NFT_MSG_NEWSET, nl.NewRtAttr(unix.NFTA_SET_TABLE, nl.ZeroTerminated(table)),
		nl.NewRtAttr(unix.NFTA_SET_NAME, nl.ZeroTerminated(name)), number(unix.NFTA_SET_KEY_LEN, 4), number(unix.NFTA_SET_ID, 1))
}

// makeNew has nftables make something: a batch of one.
func makeNew(t *testing.T, family byte, kind int, attrs ...*nl.RtAttr) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	const subsystem = unix.NFNL_SUBSYS_NFTABLES << 8 // big endian in a batch
	begin := nl.NewNetlinkRequest(unix.NFNL_MSG_BATCH_BEGIN, 0)
	begin.AddData(&nl.Nfgenmsg{ResId: subsystem})
	table := nl.NewNetlinkRequest(subsystem|kind, unix.NLM_F_CREATE|unix.NLM_F_ACK)
	table.AddData(&nl.Nfgenmsg{NfgenFamily: family})
	for _, a := range attrs {
		table.AddData(a)
	}
	end := nl.NewNetlinkRequest(unix.NFNL_MSG_BATCH_END, 0)
	end.AddData(&nl.Nfgenmsg{ResId: subsystem})
	batch := slices.Concat(begin.Serialize(), table.Serialize(), end.Serialize())
	if err := unix.Sendto(fd, batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil || n < unix.SizeofNlMsghdr+4 || native.Uint32(answer[unix.SizeofNlMsghdr:]) != 0 {
		t.Fatalf("make %d: %v, answer % x", kind, err, answer[:n])
	}
}
