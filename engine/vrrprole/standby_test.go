package vrrprole

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
)

// wants gives a request of li to the role, which answers after half a minute at most.
func (s *seat) wants(mode string, change ...func(*control.StandbyRequest)) control.StoodBy {
	s.t.Helper()
	out, err := s.role.(control.Standing).Standby(context.Background(), request(mode, change...))
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func request(mode string, change ...func(*control.StandbyRequest)) control.StandbyRequest {
	req := control.StandbyRequest{Mode: mode, Owner: "li", Reason: "new disk", Wait: 30}
	for _, c := range change {
		c(&req)
	}
	return req
}

func force(req *control.StandbyRequest) { req.Force = true }

func about(names ...string) func(*control.StandbyRequest) {
	return func(req *control.StandbyRequest) { req.Names = names }
}

// refuses gives a request that is to be refused.
func (s *seat) refuses(mode string, change ...func(*control.StandbyRequest)) *control.Problem {
	s.t.Helper()
	_, err := s.role.(control.Standing).Standby(context.Background(), request(mode, change...))
	var p *control.Problem
	if !errors.As(err, &p) {
		s.t.Fatalf("%s was not refused: %v", mode, err)
	}
	return p
}

// became lists what the journal says of the hand-over of an object.
func (s *seat) became(object string) (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries {
		if e.Object == object && e.Kind == journal.HandOver {
			list = append(list, e.Facts[journal.FactTo])
		}
	}
	return list
}

// codes are those of the outcomes.
func codes(out control.StoodBy) (list []string) {
	for _, o := range out.Outcomes {
		list = append(list, o.Object+" "+o.Code)
	}
	return list
}

// aPair is a as the master of 100 beside b of 90, which a has heard before.
func aPair(t *testing.T, change ...func(*model.Instance)) (a, b *seat, wire *kernel.Wire) {
	t.Helper()
	wire = kernel.NewWire()
	one, two := instance("VI_1", 51, 100, vip), instance("VI_1", 51, 90, vip)
	for _, c := range change {
		c(&one)
		c(&two)
	}
	b = sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(two))
	time.Sleep(5 * time.Second)
	a = sit(t, newTwinLink(t, wire, "192.0.2.1/24"), configOf(one))
	time.Sleep(10 * time.Second)
	if one.NoPreempt {
		b.is("VI_1", "MASTER")
		return a, b, wire
	}
	a.is("VI_1", "MASTER")
	b.is("VI_1", "BACKUP")
	return a, b, wire
}

func TestAHandOverMovesTheAddressOnceAndLeavesItThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, wire := aPair(t)
		shown := a.wants(control.HandOver, func(req *control.StandbyRequest) { req.Preview = true })
		if f := shown.Forecast; len(f) != 1 || f[0].Code != code.ForecastHands || f[0].From != "192.0.2.2" || f[0].Priority != 90 {
			t.Errorf("foretold: %+v", f)
		}
		a.is("VI_1", "MASTER")
		out := a.wants(control.HandOver)
		if got := codes(out); !slices.Equal(got, []string{"VI_1 moved"}) || out.Outcomes[0].Holder != "192.0.2.2" {
			t.Errorf("%q, %+v", got, out.Outcomes)
		}
		time.Sleep(30 * time.Second)
		a.is("VI_1", "BACKUP")
		b.is("VI_1", "MASTER")
		if !b.holds(vip) || a.holds(vip) {
			t.Error("the address is not on b alone")
		}
		resigned := 0
		for _, p := range wire.Seen() {
			if p.Src == netip.MustParseAddr("192.0.2.1") && p.Payload[2] == 0 {
				resigned++
			}
		}
		if resigned != 1 {
			t.Errorf("%d adverts of priority 0", resigned)
		}
		if s := a.status().Instances[0]; s.Priority != 100 || s.Standby == nil || s.Standby.Mode != "hand-over" || s.Standby.Owner != "li" || s.Why.Code != code.WhyHandedOver {
			t.Errorf("status: %+v, why %+v", s.Standby, s.Why)
		}
		if got := a.changes("VI_1"); got[len(got)-1] != "MASTER BACKUP handed-over" {
			t.Errorf("journal: %q", got)
		}
		a.wants(control.HandBack)
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		if got := a.became("VI_1"); !slices.Equal(got, []string{"asks", "moved", "ended"}) {
			t.Errorf("told: %q", got)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAHandOverIsOverWhenTheOtherRouterFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _ := aPair(t)
		a.wants(control.HandOver)
		b.stop(control.Release)
		time.Sleep(2 * time.Second)
		a.is("VI_1", "MASTER")
		if s := a.status().Instances[0].Standby; s != nil || !slices.Equal(a.became("VI_1"), []string{"asks", "moved", "back"}) {
			t.Errorf("still %+v, told %q", s, a.became("VI_1"))
		}
		a.stop(control.Release)
	})
}

func TestAHandOverEndsWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _ := aPair(t)
		out := a.wants(control.HandOver, func(req *control.StandbyRequest) { req.For = 60 })
		if left := time.Until(out.Outcomes[0].Until); left < 55*time.Second || left > time.Minute {
			t.Errorf("it ends in %v", left)
		}
		time.Sleep(50 * time.Second)
		a.is("VI_1", "BACKUP")
		time.Sleep(15 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAHandOverIsRefusedWhereNoBackupIsKnownAndKeepsTheAddressWhereNobodyIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(10 * time.Second)
		if p := a.refuses(control.HandOver); p.Code != control.Conflict || p.Args["standby"] != code.BackupUnknown || p.Args["objects"] != "VI_1" {
			t.Errorf("refused with %+v", p)
		}
		if got := codes(a.wants(control.HandOver, force)); !slices.Equal(got, []string{"VI_1 kept"}) {
			t.Errorf("%q", got)
		}
		if !a.holds(vip) || a.status().Instances[0].Standby != nil || len(a.changes("VI_1")) != 2 {
			t.Errorf("the address was given up: %q", a.changes("VI_1"))
		}
		a.stop(control.Release)
	})
}

func TestABackupHasNothingToHandOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _ := aPair(t)
		if p := b.refuses(control.HandOver, about("VI_1")); p.Args["standby"] != code.NotMaster {
			t.Errorf("refused with %+v", p)
		}
		if p := b.refuses(control.HandOver, about("VI_9")); p.Code != control.NotFound || p.Args["router"] != "VI_9" {
			t.Errorf("refused with %+v", p)
		}
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestARouterThatMayNotPreemptTakesOverWhenItIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _ := aPair(t, func(in *model.Instance) { in.NoPreempt = true })
		if got := codes(b.wants(control.HandOver, force)); !slices.Equal(got, []string{"VI_1 moved"}) {
			t.Errorf("%q", got)
		}
		a.is("VI_1", "MASTER")
		if got := codes(a.wants(control.MaintenanceOn)); !slices.Equal(got, []string{"VI_1 moved"}) {
			t.Errorf("%q", got)
		}
		b.is("VI_1", "MASTER")
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestInMaintenanceTheOtherRouterHoldsTheAddressUntilItDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, wire := aPair(t)
		if got := codes(a.wants(control.MaintenanceOn)); !slices.Equal(got, []string{"VI_1 moved"}) {
			t.Errorf("%q", got)
		}
		st := a.status()
		if st.Maintenance == nil || st.Maintenance.Owner != "li" || len(st.Maintenance.Holds) > 0 || st.Instances[0].Priority != 1 || st.Instances[0].Why.Code != code.WhyMaintenance {
			t.Errorf("status: %+v %+v", st.Maintenance, st.Instances[0].Why)
		}
		if p := a.refuses(control.HandOver); p.Args["standby"] != code.InMaintenance {
			t.Errorf("a hand-over is refused with %+v", p)
		}
		time.Sleep(time.Minute)
		b.is("VI_1", "MASTER")
		b.stop(control.Release)
		time.Sleep(3 * time.Second)
		a.is("VI_1", "MASTER")
		if st := a.status(); !slices.Equal(st.Maintenance.Holds, []string{"VI_1"}) || st.Instances[0].Why.Code != code.WhyKeeps {
			t.Errorf("status: %+v %+v", st.Maintenance, st.Instances[0].Why)
		}
		again := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), configOf(instance("VI_1", 51, 90, vip)))
		time.Sleep(10 * time.Second)
		again.is("VI_1", "MASTER")
		a.wants(control.MaintenanceOff)
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
		again.stop(control.Release)
	})
}

