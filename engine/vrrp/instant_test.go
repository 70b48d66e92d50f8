package vrrp

import (
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// after is the state after a step, and which law is broken by it.
func (t table) after(i instant, do step) (instant, error) {
	var err error
	switch n := int(do.which); do.kind {
	case timePasses:
		i, err = t.later(i)
	case arrives:
		l := i.letters[n]
		i.letters[n] = letter{}
		i, err = t.hear(i, l)
	case comesTwice:
		l := i.letters[n]
		i.letters[n].in, i.letters[n].again = 2, true
		i, err = t.hear(i, l)
	case isLost:
		t.part(&i, i.letters[n])
		i.letters[n] = letter{}
	case isLate:
		t.part(&i, i.letters[n])
		i.letters[n].in, i.letters[n].again = 2, true
	case ticks:
		for m := range t.members {
			if s := i.seats[n*t.members+m]; s.up && s.due <= 0 && err == nil {
				i, err = t.step(i, n, m, Tick{})
			}
		}
	case crashes:
		t.crash(&i, n)
	case returns:
		i, err = t.start(i, n)
	case changes:
		for m := range t.members {
			s := &i.seats[n*t.members+m]
			s.changed = !s.changed
		}
		for m := 0; m < t.members && err == nil; m++ {
			i, err = t.step(i, n, m, ConditionsChanged{t.conditions(n, i.seats[n*t.members].changed)})
		}
	}
	t.pairs(&i)
	i.inOrder()
	return i, err
}

// later lets a quarter pass. A router that is away holds its address for as long as its
// peers wait; then its parent releases it, and its record is gone.
func (t table) later(i instant) (instant, error) {
	less := func(n *int8) {
		if *n != none {
			*n--
		}
	}
	for n := range t.routers * t.members {
		s := &i.seats[n]
		less(&s.due)
		less(&s.preempt)
		if s.holds {
			s.sent--
		}
		silent := -time.Duration(s.sent) * quarter
		if s.holds && !s.up && silent >= time.Duration(t.core.DownAdverts)*t.core.Advert {
			*s = seat{changed: s.changed, due: none, preempt: none}
		}
		if s.holds && silent > time.Duration(t.core.DownAdverts)*t.core.Advert {
			return i, fmt.Errorf("an address is held for %v without an advert", silent)
		}
		if !s.up && s.due < 0 {
			s.due = -1 // past is past
		}
	}
	for n := range i.letters {
		if i.letters[n].there {
			i.letters[n].in--
		}
	}
	for n := range i.together {
		if i.together[n] == none {
			continue
		}
		if i.together[n]++; time.Duration(i.together[n])*quarter > t.core.Advert {
			return i, fmt.Errorf("two masters hear each other for more than an interval")
		}
	}
	return i, nil
}

// hear lets a letter arrive.
func (t table) hear(i instant, l letter) (instant, error) {
	to, from := int(l.to), int(l.from)
	if !i.seats[to].up {
		return i, nil
	}
	heard := Heard{Priority: l.priority, From: t.conditions(from/t.members, false).Source, Interval: t.core.Advert}
	return t.step(i, to/t.members, to%t.members, heard)
}

// step lets a member of a router take an event.
func (t table) step(i instant, r, m int, ev Event) (instant, error) {
	g := t.group(r)
	states := make([]State, t.members)
	for n := range states {
		states[n] = t.stateOf(i.seats[r*t.members+n], r)
	}
	var effects []Effect
	if t.members == 1 {
		states[0], effects = g.Members[0].Step(states[0], ev, t0)
	} else {
		states, effects = g.Step(states, m, ev, t0)
	}
	return t.settle(i, r, states, effects)
}

// settle puts what became of a router into the state, and its adverts on their way.
func (t table) settle(i instant, r int, states []State, effects []Effect) (instant, error) {
	for n, s := range states {
		t.sit(&i.seats[r*t.members+n], s)
	}
	for _, e := range effects {
		if e.Member == Whole {
			continue
		}
		s := &i.seats[r*t.members+e.Member]
		switch e.Do {
		case Advertise:
			s.sent = 0
			t.post(&i, r, e.Member, e.Priority)
		case AddAddresses:
			s.holds = true
		case RemoveAddresses:
			s.holds, s.sent = false, 0
		}
	}
	for m := range t.members {
		s := i.seats[r*t.members+m]
		if s.holds != (s.role == Master) {
			return i, fmt.Errorf("router %d is %v and holds its address: %v", r, s.role, s.holds)
		}
		if first := i.seats[r*t.members].role; (s.role == Master) != (first == Master) {
			return i, fmt.Errorf("a member of router %d stands alone: %v beside %v", r, s.role, first)
		}
	}
	return i, nil
}

// post sends an advert to all others that run. More than the wire has room for are lost.
func (t table) post(i *instant, r, m int, priority uint8) {
	for other := range t.routers {
		if other == r || !i.seats[other*t.members].up {
			continue
		}
		l := letter{there: true, from: uint8(r*t.members + m), to: uint8(other*t.members + m), priority: priority}
		if n := slices.IndexFunc(i.letters[:], func(l letter) bool { return !l.there }); n >= 0 {
			i.letters[n] = l
			i.inOrder()
		} else {
			t.part(i, l)
		}
	}
}

// crash ends a router's process; what it knew is in its record.
func (t table) crash(i *instant, r int) {
	for m := range t.members {
		s := &i.seats[r*t.members+m]
		s.up = false
		if s.role != Master && s.role != Backup {
			*s = seat{changed: s.changed, due: none, preempt: none}
		}
	}
	for n, l := range i.letters { // nobody hears them
		if l.there && int(l.to)/t.members == r {
			i.letters[n] = letter{}
		}
	}
}

// start starts a router, from its record where that is fresh.
func (t table) start(i instant, r int) (instant, error) {
	g := t.group(r)
	var saved []SavedState
	var found []Conditions
	changed := i.seats[r*t.members].changed
	for m := range t.members {
		s := i.seats[r*t.members+m]
		found = append(found, t.conditions(r, changed))
		saved = append(saved, SavedState{Role: s.role, Sent: at(0).Add(time.Duration(s.sent) * quarter), Due: instantOf(s.due),
			Interval: time.Duration(s.learned) * time.Millisecond, Priority: s.priority, Holder: holderOf(s)})
	}
	states := Resume(g.Members, saved, found, t0)
	for m := range t.members {
		s := &i.seats[r*t.members+m]
		*s = seat{up: true, changed: changed, sent: s.sent, holds: states != nil && states[m].Role == Master}
	}
	if states == nil {
		states = make([]State, t.members)
	}
	var err error
	if i, err = t.settle(i, r, states, nil); err != nil {
		return i, err
	}
	for m := range t.members {
		if i, err = t.step(i, r, m, ConditionsChanged{found[m]}); err != nil {
			return i, err
		}
	}
	return i, nil
}

// stateOf is what the machine knows of a seat, as if it were t0.
func (t table) stateOf(s seat, r int) State {
	state := State{Role: s.role, Conditions: t.conditions(r, s.changed), Priority: s.priority, Due: instantOf(s.due), Down: time.Duration(s.down) * time.Millisecond,
		Interval: time.Duration(s.learned) * time.Millisecond, Wants: s.wants, Preempt: instantOf(s.preempt), Cause: Preempting, Holder: holderOf(s)}
	if s.waits {
		state.Cause = AdvertTimeout
	}
	return state
}

// sit puts a state of the machine into its seat.
func (t table) sit(s *seat, state State) {
	s.role, s.priority, s.wants = state.Role, state.Priority, state.Wants
	s.due, s.preempt = quarters(state.Due), quarters(state.Preempt)
	s.down, s.learned = int16(state.Down/time.Millisecond), int16(state.Interval/time.Millisecond)
	s.waits, s.hears = state.Cause == AdvertTimeout, state.Holder.IsValid() && state.Role == Backup
	if s.role != Master {
		s.sent = 0
	}
}

func holderOf(s seat) netip.Addr {
	if s.hears {
		return netip.AddrFrom4([4]byte{192, 0, 2, 100})
	}
	return netip.Addr{}
}

func instantOf(n int8) time.Time {
	if n == none {
		return time.Time{}
	}
	return t0.Add(time.Duration(n) * quarter)
}

func quarters(at time.Time) int8 {
	if at.IsZero() {
		return none
	}
	return int8((at.Sub(t0) + quarter - 1) / quarter)
}

// part notes that two routers did not hear each other.
func (t table) part(i *instant, l letter) {
	n := pairOf(int(l.from)/t.members, int(l.to)/t.members)
	if i.together[n] != none {
		i.together[n] = 0
	}
}

func pairOf(a, b int) int { return a + b - 1 }

// pairs notes who are masters at once now.
func (t table) pairs(i *instant) {
	for a := range t.routers {
		for b := a + 1; b < t.routers; b++ {
			both := t.leads(*i, a) && t.leads(*i, b)
			if n := pairOf(a, b); !both {
				i.together[n] = none
			} else if i.together[n] == none {
				i.together[n] = 0
			}
		}
	}
}
