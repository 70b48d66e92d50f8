package vrrp

import (
	"testing"
	"time"
)

// pair is a sync group of two.
func pair() Group { return Group{Members: []Instance{router(), router()}} }

func started(t *testing.T, g Group) []State {
	t.Helper()
	s := make([]State, len(g.Members))
	for i := range s {
		s, _ = g.Step(s, i, ConditionsChanged{well}, t0)
	}
	if g.Role(s) != Backup {
		t.Fatalf("the group started as %v", g.Role(s))
	}
	return s
}

func elected(t *testing.T, g Group) ([]State, time.Time) {
	t.Helper()
	s := started(t, g)
	now := at(9)
	for i := range s {
		s, _ = g.Step(s, i, Tick{}, now)
	}
	if g.Role(s) != Master {
		t.Fatalf("the group is %v", g.Role(s))
	}
	return s, now
}

// told lists the notifications of a step: "0 MASTER", "group MASTER".
func told(effects []Effect) (list []string) {
	for _, e := range effects {
		if e.Do == Notify {
			who := "group"
			if e.Member != Whole {
				who = string(rune('0' + e.Member))
			}
			list = append(list, who+" "+e.To.String())
		}
	}
	return list
}

func wantTold(t *testing.T, effects []Effect, want ...string) {
	t.Helper()
	got := told(effects)
	if len(got) != len(want) {
		t.Errorf("told %v, want %v", got, want)
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Errorf("told %v, want %v", got, want)
		}
	}
}

func TestGroupBecomesMasterOnlyWhenEveryMemberWants(t *testing.T) {
	g := pair()
	s := started(t, g)
	s, effects := g.Step(s, 0, Tick{}, at(4))
	if g.Role(s) != Backup || len(effects) > 0 || !s[0].Wants {
		t.Error("the first did not wait")
	}
	s, effects = g.Step(s, 1, Tick{}, at(5))
	if g.Role(s) != Master {
		t.Errorf("the group is %v", g.Role(s))
	}
	wantTold(t, effects, "0 MASTER", "1 MASTER", "group MASTER")
}

func TestWaitingMemberBowsToAnAdvertAgain(t *testing.T) {
	g := pair()
	s := started(t, g)
	s, _ = g.Step(s, 0, Tick{}, at(4))
	s, _ = g.Step(s, 0, Heard{Priority: 200, From: highAd}, at(4.5))
	s, _ = g.Step(s, 1, Tick{}, at(5))
	if s[0].Wants || !s[1].Wants || g.Role(s) != Backup {
		t.Error("the group went on without its first member")
	}
}

func TestMembersOfAGroupHaveNoShortFirstWait(t *testing.T) {
	g := pair()
	for i := range g.Members {
		g.Members[i].Master = true
	}
	s := started(t, g)
	wantDue(t, s[0], at(3.609375))
}

func TestGroupOfOwnersBecomesMasterAtOnce(t *testing.T) {
	g := pair()
	for i := range g.Members {
		g.Members[i].Master, g.Members[i].Priority = true, 255
	}
	s := make([]State, 2)
	s, _ = g.Step(s, 0, ConditionsChanged{well}, t0)
	s, _ = g.Step(s, 1, ConditionsChanged{well}, t0)
	if g.Role(s) != Master || s[0].Reason != Owner {
		t.Errorf("the group is %v", g.Role(s))
	}
}

func TestOwnerAmongOthersStartsAsBackup(t *testing.T) {
	g := pair()
	g.Members[0].Master, g.Members[0].Priority = true, 255
	if s := started(t, g); s[0].Role != Backup {
		t.Errorf("it is %v", s[0].Role)
	}
}

func TestOneFaultyMemberTakesAllToFault(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	s, effects := g.Step(s, 1, ConditionsChanged{Conditions{Source: own, Fault: LinkDown}}, now)
	wantRole(t, s[0], Fault, GroupFault)
	wantRole(t, s[1], Fault, LinkDown)
	wantTold(t, effects, "1 FAULT", "0 FAULT", "group FAULT")
	resigned := 0
	for _, e := range effects {
		if e.Do == Advertise && e.Priority == 0 {
			resigned++
		}
	}
	if resigned != 2 {
		t.Errorf("%d resignations", resigned)
	}
}