func TestMaintenanceWithoutAnotherRouterKeepsTheAddressAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(10 * time.Second)
		out := a.wants(control.MaintenanceOn)
		if got := codes(out); !slices.Equal(got, []string{"VI_1 kept"}) || out.Forecast[0].Code != code.ForecastKeeps {
			t.Errorf("%q, foretold %+v", got, out.Forecast)
		}
		time.Sleep(5 * time.Minute)
		if !a.holds(vip) || len(a.changes("VI_1")) != 2 {
			t.Errorf("the address was given up: %q", a.changes("VI_1"))
		}
		if got := a.became("VI_1"); !slices.Equal(got, []string{"kept"}) {
			t.Errorf("told %q", got)
		}
		a.stop(control.Release)
	})
}

func TestMaintenanceOutlivesAnOrderlyEndAndACrash(t *testing.T) {
	for _, mode := range []control.StopMode{control.Release, control.Handoff} {
		synctest.Test(t, func(t *testing.T) {
			a, b, _ := aPair(t)
			a.wants(control.MaintenanceOn)
			a.stop(mode)
			a = a.again(configOf(instance("VI_1", 51, 100, vip)))
			time.Sleep(30 * time.Second)
			a.is("VI_1", "BACKUP")
			b.is("VI_1", "MASTER")
			if a.status().Maintenance == nil {
				t.Errorf("%s: the maintenance is over", mode)
			}
			a.stop(control.Release)
			b.stop(control.Release)
		})
	}
}

func TestAHandOverOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, _ := aPair(t)
		a.wants(control.HandOver)
		a.stop(control.Handoff)
		a = a.again(configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(30 * time.Second)
		a.is("VI_1", "BACKUP")
		b.is("VI_1", "MASTER")
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestASyncGroupIsHandedOverWholeByTheNameOfAnyMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := kernel.NewWire()
		group := func(priority uint8) model.Config {
			one, two := instance("VI_1", 51, priority, vip), instance("VI_2", 52, priority, "192.0.2.101/32")
			one.Version, two.Version = model.Some(3), model.Some(3)
			two.Advert = model.Some(model.Seconds(100 * time.Millisecond))
			cfg := configOf(one, two)
			cfg.Groups = []model.Group{{Name: "VG", Members: []string{"VI_1", "VI_2"}}}
			return cfg
		}
		b := sit(t, newTwinLink(t, wire, "192.0.2.2/24"), group(90))
		time.Sleep(5 * time.Second)
		a := sit(t, newTwinLink(t, wire, "192.0.2.1/24"), group(100))
		time.Sleep(10 * time.Second)
		if got := codes(a.wants(control.HandOver, about("VI_2"))); !slices.Equal(got, []string{"VG moved"}) {
			t.Errorf("%q", got)
		}
		time.Sleep(10 * time.Second)
		for _, name := range []string{"VI_1", "VI_2"} {
			a.is(name, "BACKUP")
			b.is(name, "MASTER")
		}
		if got := a.changes("VG"); got[len(got)-1] != "MASTER BACKUP handed-over" {
			t.Errorf("the group's journal: %q", got)
		}
		a.wants(control.HandBack, about("VG"))
		time.Sleep(5 * time.Second)
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
		b.stop(control.Release)
	})
}

func TestAnAddressThatTheInterfaceHasByItselfCannotBeHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in := instance("VI_1", 51, 255, "192.0.2.1/24")
		in.Master = true
		a := sit(t, newTwinLink(t, kernel.NewWire(), "192.0.2.1/24"), configOf(in))
		time.Sleep(time.Second)
		if p := a.refuses(control.HandOver, about("VI_1"), force); p.Args["standby"] != code.ForecastOwns {
			t.Errorf("refused with %+v", p)
		}
		if got := codes(a.wants(control.MaintenanceOn)); !slices.Equal(got, []string{"VI_1 owns"}) {
			t.Errorf("%q", got)
		}
		a.is("VI_1", "MASTER")
		a.stop(control.Release)
	})
}

func TestOrdersThatCannotBeReadAreToldAndHoldNothingBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, standbyName), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &seat{t: t, dir: dir, twin: newTwinLink(t, kernel.NewWire(), "192.0.2.1/24")}
		a := s.again(configOf(instance("VI_1", 51, 100, vip)))
		time.Sleep(10 * time.Second)
		a.is("VI_1", "MASTER")
		if n := a.notices(code.StandbyLost); len(n) != 1 {
			t.Errorf("told %v", n)
		}
		a.stop(control.Release)
	})
}
