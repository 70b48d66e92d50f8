package vrrp

import (
	"slices"
	"testing"
	"time"
)

// What keepalived does beyond the RFC.

func TestStateMasterShortensTheFirstWait(t *testing.T) {
	in := router()
	in.Master = true
	s := backup(t, in)
	wantDue(t, s, at(1+1.0/256))
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, StartMaster)
}

func TestAnyAcceptedAdvertEndsTheShortWait(t *testing.T) {
	in := router()
	in.Master = true
	s, _ := in.Step(backup(t, in), Heard{Priority: 100, From: lowAd}, at(0.5))
	wantDue(t, s, at(0.5).Add(in.Down(100)))
}

func TestPriority255WithoutStateMasterStartsAsBackup(t *testing.T) {
	in := router()
	in.Priority = 255
	wantDue(t, backup(t, in), t0.Add(in.Down(255)))
}

func TestNobodyActsBeforeEveryUnweightedScriptHasAnswered(t *testing.T) {
	waiting := well
	waiting.Waiting = true
	s, effects := router().Step(State{}, ConditionsChanged{waiting}, t0)
	wantRole(t, s, Init, NoReason)
	wantActions(t, effects)
	s, _ = router().Step(s, Heard{Priority: 200, From: highAd}, at(1))
	wantRole(t, s, Init, NoReason)
	s, _ = router().Step(s, ConditionsChanged{well}, at(2))
	wantRole(t, s, Backup, Started)
}

func TestStartWithAFaultIsTold(t *testing.T) {
	s, effects := router().Step(State{}, ConditionsChanged{Conditions{Fault: LinkDown}}, t0)
	wantRole(t, s, Fault, LinkDown)
	wantActions(t, effects, LogTransition, Notify)
}

func TestFaultHearsNothing(t *testing.T) {
	s, _ := router().Step(State{}, ConditionsChanged{Conditions{Fault: LinkDown}}, t0)
	after, effects := router().Step(s, Heard{Priority: 200, From: highAd}, at(1))
	if after != s || len(effects) > 0 {
		t.Error("it moved")
	}
}

func TestMasterResignsWhenAFaultComes(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := in.Step(s, ConditionsChanged{Conditions{Source: own, Fault: ScriptFailed}}, now)
	wantRole(t, s, Fault, ScriptFailed)
	wantActions(t, effects, Advertise, RemoveAddresses, LogTransition, Notify)
	if effects[0].Priority != 0 || !s.Next().IsZero() {
		t.Error("it did not resign, or something is still due")
	}
}

func TestFaultEndsInBackupWithTheFullTimer(t *testing.T) {
	in := router()
	in.Master = true // no short wait the second time
	s, _ := in.Step(State{}, ConditionsChanged{Conditions{Fault: LinkDown}}, t0)
	s, effects := in.Step(s, ConditionsChanged{well}, at(7))
	wantRole(t, s, Backup, FaultsGone)
	wantActions(t, effects, LogTransition, Notify)
	wantDue(t, s, at(7).Add(in.Down(100)))
}

func TestAnotherFaultTakesOverTheReason(t *testing.T) {
	s, _ := router().Step(State{}, ConditionsChanged{Conditions{Fault: LinkDown}}, t0)
	s, effects := router().Step(s, ConditionsChanged{Conditions{Fault: NoAddress}}, at(1))
	wantRole(t, s, Fault, NoAddress)
	wantActions(t, effects)
}

func TestPreemptDelayCountsFromTheFirstLowerAdvert(t *testing.T) {
	in := router()
	in.PreemptDelay = 10 * time.Second
	s := backup(t, in)
	s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(1))
	wantDue(t, s, at(1).Add(in.Down(100)))
	for i := 2; i <= 10; i++ {
		s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(float64(i)))
	}
	wantDue(t, s, at(10).Add(in.Down(100)))
	s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(11)) // the delay is over
	wantDue(t, s, at(10).Add(in.Down(100)))
}

func TestHigherAdvertForgetsThePreemptDelay(t *testing.T) {
	in := router()
	in.PreemptDelay = 10 * time.Second
	s := backup(t, in)
	s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(1))
	s, _ = in.Step(s, Heard{Priority: 110, From: highAd}, at(2))
	if !s.Preempt.IsZero() {
		t.Error("the delay still runs")
	}
	s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(12))
	wantDue(t, s, at(12).Add(in.Down(100)))
}

