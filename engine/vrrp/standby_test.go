package vrrp

import (
	"testing"
	"time"
)

// under is well with an operator's wish.
func under(s Standby) Conditions {
	c := well
	c.Standby = s
	return c
}

// ordered lets an instance take an operator's wish.
func ordered(in Instance, s State, wish Standby, now time.Time) (State, []Effect) {
	return in.Step(s, ConditionsChanged{under(wish)}, now)
}

func TestAMasterThatHandsOverHoldsTheAddressesUntilSomebodyElseSpeaks(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := ordered(in, s, HandsOver, now)
	wantActions(t, effects, Advertise)
	if effects[0].Priority != PriorityResign {
		t.Errorf("it says priority %d", effects[0].Priority)
	}
	s, effects = in.Step(s, Tick{}, s.Due)
	wantActions(t, effects, Advertise)
	if effects[0].Priority != PriorityResign || s.Role != Master {
		t.Errorf("then priority %d as %v", effects[0].Priority, s.Role)
	}
	s, effects = in.Step(s, Heard{Priority: 50, From: lowAd}, now.Add(1500*time.Millisecond))
	wantRole(t, s, Backup, WasHandedOver)
	wantActions(t, effects, RemoveAddresses, LogTransition, Notify)
}

func TestAMasterWhomNobodySucceedsGoesOnAsBefore(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, _ = ordered(in, s, HandsOver, now)
	s, effects := ordered(in, s, NoStandby, now.Add(in.AsksFor()))
	wantActions(t, effects, Advertise)
	if effects[0].Priority != 100 || s.Role != Master {
		t.Errorf("priority %d as %v", effects[0].Priority, s.Role)
	}
}

func TestWhoHandedOverTakesBackOnlyAfterSilence(t *testing.T) {
	in := router()
	s := backup(t, in)
	s, _ = in.Step(s, Heard{Priority: 200, From: highAd}, at(1))
	s, _ = ordered(in, s, HandedOver, at(1))
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, at(2))
	wantDue(t, s, at(2).Add(in.Down(100)))
	s, _ = ordered(in, s, NoStandby, at(3))
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, at(4))
	wantDue(t, s, at(2).Add(in.Down(100))) // it preempts again
}

func TestPreemptDelayBeginsWhenAHandOverEnds(t *testing.T) {
	in := router()
	in.PreemptDelay = 10 * time.Second
	s := backup(t, in)
	s, _ = ordered(in, s, HandedOver, at(0))
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, at(1))
	s, _ = ordered(in, s, NoStandby, at(20))
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, at(21))
	if !s.Preempt.Equal(at(31)) {
		t.Errorf("the delay ends at %v", s.Preempt.Sub(t0))
	}
}

func TestMaintenanceIsTheLowestPriorityWhateverIsTracked(t *testing.T) {
	for _, base := range []uint8{1, 100, 254, 255} {
		in := router()
		in.Priority = base
		c := under(Maintenance)
		c.Adjust = 50
		s, _ := in.Step(State{}, ConditionsChanged{c}, t0)
		if s.Priority != PriorityLowest || s.Role != Backup {
			t.Errorf("base %d: priority %d as %v", base, s.Priority, s.Role)
		}
	}
}

func TestInMaintenanceNeitherTheOwnerNorStateMasterBeginsSooner(t *testing.T) {
	for _, priority := range []uint8{100, 255} {
		in := router()
		in.Priority, in.Master = priority, true
		s, _ := in.Step(State{}, ConditionsChanged{under(Maintenance)}, t0)
		wantDue(t, s, t0.Add(in.Down(PriorityLowest)))
		g := Group{Members: []Instance{in, in}}
		all := make([]State, 2)
		for i := range all {
			all, _ = g.Step(all, i, ConditionsChanged{under(Maintenance)}, t0)
		}
		wantDue(t, all[0], t0.Add(in.Down(PriorityLowest)))
	}
}

func TestInMaintenanceTheAddressesAreTakenWhenTheMasterIsGone(t *testing.T) {
	in := router()
	s, _ := in.Step(State{}, ConditionsChanged{under(Maintenance)}, t0)
	s, _ = in.Step(s, Heard{Priority: 100, From: highAd}, at(1))
	s, _ = in.Step(s, Tick{}, at(1).Add(in.Down(PriorityLowest)))
	wantRole(t, s, Master, AdvertTimeout)
	s, _ = in.Step(s, Heard{Priority: 2, From: lowAd}, at(6))
	wantRole(t, s, Backup, InMaintenance)
}

func TestInMaintenanceAnAskingMasterIsLeftOneMoreAdvert(t *testing.T) {
	in := router()
	s, _ := in.Step(State{}, ConditionsChanged{under(Maintenance)}, t0)
	s, _ = in.Step(s, Heard{Priority: PriorityResign, From: highAd}, at(1))
	wantDue(t, s, at(2).Add(Skew(PriorityLowest)))
}

func TestTwoMastersThatBothAskDoNotAnswerEachOther(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, _ = ordered(in, s, HandsOver, now)
	if _, effects := in.Step(s, Heard{Priority: PriorityResign, From: lowAd}, now); len(effects) > 0 {
		t.Errorf("it does %v", actions(effects))
	}
}

func TestOfTwoMastersThatBothAskTheLowerAddressGivesWay(t *testing.T) {
	for wish, row := range map[Standby]struct {
		why  Reason
		wait time.Duration
	}{
		HandsOver: {WasHandedOver, Skew(100)},
		Withdraws: {InMaintenance, time.Second + Skew(PriorityLowest)}, // the other one perhaps goes on
	} {
		in := router()
		s, now := master(t, in)
		s, _ = ordered(in, s, wish, now)
		s, effects := in.Step(s, Heard{Priority: PriorityResign, From: highAd}, now)
		wantRole(t, s, Backup, row.why)
		wantActions(t, effects, RemoveAddresses, LogTransition, Notify)
		wantDue(t, s, now.Add(row.wait))
	}
}

func TestAnOwnerThatIgnoresAdvertsHearsThemWhileItHandsOver(t *testing.T) {
	in := router()
	in.Priority, in.Ignores, in.Master = PriorityOwner, true, true
	s, now := master(t, in)
	s, _ = ordered(in, s, HandsOver, now)
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, now)
	wantRole(t, s, Backup, WasHandedOver)
	s, _ = ordered(in, s, HandedOver, now)
	s, _ = in.Step(s, Heard{Priority: 50, From: lowAd}, now.Add(time.Second))
	wantDue(t, s, now.Add(time.Second+in.Down(PriorityOwner)))
}

func TestASyncGroupHandsOverAsOne(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	for i := range s {
		s, _ = g.Step(s, i, ConditionsChanged{under(HandsOver)}, now)
	}
	s, effects := g.Step(s, 1, Heard{Priority: 50, From: lowAd}, now)
	if g.Role(s) != Backup || s[0].Reason != GroupBackup || s[1].Reason != WasHandedOver {
		t.Errorf("%v because of %q and %q", g.Role(s), s[0].Reason, s[1].Reason)
	}
	for _, e := range effects {
		if e.Do == Advertise {
			t.Errorf("one more advert of priority %d", e.Priority)
		}
	}
}
