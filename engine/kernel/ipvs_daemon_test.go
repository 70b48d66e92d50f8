package kernel

import (
	"errors"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"holdfast/engine/plan"

	"golang.org/x/sys/unix"
)

// syncing is what IPVS and Twin have in common of the daemons that copy connections.
type syncing interface {
	table
	Daemons() ([]plan.SyncDaemon, error)
}

// onBothSyncs runs the test on the twin and on the kernel's IPVS, with a link "sync0".
func onBothSyncs(t *testing.T, test func(t *testing.T, k syncing)) {
	t.Run("twin", func(t *testing.T) { test(t, NewTwin()) })
	t.Run("kernel", func(t *testing.T) {
		k := kernelTable(t)
		makeSyncLink(t)
		test(t, k)
		for _, state := range []plan.SyncState{plan.SyncMaster, plan.SyncBackup} {
			k.Apply(t.Context(), plan.Plan{{Verb: plan.StopDaemon, Daemon: plan.SyncDaemon{State: state}}})
		}
	})
}

// makeSyncLink makes a link "sync0" with an address of each family.
func makeSyncLink(t *testing.T) {
	t.Helper()
	run(t, "ip", "link", "add", "sync0", "type", "veth", "peer", "name", "sync1")
	run(t, "ip", "link", "set", "sync1", "up")
	run(t, "ip", "link", "set", "sync0", "up")
	run(t, "ip", "address", "add", "192.0.2.1/24", "dev", "sync0")
	run(t, "ip", "address", "add", "fd00::1/64", "dev", "sync0", "nodad")
}

func run(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v: %s", argv, err, out)
	}
	return string(out)
}

func daemons(t *testing.T, k syncing) []plan.SyncDaemon {
	t.Helper()
	list, err := k.Daemons()
	must(t, err)
	return list
}

func TestGuestDaemonsStartAsAskedAndStop(t *testing.T) {
	onBothSyncs(t, func(t *testing.T, k syncing) {
		if list := daemons(t, k); len(list) > 0 {
			t.Fatalf("%+v", list)
		}
		plain := plan.SyncDaemon{State: plan.SyncMaster, Link: "sync0", ID: 51}
		all := plan.SyncDaemon{State: plan.SyncBackup, Link: "sync0", ID: 255, MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.82"), Port: 9090, TTL: 7}
		write(t, k, plan.Diff(plan.State{}, plan.State{Daemons: []plan.SyncDaemon{all, plain}}))
		list := daemons(t, k)
		if len(list) != 2 || !list[0].Is(plain) || list[0].MaxLen != 1472 || list[1] != all {
			t.Fatalf("%+v", list)
		}
		if p := plan.Diff(plan.State{Daemons: list}, plan.State{Daemons: []plan.SyncDaemon{all, plain}}); len(p) > 0 {
			t.Errorf("%v", p.Lines())
		}
		write(t, k, plan.Diff(plan.State{Daemons: list}, plan.State{Daemons: list[:1]}))
		if list := daemons(t, k); len(list) != 1 || list[0].State != plan.SyncMaster {
			t.Errorf("%+v", list)
		}
	})
}

func TestGuestASecondDaemonOfAStateIsRefusedAndOneThatIsGoneIsNoError(t *testing.T) {
	onBothSyncs(t, func(t *testing.T, k syncing) {
		d := plan.SyncDaemon{State: plan.SyncMaster, Link: "sync0"}
		write(t, k, plan.Plan{{Verb: plan.StartDaemon, Daemon: d}})
		d.ID = 9
		done, err := k.Apply(t.Context(), plan.Plan{{Verb: plan.StartDaemon, Daemon: d}, {Verb: plan.StopDaemon, Daemon: plan.SyncDaemon{State: plan.SyncBackup}}})
		if refused := all(err); len(done) > 0 || len(refused) != 1 || !errors.Is(refused[0], unix.EEXIST) {
			t.Errorf("done %v, %v", done, err)
		}
	})
}

func TestGuestDaemonOfIPv6AndItsLine(t *testing.T) {
	k := kernelTable(t)
	makeSyncLink(t)
	d := plan.SyncDaemon{State: plan.SyncMaster, Link: "sync0", ID: 3, MaxLen: 1300, Group: netip.MustParseAddr("ff02::99"), Port: 8850, TTL: 2}
	op := plan.Op{Verb: plan.StartDaemon, Daemon: d}
	write(t, k, plan.Plan{op})
	first, err := k.Daemons()
	must(t, err)
	write(t, k, plan.Plan{{Verb: plan.StopDaemon, Daemon: d}})
	words := strings.Fields(op.String())
	run(t, append([]string{ipvsadm(t)}, words[1:]...)...)
	second, err := k.Daemons()
	must(t, err)
	if len(first) != 1 || len(second) != 1 || first[0] != second[0] || first[0] != d {
		t.Errorf("ours %+v, that of the line %+v, want %+v", first, second, d)
	}
	run(t, ipvsadm(t), "--stop-daemon", "master")
}
