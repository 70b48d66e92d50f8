package vrrprole

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine"
	"holdfast/engine/control"
	"holdfast/engine/fifo"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

func TestPromoteSecondariesIsSetWhileAnInstanceWantsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		wants, plain := vmacText("A", 51, vip, "promote_secondaries"), vmacText("A", 51, vip)
		a := vmacSeat(t, t.TempDir(), twin, wants)
		is := func(want int, when string) {
			t.Helper()
			if got := a.setting("eth0", plan.PromoteSecondaries); got != want {
				t.Errorf("%s promote_secondaries is %d", when, got)
			}
		}
		time.Sleep(time.Second)
		is(1, "at the start")
		apply := func(text, want string) {
			t.Helper()
			cfg := configFrom(t, text)
			planned, err := a.role.Plan(context.Background(), cfg)
			if err != nil || !slices.Contains(planned.Lines, want) {
				t.Errorf("planned %q: %v", planned.Lines, err)
			}
			if did, err := a.role.Apply(context.Background(), cfg); err != nil || !slices.Contains(did.Lines, want) {
				t.Errorf("did %q: %v", did.Lines, err)
			}
		}
		apply(plain, "sysctl -w net.ipv4.conf.eth0.promote_secondaries=0")
		is(0, "without the word")
		apply(wants, "sysctl -w net.ipv4.conf.eth0.promote_secondaries=1")
		is(1, "with the word again")
		a.stop(control.Release)
		is(0, "at the end")
		twin.Change(plan.Setting{Link: "eth0", Name: plan.PromoteSecondaries, Value: 1})
		a = vmacSeat(t, t.TempDir(), twin, wants)
		time.Sleep(time.Second)
		a.stop(control.Release)
		is(1, "where it was set before,")
	})
}

// What garp_extra_if announces, and vrrp_garp_extra_if where an instance says nothing: the
// first address on each interface that bears no adverts.
func TestGarpExtraIfAnnouncesWhereNoAdvertsLeave(t *testing.T) {
	for name, row := range map[string]struct {
		global string
		words  []string
		want   []string // of 40 s behind the first announcements
	}{
		"an interface of its own":        {"", []string{"garp_extra_if all 10"}, []string{"192.0.2.101@eth1", "192.0.2.101@eth1", "192.0.2.101@eth1", "192.0.2.101@eth1"}},
		"no virtual interface":           {"", []string{"garp_extra_if 10"}, nil},
		"of all instances":               {"vrrp_garp_extra_if all 20", nil, []string{"192.0.2.101@eth1", "192.0.2.101@eth1"}},
		"not of this one":                {"vrrp_garp_extra_if all 20", []string{"garp_extra_if 0"}, nil},
		"a virtual interface":            {"", []string{"use_vmac", "use_vmac_addr", "garp_extra_if 20"}, []string{"192.0.2.101@vrrp1.51", "192.0.2.101@vrrp1.51"}},
		"the router's own, with xmit":    {"", []string{"use_vmac", "vmac_xmit_base", "garp_extra_if 40"}, []string{"192.0.2.100@vrrp.51"}},
		"the router's own, without xmit": {"", []string{"use_vmac", "garp_extra_if 40"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
				twin.SetLink(kernel.Link{Name: "eth1", Up: true, Running: true, MTU: 1500})
				a := vmacSeat(t, t.TempDir(), twin, "global_defs {\n"+row.global+"\n}\n"+
					vmacText("A", 51, vip+"\n192.0.2.101/32 dev eth1\n192.0.2.102/32 dev eth1", row.words...))
				time.Sleep(9 * time.Second)
				before := len(twin.Announced())
				time.Sleep(38 * time.Second)
				var got []string
				for _, n := range twin.Announced()[before:] {
					got = append(got, n.Addr.String()+"@"+n.Link)
				}
				if !slices.Equal(got, row.want) {
					t.Errorf("announced %q", got)
				}
				a.stop(control.Release)
			})
		})
	}
}

// A change of a link counts once it has lasted as long as interface_up_down_delays says;
// one that is over before changes nothing.
func TestAChangeOfALinkCountsAfterItsDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		a := vmacSeat(t, t.TempDir(), twin, "interface_up_down_delays {\neth0 1.5 0.5\n}\n"+vmacText("A", 51, vip))
		carrier := func(running bool, wait time.Duration, state string) {
			t.Helper()
			twin.SetLink(kernel.Link{Name: "eth0", Up: true, Running: running, MTU: 1500})
			time.Sleep(wait)
			a.is("A", state)
		}
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		carrier(false, 1400*time.Millisecond, "MASTER")
		carrier(true, 5*time.Second, "MASTER")
		carrier(false, 1400*time.Millisecond, "MASTER")
		carrier(false, 200*time.Millisecond, "FAULT")
		carrier(true, 400*time.Millisecond, "FAULT")
		carrier(true, 200*time.Millisecond, "BACKUP")
		time.Sleep(5 * time.Second)
		a.is("A", "MASTER")
		if got := a.changes("A"); !slices.Equal(got, []string{"INIT BACKUP start", "BACKUP MASTER advert-timeout", "MASTER FAULT link-down", "FAULT BACKUP fault-cleared", "BACKUP MASTER advert-timeout"}) {
			t.Errorf("journal: %q", got)
		}
		carrier(false, time.Second, "MASTER")
		if _, err := a.role.Apply(context.Background(), configFrom(t, vmacText("A", 51, vip))); err != nil {
			t.Fatal(err)
		}
		a.is("A", "FAULT") // the delay is gone
		a.stop(control.Release)
	})
}

