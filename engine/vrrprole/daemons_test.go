package vrrprole

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// syncConfig is an instance and a line of global_defs that names it.
func syncConfig(t *testing.T, line string) model.Config {
	t.Helper()
	text := "global_defs {\n" + line + "\n}\nvrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\npriority 100\nvirtual_ipaddress {\n" + vip + "\n}\n}\n"
	c, findings := model.Parse("x", []byte(text), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	return model.Resolve(c)
}

// sitSyncing starts a role whose kernel copies connections.
func sitSyncing(t *testing.T, dir string, twin *kernel.Twin, cfg model.Config) *seat {
	s := sitIn(t, dir, cfg, Options{
		OpenNet:   func() (Net, error) { return twin, nil },
		OpenWire:  func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
		OpenSyncs: func() (Syncs, error) { return twin, nil },
		Lacks:     func() []string { return nil }, Wake: NewTimer,
	})
	s.twin = twin
	return s
}

// told gives what the journal got of a kind.
func (s *seat) told(kind journal.Kind) []journal.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.entries), func(e journal.Entry) bool { return e.Kind != kind })
}

// daemonsOf is what the kernel has, as lines.
func daemonsOf(twin *kernel.Twin) string {
	list, _ := twin.Daemons()
	for i := range list {
		list[i].MaxLen *= map[bool]uint16{true: 0, false: 1}[list[i].MaxLen == 1472]
	}
	return strings.Join(plan.Diff(plan.State{}, plan.State{Daemons: list}).Lines(), "\n")
}

// daemonOps counts the operations on daemons that were carried out.
func daemonOps(twin *kernel.Twin) (n int) {
	for _, o := range twin.Applied() {
		if o.Verb == plan.StartDaemon || o.Verb == plan.StopDaemon {
			n++
		}
	}
	return n
}

func (s *seat) daemons(want string) {
	s.t.Helper()
	if got := daemonsOf(s.twin); got != want {
		s.t.Errorf("the kernel has\n%s\nwant\n%s", got, want)
	}
}

const (
	asMaster = "ipvsadm --start-daemon master --mcast-interface eth0 --syncid 51"
	asBackup = "ipvsadm --start-daemon backup --mcast-interface eth0 --syncid 51"
)

func TestSyncDaemonFollowsTheStateOfItsInstance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := sitSyncing(t, t.TempDir(), twin, syncConfig(t, "lvs_sync_daemon eth0 VI_1"))
		time.Sleep(time.Second)
		a.daemons(asBackup)
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.daemons(asMaster)
		twin.SetLink(kernel.Link{Name: "eth0", Up: true})
		time.Sleep(time.Second)
		a.is("VI_1", "FAULT")
		a.daemons(asBackup)
		twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: true})
		time.Sleep(10 * time.Second)
		a.daemons(asMaster)
		if n := daemonOps(twin); n != 7 {
			t.Errorf("%d operations, want 7", n)
		}
		a.stop(control.Release)
		a.daemons("")
	})
}

func TestWordsOfLvsSyncDaemonReachTheKernel(t *testing.T) {
	for line, want := range map[string]string{
		"lvs_sync_daemon eth0 inst VI_1 id 9 maxlen 1400 port 99 ttl 7 group 224.0.0.99": "ipvsadm --start-daemon master --mcast-interface eth0 --syncid 9 --sync-maxlen 1400 --mcast-group 224.0.0.99 --mcast-port 99 --mcast-ttl 7",
		"lvs_sync_daemon eth0": "",
		"lvs_sync_daemon eth0\n}\nvirtual_server 192.0.2.9 80 {\nprotocol TCP":                      strings.ReplaceAll(asMaster+"\n"+asBackup, "51", "0"),
		"}\nvrrp_instance W {\ninterface eth0\nvirtual_router_id 9\nlvs_sync_daemon_interface eth1": "ipvsadm --start-daemon master --mcast-interface eth1 --syncid 0",
		"lvs_sync_daemon eth0 nobody": "",
	} {
		synctest.Test(t, func(t *testing.T) {
			a := sitSyncing(t, t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), syncConfig(t, line))
			time.Sleep(6 * time.Second)
			a.daemons(want)
			a.stop(control.Release)
			a.daemons("")
		})
	}
}

