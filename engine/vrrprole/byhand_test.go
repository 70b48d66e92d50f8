package vrrprole

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// An address that somebody put there by hand is nobody's business until a text names it.
// From then on it is moved like any other, as by keepalived: a text that drops it, or
// the end of the role, takes it off.
func TestAnAddressPutByHandIsOursToMoveOnceATextNamesIt(t *testing.T) {
	const other, apart = "192.0.2.200/32", "192.0.2.100/24"
	for name, leave := range map[string]func(a *seat){
		"a text drops it": func(a *seat) {
			p, err := a.role.Apply(context.Background(), configOf(instance("VI_1", 51, 100, other)))
			if want := []string{"ip address del 192.0.2.100/32 dev eth0"}; err != nil || !slices.Equal(p.Lines, want) {
				a.t.Errorf("to drop it: %q %v, want %q", p.Lines, err, want)
			}
			time.Sleep(time.Second)
			a.is("VI_1", "MASTER")
			if a.holds(vip) || !a.holds(other) {
				a.t.Errorf("dropped: it is there: %v, the other: %v", a.holds(vip), a.holds(other))
			}
			a.stop(control.Release)
		},
		"the role ends":     func(a *seat) { a.stop(control.Release) },
		"the role hands on": func(a *seat) { a.stop(control.Handoff) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				twin := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
				for _, prefix := range []string{vip, apart} {
					if err := twin.AddAddress(plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(prefix)}); err != nil {
						t.Fatal(err)
					}
				}
				a := sit(t, twin, configOf(instance("VI_1", 51, 100, other)))
				time.Sleep(5 * time.Second)
				a.is("VI_1", "MASTER")
				if !a.holds(vip) || !a.holds(apart) {
					t.Error("it was taken off although no text names it")
				}
				both := instance("VI_1", 51, 100, other)
				both.Addrs = append(both.Addrs, model.Address{Prefix: netip.MustParsePrefix(vip)})
				if _, err := a.role.Apply(context.Background(), configOf(both)); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
				a.is("VI_1", "MASTER")
				if !a.holds(vip) {
					t.Error("it was taken off by the text that names it")
				}
				leave(a)
				if kept := name == "the role hands on"; a.holds(vip) != kept {
					t.Errorf("at the end it is there: %v", !kept)
				}
				if !a.holds(apart) || !a.holds("192.0.2.1/24") {
					t.Error("an address was taken off that no text has named")
				}
			})
		})
	}
}