func TestSilenceEndsThePreemptDelay(t *testing.T) {
	in := router()
	in.PreemptDelay = time.Hour
	s := backup(t, in)
	s, _ = in.Step(s, Heard{Priority: 90, From: highAd}, at(1))
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, AdvertTimeout)
}

func TestPriorityChangeShiftsTheRemainingTimeByTheSkews(t *testing.T) {
	in := router()
	s, effects := in.Step(backup(t, in), ConditionsChanged{Conditions{Source: own, Adjust: -20}}, at(1))
	wantActions(t, effects, PriorityChanged)
	if effects[0].Was != 100 || effects[0].Priority != 80 {
		t.Errorf("%d -> %d", effects[0].Was, effects[0].Priority)
	}
	wantDue(t, s, at(3.609375).Add(Skew(80)-Skew(100)))
}

func TestPriorityChangeOfAMasterWaitsForTheNextAdvert(t *testing.T) {
	in := router()
	s, now := master(t, in)
	due := s.Due
	s, effects := in.Step(s, ConditionsChanged{Conditions{Source: own, Adjust: -2}}, now.Add(time.Second/2))
	wantActions(t, effects, PriorityChanged)
	wantDue(t, s, due)
	_, effects = in.Step(s, Tick{}, due)
	if effects[0].Priority != 98 {
		t.Errorf("it advertised %d", effects[0].Priority)
	}
}

func TestEffectivePriorityStaysWithin1And254(t *testing.T) {
	in := router()
	if in.Effective(-200) != 1 || in.Effective(253) != 254 {
		t.Error("not clamped")
	}
	in.Priority = 255
	if in.Effective(-100) != 255 {
		t.Error("the owner was moved")
	}
}

func TestMasterThatLostAnAddressResignsAndTriesAgain(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := in.Step(s, AddressLost{}, now)
	wantRole(t, s, Backup, AddressRemoved)
	wantActions(t, effects, Advertise, RemoveAddresses, LogTransition, Notify)
	wantDue(t, s, now.Add(Skew(100))) // keepalived 2.2.7, measured: 0.61 s
}

func TestSecondBlockOfArpComesAfterTheDelayAndOnce(t *testing.T) {
	in := router()
	s, now := master(t, in)
	count := 0
	for i := 0; i < 300; i++ {
		var effects []Effect
		now = now.Add(100 * time.Millisecond)
		s, effects = in.Step(s, Tick{}, now)
		for _, e := range effects {
			if e.Do == GratuitousARP {
				count++
				if since := now.Sub(s.Since); since != 5*time.Second || e.Count != 5 {
					t.Errorf("%d rounds after %v", e.Count, since)
				}
			}
		}
	}
	if count != 1 {
		t.Errorf("%d blocks", count)
	}
}

func TestRefreshRepeatsForEver(t *testing.T) {
	in := router()
	in.Garp.Refresh, in.Garp.Delay = 10*time.Second, 0
	s, now := master(t, in)
	var after []time.Duration
	for range 35 {
		var effects []Effect
		now = now.Add(time.Second)
		s, effects = in.Step(s, Tick{}, now)
		for _, e := range effects {
			if e.Do == GratuitousARP && e.Count == 1 {
				after = append(after, now.Sub(s.Since))
			}
		}
	}
	if len(after) != 3 || after[0] != 10*time.Second || after[2] != 30*time.Second {
		t.Errorf("refreshed after %v", after)
	}
}

func TestLateAdvertDoesNotMoveTheNextOne(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, _ = in.Step(s, Tick{}, now.Add(1100*time.Millisecond))
	wantDue(t, s, now.Add(2*time.Second))
	s, _ = in.Step(s, Tick{}, now.Add(2900*time.Millisecond)) // so late that two would come together
	wantDue(t, s, now.Add(3900*time.Millisecond))
}

func TestShorterIntervalTakesEffectAtOnce(t *testing.T) {
	in := router()
	in.Advert = 10 * time.Second
	s, now := master(t, in)
	in.Advert = time.Second
	s, _ = in.Step(s, Reconfigured{}, now.Add(2*time.Second))
	wantDue(t, s, now.Add(3*time.Second))
}

func TestReconfiguredBackupShiftsItsTimer(t *testing.T) {
	in := router()
	s := backup(t, in)
	in.DownAdverts = 5
	s, _ = in.Step(s, Reconfigured{}, at(1))
	wantDue(t, s, at(5.609375))
}

