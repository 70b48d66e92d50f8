package vrrp

import "testing"

func TestABackupThatRefusesTheOnlyRouterItHearsDoesNotCallItSilent(t *testing.T) {
	in := router()
	for _, state := range []bool{false, true} {
		in.Master = state
		s := backup(t, in)
		s, _ = in.Step(s, Refused{highAd}, at(0.5))
		s, _ = in.Step(s, Tick{}, s.Due)
		wantRole(t, s, Master, AdvertsRefused)
	}
}

func TestAMasterWhoseAdvertsWeBeginToRefuseIsNotCalledSilent(t *testing.T) {
	in := router()
	s, _ := in.Step(backup(t, in), Heard{Priority: 200, From: highAd}, at(1))
	s, _ = in.Step(s, Refused{highAd}, at(2))
	wantDue(t, s, at(1).Add(in.Down(100)))
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, AdvertsRefused)
}

func TestAMasterThatIsHeardAgainOrFallsSilentBesideARefusedRouterIsCalledSilent(t *testing.T) {
	in := router()
	s, _ := in.Step(backup(t, in), Refused{highAd}, at(0.5))
	s, _ = in.Step(s, Heard{Priority: 200, From: highAd}, at(1)) // mended
	s, _ = in.Step(s, Refused{lowAd}, at(2))                     // of a third
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, AdvertTimeout)
}

func TestARefusedAdvertMovesNoTimerAndNoRole(t *testing.T) {
	in := router()
	s, now := master(t, in)
	after, effects := in.Step(s, Refused{highAd}, now)
	if after != s || len(effects) > 0 {
		t.Error("the master moved")
	}
	low, _ := in.Step(backup(t, in), Heard{Priority: 50, From: lowAd}, at(1))
	after, effects = in.Step(low, Refused{lowAd}, at(2))
	if after != low || len(effects) > 0 {
		t.Error("the backup that preempts moved")
	}
}
