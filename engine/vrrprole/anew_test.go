package vrrprole

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
)

// labelOf gives the label of an address of a seat's kernel; "-" if it is not there.
func (s *seat) labelOf(prefix string) string {
	addrs, err := s.twin.Addresses()
	if err != nil {
		s.t.Fatal(err)
	}
	for _, a := range addrs {
		if a.Prefix.String() == prefix {
			return a.Label
		}
	}
	return "-"
}

// The kernel knows an address again by link and prefix, so it takes no second one with
// another label: a master that only adds would leave the old one for ever.
func TestAMasterHoldsItsAddressAsItIsWrittenWhereItStoodOtherwise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(time.Second)
		a.is("VI_1", "BACKUP")
		byHand := plan.Address{Link: "eth0", Prefix: netip.MustParsePrefix(vip), Label: "eth0:hand"}
		if err := a.twin.AddAddress(byHand); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if l := a.labelOf(vip); l != "" {
			t.Errorf("the label is %q", l)
		}
		if did, err := a.role.Apply(t.Context(), configOf(instance("VI_1", 51, 100, vip))); err != nil || len(did.Operations) > 0 {
			t.Errorf("the same text did %q: %v", did.Lines, err)
		}
		a.stop(control.Release)
		if a.holds(vip) {
			t.Error("it is left")
		}
	})
}

// An owner is master at once, also where the time in which it could go on was missed.
func TestAnOwnerThatCannotGoOnHoldsItsAddressAsItIsWrittenNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, twin := t.TempDir(), newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")
		opt := Options{
			OpenNet:  func() (Net, error) { return twin, nil },
			OpenWire: func(link string, group netip.Addr) (Wire, error) { return twin.OpenVRRP(link, group) },
			Lacks:    func() []string { return nil }, Wake: NewTimer,
		}
		labelled := func(label string) model.Config {
			in := instance("VI_1", 51, 255, vip)
			in.Master, in.Addrs[0].Label = true, label
			return configOf(in)
		}
		before := sitIn(t, dir, labelled("eth0:old"), opt)
		before.twin = twin
		time.Sleep(time.Second)
		before.stop(control.Handoff)
		if err := os.Remove(filepath.Join(dir, "vrrp.record")); err != nil {
			t.Fatal(err)
		}
		after := sitIn(t, dir, labelled("eth0:new"), opt)
		after.twin = twin
		time.Sleep(time.Second)
		after.is("VI_1", "MASTER")
		if l := after.labelOf(vip); l != "eth0:new" {
			t.Errorf("the label is %q", l)
		}
		after.stop(control.Release)
		if after.holds(vip) {
			t.Error("it is left")
		}
	})
}
