package vrrp

import (
	"net/netip"
	"time"
)

// SavedState is what an earlier run of the same instance left behind.
type SavedState struct {
	Role     Role
	Reason   Reason
	Since    time.Time
	Sent     time.Time // the last advert, if it was master
	Due      time.Time // when the master would have counted as down, if it was a backup
	Priority uint8     // effective
	Holder   netip.Addr
	Held     uint8 // the holder's priority
}

// Resume gives the states with which a team goes on, one for each member: all of
// them were masters until just now, or all of them backups. It gives none where the
// team has to begin anew.
func Resume(members []Instance, saved []SavedState, found []Conditions, now time.Time) []State {
	fresh := true
	for i, in := range members {
		fresh = fresh && in.Fresh(saved[i], now)
	}
	states := make([]State, len(members))
	for i, in := range members {
		waits := false
		if fresh {
			states[i], _ = in.Resume(saved[i], found[i], now)
		} else if states[i], waits = in.Wait(saved[i], found[i], now); !waits {
			return nil
		}
	}
	return states
}

// Fresh says whether a master's memory may be taken up again: it is younger
// than the time after which the others stop waiting for its adverts.
func (in Instance) Fresh(m SavedState, now time.Time) bool {
	if m.Role != Master {
		return false
	}
	age := now.Sub(m.Sent)
	return age >= 0 && age < in.Down(m.Priority)
}

// Resume goes on where a fresh memory ended, without telling anyone: the
// addresses are held again (those still there are not touched) and the next
// advert goes out when it would have, or at once. The blocks of gratuitous ARP
// that were still to come, come.
func (in Instance) Resume(m SavedState, f Conditions, now time.Time) (State, []Effect) {
	s := State{Role: Master, Since: m.Since, Reason: m.Reason, Conditions: f}
	s.Priority = in.Effective(f.Adjust)
	s.Down = in.Down(s.Priority)
	s.Holder, s.HolderPriority = f.Source, s.Priority
	if s.Due = m.Sent.Add(in.Advert); s.Due.Before(now) {
		s.Due = now
	}
	// Since is wall-clock time: after that clock was set back the block is perhaps
	// over, but never further away than its delay.
	if wait := m.Since.Add(in.Garp.Delay).Sub(now); wait > 0 && wait <= in.Garp.Delay {
		s.Second = now.Add(wait)
	}
	if in.Garp.Refresh > 0 {
		s.Refresh = now.Add(in.Garp.Refresh)
	}
	return s, []Effect{{Do: AddAddresses}}
}

// Wait is a backup's way to go on: it keeps what was left of its timer, but
// gives the master one interval to be heard, since it was deaf for a while. It
// reports false if the memory is of no use.
func (in Instance) Wait(m SavedState, f Conditions, now time.Time) (State, bool) {
	if m.Role != Backup || !m.Due.After(now) || m.Due.After(now.Add(in.Down(PriorityLowest))) {
		return State{}, false
	}
	s := State{Role: Backup, Since: m.Since, Reason: m.Reason, Conditions: f, Cause: AdvertTimeout}
	s.Priority = in.Effective(f.Adjust)
	s.Down = in.Down(s.Priority)
	s.Holder, s.HolderPriority = m.Holder, m.Held
	if s.Due = m.Due; s.Due.Before(now.Add(in.Advert + Skew(s.Priority))) {
		s.Due = now.Add(in.Advert + Skew(s.Priority))
	}
	return s, true
}
