package vrrprole

import (
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// incident gives the one of VI_1 with this code, nil if there is none.
func (s *seat) incident(code string) *control.Incident {
	for _, i := range s.status().Instances[0].Incidents {
		if i.Code == code {
			return &i
		}
	}
	return nil
}

func TestTwoMastersAreToldWithinThreeSecondsUntilThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		locked := instance("VI_1", 51, 90, vip)
		locked.AuthType, locked.Password = model.Some("PASS"), model.Some(model.Secret("secret"))
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(5 * time.Second)
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(locked))
		time.Sleep(4*time.Second + 2*time.Second)
		a.is("VI_1", "MASTER")
		b.is("VI_1", "MASTER")
		for name, s := range map[string]*seat{"192.0.2.2": a, "192.0.2.1": b} {
			i := s.incident(code.TwoMasters)
			if i == nil || i.From != name || i.Cause != code.PacketAuthMismatch || i.Severity != "error" || len(i.Addresses) != 1 {
				t.Errorf("beside %s: %+v", name, i)
			}
		}
		b.stop(control.Release)
		time.Sleep(5 * time.Second)
		if i := a.incident(code.TwoMasters); i != nil {
			t.Errorf("it ended, and %+v stands", i)
		}
		if i := a.incident(code.BackupUnknown); i == nil {
			t.Error("nothing is said of a backup")
		}
		a.stop(control.Release)
	})
}

func TestAnAddressUnderAnotherNumberIsTwoMasters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 52, 100, vip)))
		time.Sleep(6 * time.Second)
		if i := a.incident(code.TwoMasters); i == nil || i.Cause != code.OtherVRID || i.VRID != 52 || i.From != "192.0.2.2" {
			t.Errorf("%+v", i)
		}
		if n := len(a.notices(code.SecondMaster)); n != 1 {
			t.Errorf("the journal was told %d times", n)
		}
		b.stop(control.Release)
		time.Sleep(2 * time.Second)
		if i := a.incident(code.TwoMasters); i != nil {
			t.Errorf("it ended, and %+v stands", i)
		}
		if n := len(a.notices(code.OneHolder)); n != 1 {
			t.Errorf("the journal was told of the end %d times", n)
		}
		a.stop(control.Release)
	})
}
