package vrrp

import (
	"testing"
	"time"
)

// One test per sentence of RFC 3768, section 6.4. Where RFC 5798 and 9568 say
// the same with other words, it is the same test.

// 6.1: Skew_Time ((256 - Priority) / 256), Master_Down_Interval
// ((3 * Advertisement_Interval) + Skew_Time).
func TestMasterDownIsThreeIntervalsAndTheSkew(t *testing.T) {
	for priority, want := range map[uint8]time.Duration{
		100: 3609375 * time.Microsecond, 254: 3007812500 * time.Nanosecond, 1: 3996093750 * time.Nanosecond,
	} {
		if got := router().Down(priority); got != want {
			t.Errorf("priority %d: %v, want %v", priority, got, want)
		}
	}
}

// 6.4.1: If the Priority = 255 ... send an ADVERTISEMENT, broadcast a gratuitous
// ARP, set the Adver_Timer to Advertisement_Interval, transition to Master.
func TestOwnerBecomesMasterAtOnce(t *testing.T) {
	in := router()
	in.Priority, in.Master = 255, true
	s, effects := in.Step(State{}, ConditionsChanged{well}, t0)
	wantRole(t, s, Master, Owner)
	wantActions(t, effects, Advertise, LogTransition, AddAddresses, GratuitousARP, Notify)
	wantDue(t, s, at(1))
}

// 6.4.1: else set the Master_Down_Timer to Master_Down_Interval, transition to Backup.
func TestOthersStartAsBackupWithTheFullTimer(t *testing.T) {
	s, effects := router().Step(State{}, ConditionsChanged{well}, t0)
	wantRole(t, s, Backup, Started)
	wantActions(t, effects, LogTransition, Notify)
	wantDue(t, s, at(3.609375))
}

// 6.4.2: If a Shutdown event is received: cancel the timer, transition to Initialize.
func TestBackupStopsWithoutAWordOnTheWire(t *testing.T) {
	s, effects := router().Step(backup(t, router()), Stop{}, at(1))
	wantRole(t, s, Stopped, WasStopped)
	wantActions(t, effects, LogTransition, Notify)
	if !s.Next().IsZero() {
		t.Error("something is still due")
	}
}

// 6.4.2: If the Master_Down_Timer fires: send an ADVERTISEMENT, broadcast a
// gratuitous ARP for each address, set the Adver_Timer, transition to Master.
func TestBackupBecomesMasterWhenTheTimerEnds(t *testing.T) {
	in := router()
	s := backup(t, in)
	early, effects := in.Step(s, Tick{}, s.Due.Add(-time.Nanosecond))
	if early != s || len(effects) > 0 {
		t.Error("it moved a nanosecond too early")
	}
	now := s.Due
	s, effects = in.Step(s, Tick{}, now)
	wantRole(t, s, Master, AdvertTimeout)
	wantActions(t, effects, Advertise, LogTransition, AddAddresses, GratuitousARP, Notify)
	if effects[0].Priority != 100 {
		t.Errorf("it advertised %d", effects[0].Priority)
	}
	wantDue(t, s, now.Add(time.Second))
}

// 6.4.2: If the Priority in the ADVERTISEMENT is Zero: set the Master_Down_Timer to Skew_Time.
func TestBackupWaitsItsSkewAfterPriorityZero(t *testing.T) {
	in := router()
	s, effects := in.Step(backup(t, in), Heard{Priority: 0, From: highAd}, at(1))
	wantActions(t, effects)
	wantDue(t, s, at(1).Add(Skew(100)))
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, PriorityZero)
}

// 6.4.2: If Preempt_Mode is False, or if the Priority is greater than or equal to
// the local Priority: reset the Master_Down_Timer.
func TestBackupRestartsItsTimerOnAHigherPriority(t *testing.T) {
	s, _ := router().Step(backup(t, router()), Heard{Priority: 101, From: highAd}, at(2))
	wantDue(t, s, at(5.609375))
	if s.Holder != highAd || s.HolderPriority != 101 {
		t.Errorf("holder %v %d", s.Holder, s.HolderPriority)
	}
}

func TestBackupRestartsItsTimerOnAnEqualPriorityWhateverTheAddress(t *testing.T) {
	s, _ := router().Step(backup(t, router()), Heard{Priority: 100, From: lowAd}, at(2))
	wantDue(t, s, at(5.609375))
}

