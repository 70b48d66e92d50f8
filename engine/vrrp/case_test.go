package vrrp

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

// The tests of this package speak of seconds after t0.
var t0 = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(s float64) time.Time { return t0.Add(time.Duration(s * float64(time.Second))) }

var (
	own    = netip.MustParseAddr("192.0.2.2")
	lowAd  = netip.MustParseAddr("192.0.2.1")
	highAd = netip.MustParseAddr("192.0.2.3")
	well   = Conditions{Source: own}
)

// router is an instance of priority 100 with keepalived's defaults.
func router() Instance {
	return Instance{
		Priority: 100, Advert: time.Second, DownAdverts: 3,
		Garp: Garp{Repeat: 5, Delay: 5 * time.Second, LowerRepeat: 5, LowerDelay: 5 * time.Second, RefreshRepeat: 1},
	}
}

// backup gives the state of in after its start at t0.
func backup(t *testing.T, in Instance) State {
	t.Helper()
	s, _ := in.Step(State{}, ConditionsChanged{well}, t0)
	if s.Role != Backup {
		t.Fatalf("it started as %v", s.Role)
	}
	return s
}

// master gives the state of in just after it became master, at the instant told.
func master(t *testing.T, in Instance) (State, time.Time) {
	t.Helper()
	s, _ := in.Step(State{}, ConditionsChanged{well}, t0)
	now := t0
	if s.Role == Backup {
		now = s.Due
		s, _ = in.Step(s, Tick{}, now)
	}
	if s.Role != Master {
		t.Fatalf("it is %v", s.Role)
	}
	return s, now
}

// actions lists what was to be done.
func actions(effects []Effect) []Action {
	list := []Action{}
	for _, e := range effects {
		list = append(list, e.Do)
	}
	return list
}

func wantActions(t *testing.T, effects []Effect, want ...Action) {
	t.Helper()
	if got := actions(effects); !slices.Equal(got, want) {
		t.Errorf("actions %v, want %v", got, want)
	}
}

func wantDue(t *testing.T, s State, want time.Time) {
	t.Helper()
	if !s.Due.Equal(want) {
		t.Errorf("due %v after t0, want %v", s.Due.Sub(t0), want.Sub(t0))
	}
}

func wantRole(t *testing.T, s State, role Role, why Reason) {
	t.Helper()
	if s.Role != role || s.Reason != why {
		t.Errorf("%v because of %q, want %v because of %q", s.Role, s.Reason, role, why)
	}
}
