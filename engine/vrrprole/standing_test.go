package vrrprole

import (
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

func TestWhatTheKernelRefusesIsInTheStatusUntilItIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		refuse := func(verb plan.Verb, prefix string) {
			twin.Refuse(func(o plan.Op) error {
				if o.Verb == verb && o.Address.Prefix.String() == prefix {
					return syscall.EINVAL
				}
				return nil
			})
		}
		const other = "192.0.2.101/32"
		refuse(plan.AddAddress, other)
		a := sit(t, twin, withPassword("1111", 100, vip, other))
		time.Sleep(10 * time.Second)
		stands := func(what, line string) {
			t.Helper()
			held := a.status().Instances[0].Held
			if line == "" && len(held) > 0 || line != "" && (len(held) != 1 || held[0].Code != "kernel-refused" || held[0].Object != "VI_1" || held[0].Args["operation"] != line || held[0].Args["reason"] == "") {
				t.Errorf("%s: held %+v", what, held)
			}
		}
		const add = "ip address add 192.0.2.101/32 dev eth0 scope global"
		stands("refused", add)
		unheld := func(what string, want ...string) {
			t.Helper()
			if got := a.status().Instances[0].Unheld; !slices.Equal(got, want) {
				t.Errorf("%s: the master does not hold %q, want %q", what, got, want)
			}
		}
		unheld("refused", other)
		if p, err := a.role.Apply(t.Context(), withPassword("1111", 100, vip, other)); err != nil || len(p.Held) != 1 {
			t.Errorf("an apply answers %+v, %v", p.Held, err)
		}
		twin.Refuse(nil)
		time.Sleep(6 * time.Second)
		stands("done", "")
		unheld("done")
		refuse(plan.DeleteAddress, vip)
		if _, err := a.role.Apply(t.Context(), withPassword("1111", 100, other)); err != nil {
			t.Error(err)
		}
		if held := a.status().Held; len(held) != 1 || held[0].Args["operation"] != "ip address del 192.0.2.100/32 dev eth0" {
			t.Errorf("not taken off: %+v", held)
		}
		twin.Refuse(nil)
		time.Sleep(6 * time.Second)
		if held := a.status().Held; len(held) > 0 || a.holds(vip) {
			t.Errorf("taken off: %+v", held)
		}
		refuse(plan.AddAddress, other)
		if _, err := a.role.Apply(t.Context(), withPassword("1111", 100, vip)); err != nil {
			t.Error(err)
		}
		if _, err := a.role.Apply(t.Context(), withPassword("1111", 100, vip, other)); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		stands("again", add)
		told := 0
		a.mu.Lock()
		for _, e := range a.entries {
			if e.Kind == journal.KernelError && e.Facts[journal.FactOperation] == add {
				told++
			}
		}
		a.mu.Unlock()
		if told != 2 {
			t.Errorf("told %d times of two refusals", told)
		}
		a.stop(control.Release)
	})
}
