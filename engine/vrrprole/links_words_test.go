package vrrprole

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
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