func TestBackupRestartsItsTimerOnALowerPriorityWithNopreempt(t *testing.T) {
	in := router()
	in.NoPreempt = true
	s, _ := in.Step(backup(t, in), Heard{Priority: 50, From: highAd}, at(2))
	wantDue(t, s, at(5.609375))
}

// 6.4.2: else discard the ADVERTISEMENT.
func TestBackupIgnoresLowerPriorityWhenPreempting(t *testing.T) {
	in := router()
	s, effects := in.Step(backup(t, in), Heard{Priority: 99, From: highAd}, at(2))
	wantActions(t, effects)
	wantDue(t, s, at(3.609375))
	s, _ = in.Step(s, Tick{}, s.Due)
	wantRole(t, s, Master, Preempting)
}

// 6.4.3: If a Shutdown event is received: send an ADVERTISEMENT with Priority = 0.
func TestMasterResignsAtStopBeforeItLetsGo(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := in.Step(s, Stop{}, now.Add(time.Second/2))
	wantRole(t, s, Stopped, WasStopped)
	wantActions(t, effects, Advertise, RemoveAddresses, LogTransition, Notify)
	if effects[0].Priority != 0 {
		t.Errorf("it advertised %d", effects[0].Priority)
	}
}

// 6.4.3: If the Adver_Timer fires: send an ADVERTISEMENT, reset the Adver_Timer.
func TestMasterAdvertisesEveryInterval(t *testing.T) {
	in := router()
	s, now := master(t, in)
	for i := 1; i <= 3; i++ {
		var effects []Effect
		s, effects = in.Step(s, Tick{}, s.Due)
		wantActions(t, effects, Advertise)
		wantDue(t, s, now.Add(time.Duration(i+1)*time.Second))
	}
}

// 6.4.3: If the Priority in the ADVERTISEMENT is Zero: send an ADVERTISEMENT,
// reset the Adver_Timer.
func TestMasterAnswersPriorityZeroWithAnAdvert(t *testing.T) {
	in := router()
	s, now := master(t, in)
	now = now.Add(400 * time.Millisecond)
	s, effects := in.Step(s, Heard{Priority: 0, From: highAd}, now)
	wantRole(t, s, Master, AdvertTimeout)
	wantActions(t, effects, Advertise)
	wantDue(t, s, now.Add(time.Second))
}

// 6.4.3: If the Priority is greater than the local Priority: cancel the
// Adver_Timer, set the Master_Down_Timer, transition to Backup.
func TestMasterYieldsToAHigherPriority(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := in.Step(s, Heard{Priority: 101, From: lowAd}, now.Add(time.Second/4))
	wantRole(t, s, Backup, HigherPriority)
	wantActions(t, effects, RemoveAddresses, LogTransition, Notify)
	wantDue(t, s, now.Add(time.Second/4).Add(in.Down(100)))
	if s.Next() != s.Due {
		t.Error("gratuitous ARP is still planned")
	}
}

// 6.4.3: ... or equal and the primary IP Address of the sender is greater.
func TestMasterYieldsToAnEqualPriorityWithAHigherAddress(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, _ = in.Step(s, Heard{Priority: 100, From: highAd}, now)
	wantRole(t, s, Backup, HigherAddress)
}

func TestMasterStaysAgainstAnEqualPriorityWithALowerAddress(t *testing.T) {
	in := router()
	s, now := master(t, in)
	s, effects := in.Step(s, Heard{Priority: 100, From: lowAd}, now)
	wantRole(t, s, Master, AdvertTimeout)
	wantActions(t, effects, Advertise, GratuitousARP, NotifyLower)
}

// 6.4.3: else discard. keepalived and RFC 9568, 6.4.3, assert themselves.
func TestMasterAssertsItselfAgainstALowerPriority(t *testing.T) {
	in := router()
	s, now := master(t, in)
	now = now.Add(10 * time.Second)
	s.Second = time.Time{}
	s, effects := in.Step(s, Heard{Priority: 99, From: highAd}, now)
	wantRole(t, s, Master, AdvertTimeout)
	wantActions(t, effects, Advertise, GratuitousARP, NotifyLower)
	wantDue(t, s, now.Add(time.Second))
	if !s.Lower.Equal(now.Add(5 * time.Second)) {
		t.Errorf("second block %v later", s.Lower.Sub(now))
	}
}