func TestPlanTellsWhatTheSyncDaemonsDoAndApplyDoesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sitSyncing(t, t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), syncConfig(t, ""))
		time.Sleep(6 * time.Second)
		for line, want := range map[string][]string{
			"lvs_sync_daemon eth0 VI_1":      {asMaster},
			"lvs_sync_daemon eth0 VI_1 id 7": {"ipvsadm --stop-daemon master", strings.ReplaceAll(asMaster, "51", "7")},
			"":                               {"ipvsadm --stop-daemon master"},
		} {
			if line != "lvs_sync_daemon eth0 VI_1" {
				if _, err := a.role.Apply(context.Background(), syncConfig(t, "lvs_sync_daemon eth0 VI_1")); err != nil {
					t.Fatal(err)
				}
			}
			cfg := syncConfig(t, line)
			planned, err := a.role.Plan(context.Background(), cfg)
			if err != nil || !slices.Equal(planned.Lines, want) {
				t.Errorf("%q: planned %q, %v", line, planned.Lines, err)
			}
			done, err := a.role.Apply(context.Background(), cfg)
			if err != nil || !slices.Equal(done.Lines, want) || len(done.Changes) != 1 {
				t.Errorf("%q: done %q, changes %q, %v", line, done.Lines, done.Changes, err)
			}
			if _, err := a.role.Apply(context.Background(), syncConfig(t, "")); err != nil {
				t.Fatal(err)
			}
		}
		a.stop(control.Release)
	})
}

func TestTheNextRunGoesOnWithTheSyncDaemonOfAMaster(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, twin, cfg := t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), syncConfig(t, "lvs_sync_daemon eth0 VI_1")
		a := sitSyncing(t, dir, twin, cfg)
		time.Sleep(6 * time.Second)
		before := daemonOps(twin)
		a.stop(control.Handoff)
		a.daemons(asMaster)
		b := sitSyncing(t, dir, twin, cfg)
		time.Sleep(20 * time.Second)
		b.is("VI_1", "MASTER")
		b.daemons(asMaster)
		if n := daemonOps(twin) - before; n > 0 {
			t.Errorf("%d operations, want none", n)
		}
		b.stop(control.Handoff)
		c := sitSyncing(t, dir, twin, syncConfig(t, ""))
		time.Sleep(time.Second)
		c.daemons("")
		c.stop(control.Release)
	})
}

func TestASyncDaemonOfSomebodyElseStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		foreign := plan.Op{Verb: plan.StartDaemon, Daemon: plan.SyncDaemon{State: plan.SyncMaster, Link: "eth7", ID: 3}}
		if _, err := twin.Apply(t.Context(), plan.Plan{foreign}); err != nil {
			t.Fatal(err)
		}
		a := sitSyncing(t, t.TempDir(), twin, syncConfig(t, "lvs_sync_daemon eth0 VI_1"))
		time.Sleep(20 * time.Second)
		a.daemons(foreign.String())
		held := a.status().Held
		if len(held) != 1 || held[0].Code != "kernel-refused" || held[0].Args["operation"] != asMaster {
			t.Errorf("held %+v", held)
		}
		if n := len(a.told(journal.KernelError)); n != 1 {
			t.Errorf("told %d times", n)
		}
		twin.Apply(t.Context(), plan.Plan{{Verb: plan.StopDaemon, Daemon: foreign.Daemon}})
		time.Sleep(6 * time.Second)
		a.daemons(asMaster)
		if held := a.status().Held; len(held) > 0 {
			t.Errorf("held %+v", held)
		}
		a.stop(control.Release)
	})
}

func TestASyncDaemonThatSomebodyStopsIsStartedAgainAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sitSyncing(t, t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), syncConfig(t, "lvs_sync_daemon eth0 VI_1"))
		time.Sleep(6 * time.Second)
		a.twin.Apply(t.Context(), plan.Plan{{Verb: plan.StopDaemon, Daemon: plan.SyncDaemon{State: plan.SyncMaster}}})
		time.Sleep(6 * time.Second)
		a.daemons(asMaster)
		if e := a.told(journal.Drift); len(e) != 1 || e[0].Facts[journal.FactOperation] != "ipvsadm --stop-daemon master" {
			t.Errorf("%+v", e)
		}
		a.stop(control.Release)
	})
}

func TestAKernelWithoutIPVSIsToldAndLookedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		var present atomic.Bool
		a := sit(t, twin, syncConfig(t, "lvs_sync_daemon eth0 VI_1"), func(o *Options) {
			o.OpenSyncs = func() (Syncs, error) {
				if !present.Load() {
					return nil, fmt.Errorf("open ipvs: %w", kernel.ErrNoIPVS)
				}
				return twin, nil
			}
		})
		time.Sleep(20 * time.Second)
		a.is("VI_1", "MASTER")
		if held := a.status().Held; len(held) != 1 || held[0].Args["operation"] != asMaster {
			t.Errorf("held %+v", held)
		}
		present.Store(true)
		time.Sleep(6 * time.Second)
		a.daemons(asMaster)
		a.stop(control.Release)
	})
}
