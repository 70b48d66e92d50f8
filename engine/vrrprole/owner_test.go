package vrrprole

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// The addresses are left alone, and stand in the status all the same.
func TestTheStatusOfAnOwnerNamesTheAddressesThatItsInterfaceHasByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twin, first, second := newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("192.0.2.9/24")
		if err := twin.AddAddress(plan.Address{Link: "eth0", Prefix: second}); err != nil {
			t.Fatal(err)
		}
		a := sit(t, twin, configFrom(t, strings.Replace(pairText(255), vip, first.String()+"\n"+second.String()+"\n"+vip, 1)))
		time.Sleep(time.Second)
		a.is("VI_1", "MASTER")
		in := a.status().Instances[0]
		if want := []string{first.String(), second.String(), vip}; !slices.Equal(in.Addresses, want) || len(in.Unheld) > 0 {
			t.Errorf("addresses %q, of these not held %q; want %q", in.Addresses, in.Unheld, want)
		}
		if err := twin.DeleteAddress(plan.Address{Link: "eth0", Prefix: second}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if in := a.status().Instances[0]; !slices.Equal(in.Unheld, []string{second.String()}) {
			t.Errorf("somebody took %s off, and %q are said to be not held", second, in.Unheld)
		}
		a.stop(control.Release)
	})
}