func TestADelayIsShorterThanWhatABackupMayMiss(t *testing.T) {
	for words, want := range map[string]time.Duration{
		"":                        2*time.Second - time.Second/256,
		"down_timer_adverts 5":    3 * time.Second,
		"down_timer_adverts 1":    0,
		"version 3\nadvert_int 2": 3 * time.Second,
	} {
		c := configFrom(t, vmacText("A", 51, vip, words))
		if got := boundOf(newTeams(c))("eth0", 3*time.Second); got != want {
			t.Errorf("%q: %v, want %v", words, got, want)
		}
	}
	teams := newTeams(configFrom(t, vmacText("A", 51, vip, "version 3")))
	teams[0].routers[0].state.Interval = 100 * time.Millisecond // the master's
	if got := boundOf(teams)("eth0", time.Second); got >= 200*time.Millisecond {
		t.Errorf("with a master that speaks every 100 ms: %v", got)
	}
}

// A card that is polled has no link where it says so itself.
func TestAPolledCardDecidesWhetherThereIsALink(t *testing.T) {
	for name, text := range map[string]string{
		"linkbeat_interfaces":               "linkbeat_interfaces {\neth0 ETHTOOL\n}\n" + vmacText("A", 51, vip),
		"linkbeat_use_polling":              "linkbeat_use_polling\n" + vmacText("A", 51, vip),
		"linkbeat_use_polling, an instance": vmacText("A", 51, vip, "linkbeat_use_polling"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var silent atomic.Bool
				asked := make(chan string, 100)
				twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
				a := sit(t, twin, configFrom(t, text), func(o *Options) {
					o.Linkbeat = func(link, by string) (bool, string, error) {
						select {
						case asked <- link + " " + by:
						default:
						}
						return !silent.Load(), by, nil
					}
				})
				time.Sleep(5 * time.Second)
				a.is("A", "MASTER")
				silent.Store(true)
				time.Sleep(1100 * time.Millisecond)
				a.is("A", "FAULT")
				silent.Store(false)
				time.Sleep(6 * time.Second)
				a.is("A", "MASTER")
				want := "eth0 "
				if name == "linkbeat_interfaces" {
					want += "ETHTOOL"
				}
				if got := <-asked; got != want {
					t.Errorf("asked %q", got)
				}
				silent.Store(true)
				time.Sleep(1100 * time.Millisecond)
				a.is("A", "FAULT")
				if _, err := a.role.Apply(context.Background(), configFrom(t, vmacText("A", 51, vip))); err != nil {
					t.Fatal(err)
				}
				time.Sleep(5 * time.Second)
				a.is("A", "MASTER") // nobody asks any more
				a.stop(control.Release)
			})
		})
	}
}

// track_src_ip is in force without being written: adverts have no other source.
func TestAnInstanceDependsOnItsSourceAddress(t *testing.T) {
	for _, words := range []string{"mcast_src_ip 192.0.2.5\ntrack_src_ip", "mcast_src_ip 192.0.2.5"} {
		synctest.Test(t, func(t *testing.T) {
			twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
			source := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix("192.0.2.5/24")}
			if err := twin.AddAddress(source); err != nil {
				t.Fatal(err)
			}
			a := vmacSeat(t, t.TempDir(), twin, vmacText("A", 51, vip, words))
			time.Sleep(5 * time.Second)
			a.is("A", "MASTER")
			if err := twin.DeleteAddress(source); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			a.is("A", "FAULT")
			if err := twin.AddAddress(source); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			a.is("A", "MASTER")
			a.stop(control.Release)
		})
	}
}

// The end of an instance at a reload is told as a fault, or as DELETED where it has
// notify_deleted.
func TestNotifyDeletedTellsTheEndOfAnInstance(t *testing.T) {
	out, run := filepath.Join(t.TempDir(), "out"), filepath.Join(t.TempDir(), "run")
	if err := os.WriteFile(run, []byte("#!/bin/sh\necho \"$@\" >> "+out+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]string{
		"notify_fault \"" + run + " fault\"":                 "fault\nINSTANCE V FAULT 100\n",
		"notify_fault \"" + run + " fault\"\nnotify_deleted": "INSTANCE V DELETED 100\n",
		"notify_deleted \"" + run + " deleted\"":             "deleted\nINSTANCE V DELETED 100\n",
	} {
		_ = os.Remove(out)
		_, c := wordOf(t, "script_user root", words+"\nnotify "+run)
		n := notifier{queue: script.NewQueue(t.Context(), notifyPatience, script.Run), unrun: engine.NewUnrun(func(journal.Entry) {}), fifos: fifo.New(nil, "", script.Run, nil), tell: func(in input) { t.Error(in) }}
		n.state(c.Global, c.Instances[0], vrrp.Effect{To: vrrp.Fault, Reason: vrrp.WasRemoved, Priority: 100})
		if !n.queue.Wait(10 * time.Second) {
			t.Fatal("the scripts did not end")
		}
		if text, err := os.ReadFile(out); string(text) != want {
			t.Errorf("%s: %q, want %q, %v", words, text, want, err)
		}
	}
}