func TestRemovedInstanceIsAnnouncedAsFault(t *testing.T) {
	s, effects := router().Step(backup(t, router()), Stop{Removed: true}, at(1))
	wantRole(t, s, Stopped, WasRemoved)
	if last := effects[len(effects)-1]; last.Do != Notify || last.To != Fault {
		t.Errorf("%+v", last)
	}
}

func TestStoppedDoesNothingMore(t *testing.T) {
	s, _ := router().Step(backup(t, router()), Stop{}, at(1))
	for _, ev := range []Event{Tick{}, Heard{Priority: 1, From: lowAd}, ConditionsChanged{well}, AddressLost{}, Reconfigured{}, Stop{}} {
		if after, effects := router().Step(s, ev, at(9)); after != s || len(effects) > 0 {
			t.Errorf("%T moved it", ev)
		}
	}
}

func TestOwnAddressFromElsewhereMovesNobody(t *testing.T) {
	in := router()
	s, now := master(t, in)
	after, effects := in.Step(s, Heard{Priority: 100, From: own}, now)
	if after != s || len(effects) > 0 {
		t.Error("it moved")
	}
}

func TestTwoOwnersAreDecidedByTheirAddresses(t *testing.T) {
	in := router()
	in.Priority, in.Master = 255, true
	s, now := master(t, in)
	s, _ = in.Step(s, Heard{Priority: 255, From: highAd}, now)
	wantRole(t, s, Backup, HigherAddress)
}

func TestWithHigherPrioSendAdvertAMasterSpeaksOnceBeforeItYields(t *testing.T) {
	in := router()
	in.LastAdvert = true
	for name, adv := range map[string]Heard{"higher priority": {Priority: 200, From: lowAd}, "higher address": {Priority: 100, From: highAd}} {
		s, now := master(t, in)
		s, effects := in.Step(s, adv, now)
		if s.Role != Backup {
			t.Errorf("%s: it is %v", name, s.Role)
		}
		wantActions(t, effects, Advertise, RemoveAddresses, LogTransition, Notify)
		if effects[0].Priority != 100 {
			t.Errorf("%s: it advertises %d", name, effects[0].Priority)
		}
	}
	for name, adv := range map[string]Heard{"lower": {Priority: 50, From: lowAd}, "resignation": {Priority: 0, From: highAd}} {
		s, now := master(t, in)
		_, effects := in.Step(s, adv, now)
		if n := len(effects); effects[0].Do != Advertise || n > 1 && effects[1].Do == Advertise {
			t.Errorf("%s: %v", name, actions(effects))
		}
	}
	s, _ := in.Step(backup(t, in), Heard{Priority: 200, From: highAd}, at(1))
	if _, effects := in.Step(s, Heard{Priority: 200, From: highAd}, at(2)); len(effects) > 0 {
		t.Error("a backup speaks")
	}
}

func TestAMasterAnnouncesItselfElsewhereAsOftenAsItIsTold(t *testing.T) {
	in := router()
	in.Garp.Delay, in.Elsewhere = 0, 10*time.Second
	s, now := master(t, in)
	every := func(s State, from time.Time) (announced []time.Duration) {
		for s.Next().Before(from.Add(25 * time.Second)) {
			at := s.Next()
			var effects []Effect
			if s, effects = in.Step(s, Tick{}, at); slices.Contains(actions(effects), AnnounceElsewhere) {
				announced = append(announced, at.Sub(from))
			}
		}
		return announced
	}
	if got := every(s, now); !slices.Equal(got, []time.Duration{10 * time.Second, 20 * time.Second}) {
		t.Errorf("announced after %v", got)
	}
	again, _ := in.Resume(SavedState{Role: Master, Since: now, Sent: now, Priority: 100}, well, now)
	if got := every(again, now); len(got) != 2 {
		t.Errorf("after a restart announced after %v", got)
	}
	in.Elsewhere = 4 * time.Second
	sooner, _ := in.Step(s, Reconfigured{}, now)
	if got := every(sooner, now); len(got) != 6 {
		t.Errorf("with a shorter time announced after %v", got)
	}
	in.Elsewhere = 0
	if never, _ := in.Step(s, Reconfigured{}, now); len(every(never, now)) > 0 {
		t.Error("announced without the word")
	}
}
