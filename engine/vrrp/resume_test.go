package vrrp

import (
	"slices"
	"testing"
	"time"
)

func memory() SavedState {
	return SavedState{Role: Master, Reason: AdvertTimeout, Since: at(-60), Sent: t0, Priority: 100}
}

func TestMasterIsFreshWhileItsPeersStillWait(t *testing.T) {
	in := router()
	for after, want := range map[float64]bool{0: true, 3.6: true, 3.609375: false, 100: false, -1: false} {
		if got := in.Fresh(memory(), at(after)); got != want {
			t.Errorf("after %v s: %v", after, got)
		}
	}
	m := memory()
	m.Role = Backup
	if in.Fresh(m, at(0.1)) {
		t.Error("a backup has nothing to resume")
	}
}

func TestResumedMasterKeepsItsBeatAndTellsNobody(t *testing.T) {
	s, effects := router().Resume(memory(), well, at(0.4))
	wantRole(t, s, Master, AdvertTimeout)
	wantActions(t, effects, AddAddresses)
	wantDue(t, s, at(1))
	if s.Since != at(-60) {
		t.Errorf("since %v", s.Since)
	}
}

func TestOverdueAdvertGoesOutAtOnce(t *testing.T) {
	s, _ := router().Resume(memory(), well, at(2.5))
	wantDue(t, s, at(2.5))
}

func TestResumedMasterSendsTheBlockThatWasStillToCome(t *testing.T) {
	m := memory()
	m.Since = at(-2)
	s, _ := router().Resume(m, well, at(0.5))
	if !s.Second.Equal(at(3)) {
		t.Errorf("second block at %v", s.Second.Sub(t0))
	}
}

func TestBackupKeepsWhatWasLeftOfItsTimer(t *testing.T) {
	m := SavedState{Role: Backup, Due: at(3), Holder: highAd, Held: 200}
	s, ok := router().Wait(m, well, at(0.5))
	if !ok || s.Role != Backup || s.Holder != highAd {
		t.Fatalf("%+v %v", s, ok)
	}
	wantDue(t, s, at(3))
}

func TestBackupThatWasDeafGivesTheMasterOneInterval(t *testing.T) {
	m := SavedState{Role: Backup, Due: at(3)}
	s, ok := router().Wait(m, well, at(2.9))
	if !ok {
		t.Fatal("not taken up")
	}
	wantDue(t, s, at(3.9).Add(Skew(100)))
}

func TestBackupDoesNotResumeWhatIsOverOrAbsurd(t *testing.T) {
	for _, due := range []time.Time{at(1), {}, at(3600)} {
		if _, ok := router().Wait(SavedState{Role: Backup, Due: due}, well, at(2)); ok {
			t.Errorf("due %v was taken up", due)
		}
	}
}

func TestBlockIsNotPutOffByAClockThatWasSetBack(t *testing.T) {
	m := memory()
	m.Since = at(3600)
	if s, _ := router().Resume(m, well, at(0.5)); !s.Second.IsZero() {
		t.Errorf("second block at %v", s.Second.Sub(t0))
	}
}

func TestTeamGoesOnTogetherOrBeginsAnew(t *testing.T) {
	master, backup := memory(), SavedState{Role: Backup, Due: at(3)}
	for _, c := range []struct {
		saved []SavedState
		want  []Role
	}{
		{[]SavedState{master, master}, []Role{Master, Master}},
		{[]SavedState{backup, backup}, []Role{Backup, Backup}},
		{[]SavedState{master, backup}, nil},
		{[]SavedState{backup, {}}, nil},
		{[]SavedState{{}, master}, nil},
	} {
		var got []Role
		for _, s := range Resume([]Instance{router(), router()}, c.saved, []Conditions{well, well}, at(0.5)) {
			got = append(got, s.Role)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.saved, got, c.want)
		}
	}
}