func TestGroupLeavesFaultWhenTheLastFaultIsGone(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	bad := Conditions{Source: own, Fault: LinkDown}
	s, _ = g.Step(s, 0, ConditionsChanged{bad}, now)
	s, _ = g.Step(s, 1, ConditionsChanged{bad}, now)
	s, _ = g.Step(s, 0, ConditionsChanged{well}, now.Add(time.Second))
	if g.Role(s) != Fault || s[0].Role != Fault {
		t.Error("it left while a fault remained")
	}
	s, effects := g.Step(s, 1, ConditionsChanged{well}, now.Add(2*time.Second))
	wantTold(t, effects, "0 BACKUP", "1 BACKUP", "group BACKUP")
	wantDue(t, s[0], now.Add(2*time.Second).Add(g.Members[0].Down(100)))
}

func TestMemberThatYieldsTakesAllToBackup(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	s, effects := g.Step(s, 0, Heard{Priority: 200, From: highAd}, now)
	wantRole(t, s[0], Backup, HigherPriority)
	wantRole(t, s[1], Backup, GroupBackup)
	wantTold(t, effects, "0 BACKUP", "1 BACKUP", "group BACKUP")
	for _, e := range effects {
		if e.Do == Advertise {
			t.Error("nobody resigns towards a better master")
		}
	}
}

func TestMemberThatLostAnAddressMakesTheWholeGroupResign(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	s, effects := g.Step(s, 0, AddressLost{}, now)
	resigned := 0
	for _, e := range effects {
		if e.Do == Advertise && e.Priority == 0 {
			resigned++
		}
	}
	if resigned != 2 {
		t.Errorf("%d resignations", resigned)
	}
	for i, m := range s {
		wantDue(t, m, now.Add(Skew(g.Members[i].Priority)))
	}
}

func TestChallengedMemberMakesItsSiblingsAnnounceToo(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	s, effects := g.Step(s, 0, Heard{Priority: 50, From: highAd}, now)
	var announced []int
	for _, e := range effects {
		if e.Do == GratuitousARP {
			announced = append(announced, e.Member)
		}
	}
	if len(announced) != 2 || announced[0] != 0 || announced[1] != 1 || s[1].Lower.IsZero() {
		t.Errorf("announced by %v", announced)
	}
}

func TestNewMemberDoesNotDisturbAMasterGroup(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	g.Members, s = append(g.Members, router()), append(s, State{})
	s, _ = g.Step(s, 2, ConditionsChanged{well}, now)
	if s[0].Role != Master || s[2].Role != Backup {
		t.Errorf("%v %v", s[0].Role, s[2].Role)
	}
	s, _ = g.Step(s, 2, Tick{}, s[2].Due)
	if g.Role(s) != Master {
		t.Errorf("the group is %v", g.Role(s))
	}
}

func TestNewMemberThatBowsTakesTheGroupAlong(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	g.Members, s = append(g.Members, router()), append(s, State{})
	s, _ = g.Step(s, 2, ConditionsChanged{well}, now)
	s, _ = g.Step(s, 2, Heard{Priority: 200, From: highAd}, now.Add(time.Second))
	if g.Role(s) != Backup {
		t.Errorf("the group is %v", g.Role(s))
	}
}

func TestGroupStopIsToldAfterItsMembers(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	s, effects := g.Step(s, Everyone, Stop{}, now)
	wantTold(t, effects, "0 STOP", "1 STOP", "group STOP")
	if g.Role(s) != Stopped {
		t.Errorf("the group is %v", g.Role(s))
	}
}

func TestStepLeavesTheOldStatesAsTheyWere(t *testing.T) {
	g := pair()
	s, now := elected(t, g)
	before := [2]State{s[0], s[1]}
	g.Step(s, 0, Heard{Priority: 200, From: highAd}, now)
	if before != [2]State{s[0], s[1]} {
		t.Error("the argument was changed")
	}
}
