package vrrprole

import (
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

func TestWithoutTheRightsNothingIsSentUntilTheyCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		var granted atomic.Bool
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)), func(o *Options) {
			o.Lacks = func() []string {
				if granted.Load() {
					return nil
				}
				return []string{"no-net-raw"}
			}
		})
		time.Sleep(20 * time.Second)
		a.is("VI_1", "FAULT")
		if h := a.status().Instances[0].Held; len(h) != 1 || h[0].Code != "no-net-raw" || len(wire.Seen()) > 0 {
			t.Errorf("held %v, sent %d", h, len(wire.Seen()))
		}
		granted.Store(true)
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
	})
}

func TestRefusedAddressIsToldOnceAndTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		twin.Refuse(func(o plan.Op) error {
			if o.Verb == plan.AddAddress {
				return syscall.EPERM
			}
			return nil
		})
		a := sit(t, twin, configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(30 * time.Second)
		told := 0
		a.mu.Lock()
		for _, e := range a.entries {
			if e.Kind == journal.KernelError {
				told++
			}
		}
		a.mu.Unlock()
		if told != 1 || a.holds(vip) {
			t.Errorf("told %d times", told)
		}
		twin.Refuse(nil)
		time.Sleep(6 * time.Second)
		if !a.holds(vip) {
			t.Error("it was not tried again")
		}
		a.stop(control.Release)
	})
}
