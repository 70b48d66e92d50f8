package kernel

import (
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
	if found := KeepalivedTables(); len(found) > 0 {
		t.Errorf("found %q where there is none", found)
	}
	for _, table := range []struct {
		family byte
		name   string
	}{{unix.NFPROTO_IPV6, "keepalived"}, {unix.NFPROTO_IPV4, "keepalived"}, {unix.NFPROTO_IPV4, "keepalived2"}, {unix.NFPROTO_INET, "filter"}} {
		makeTable(t, table.family, table.name)
	}
	if found := KeepalivedTables(); !slices.Equal(found, []string{"ip keepalived", "ip6 keepalived"}) {
		t.Errorf("found %q", found)
	}
}

// makeTable makes an empty nftables table: a batch of one.
func makeTable(t *testing.T, family byte, name string) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	const subsystem = unix.NFNL_SUBSYS_NFTABLES << 8 // big endian in a batch
	begin := nl.NewNetlinkRequest(unix.NFNL_MSG_BATCH_BEGIN, 0)
	begin.AddData(&nl.Nfgenmsg{ResId: subsystem})
	table := nl.NewNetlinkRequest(subsystem|unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE|unix.NLM_F_ACK)
	table.AddData(&nl.Nfgenmsg{NfgenFamily: family})
	table.AddData(nl.NewRtAttr(unix.NFTA_TABLE_NAME, nl.ZeroTerminated(name)))
	end := nl.NewNetlinkRequest(unix.NFNL_MSG_BATCH_END, 0)
	end.AddData(&nl.Nfgenmsg{ResId: subsystem})
	batch := slices.Concat(begin.Serialize(), table.Serialize(), end.Serialize())
	if err := unix.Sendto(fd, batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil || n < unix.SizeofNlMsghdr+4 || native.Uint32(answer[unix.SizeofNlMsghdr:]) != 0 {
		t.Fatalf("make table %s: %v, answer % x", name, err, answer[:n])
	}
}
