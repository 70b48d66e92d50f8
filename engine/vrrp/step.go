package vrrp

import "time"

// move is one step in the making.
type move struct {
	in      Instance
	s       State
	now     time.Time
	kind    groupKind
	effects []Effect
}

func (m *move) do(e Effect) { m.effects = append(m.effects, e) }

// after is when a backup's timer of this length runs out that is started now. As with
// keepalived it runs from the end of vrrp_startup_delay.
func (m *move) after(wait time.Duration) time.Time {
	if m.now.Before(m.in.NotBefore) {
		return m.in.NotBefore.Add(wait)
	}
	return m.now.Add(wait)
}

func (m *move) take(ev Event) {
	if m.s.Role == Stopped {
		return
	}
	switch ev := ev.(type) {
	case Tick:
		m.tick()
	case Heard:
		m.heard(ev)
	case Refused:
		m.refused(ev)
	case ConditionsChanged:
		m.conditionsChanged(ev.Conditions)
	case AddressLost:
		if m.s.Role == Master {
			m.leave(Backup, AddressRemoved, true)
		}
	case Reconfigured:
		m.reconfigured()
	case Stop:
		m.stop(ev)
	case begin:
		m.begin()
	case allReady:
		m.becomeMaster(m.s.Cause)
	case faultsCleared:
		m.becomeBackup(FaultsGone)
	case reannounce:
		m.announceLower()
	case followGroup:
		m.followGroup(ev)
	}
}

// conditionsChanged takes note of new surroundings. A member of a sync group leaves Init
// and Fault only with its group.
func (m *move) conditionsChanged(f Conditions) {
	was := m.s.Conditions.Standby
	m.s.Conditions = f
	if f.Standby.Lowest() != was.Lowest() {
		m.changePriority(InMaintenance)
	} else {
		m.changePriority(TrackMoved)
	}
	switch m.s.Role {
	case Init:
		if m.kind == alone && f.Fault != NoReason {
			m.leave(Fault, f.Fault, false)
		} else if m.kind == alone && !f.Waiting {
			m.begin()
		}
	case Backup, Master:
		if f.Fault != NoReason {
			m.leave(Fault, f.Fault, true)
		} else {
			m.standBy(was)
		}
	case Fault:
		if f.Fault != NoReason {
			m.s.Reason = f.Fault
		} else if m.kind == alone && !f.Waiting {
			m.becomeBackup(FaultsGone)
		}
	}
}

// changePriority brings the effective priority up to date. A backup that waits moves
// its timer by the difference of the two skews; nothing else is disturbed.
func (m *move) changePriority(why Reason) {
	was, is := m.s.Priority, m.in.Under(m.s.Conditions)
	m.s.Priority = is
	down := m.in.DownOf(is, m.in.interval(m.s))
	if m.s.Role == Backup && !m.s.Due.IsZero() {
		m.s.Due = m.s.Due.Add(down - m.s.Down)
	}
	m.s.Down = down
	if m.s.Role == Master {
		m.s.HolderPriority = is
		m.s.Holder = m.s.Conditions.Source
	}
	if was != is && m.s.Role != Init {
		m.do(Effect{Do: PriorityChanged, Was: was, Priority: is, Reason: why})
	}
}

func (m *move) reconfigured() {
	m.changePriority(Configured)
	if m.s.Role != Master {
		return
	}
	// A shorter interval counts from now; a longer one after the next advert.
	if soon := m.now.Add(m.in.Advert); m.s.Due.After(soon) {
		m.s.Due = soon
	}
	m.s.Refresh = m.sooner(m.s.Refresh, m.in.Garp.Refresh)
	m.s.Elsewhere = m.sooner(m.s.Elsewhere, m.in.Elsewhere)
}

// sooner is when something is due that is done so often from now on, and was due at an
// instant before.
func (m *move) sooner(at time.Time, every time.Duration) time.Time {
	next := m.now.Add(every)
	switch {
	case every <= 0:
		return time.Time{}
	case at.IsZero() || at.After(next):
		return next
	}
	return at
}

// begin leaves Init. RFC 3768, section 6.4.1: the owner becomes master at once,
// anyone else a backup. keepalived shortens the first wait of `state MASTER`.
func (m *move) begin() {
	first := m.in.Master && m.s.Conditions.Standby == NoStandby
	owner := first && m.in.Priority == PriorityOwner
	if owner && m.kind == alone && !m.now.Before(m.in.NotBefore) {
		m.becomeMaster(Owner)
		return
	}
	m.becomeBackup(Started)
	switch {
	case owner && m.kind != mixed:
		m.s.Due, m.s.Cause = m.after(0), Owner
	case first && m.kind == alone:
		m.s.Due, m.s.Cause = m.after(m.in.Advert+m.in.Skew(255, m.in.Advert)), StartMaster
	}
}

// tick does what is due.
func (m *move) tick() {
	switch m.s.Role {
	case Backup:
		if !due(m.s.Due, m.now) {
			return
		}
		if m.now.Before(m.in.NotBefore) { // it was put off meanwhile
			m.s.Due = m.after(m.s.Down)
			return
		}
		if m.kind == alone {
			m.becomeMaster(m.s.Cause)
			return
		}
		m.s.Due, m.s.Wants = time.Time{}, true
	case Master:
		if due(m.s.Due, m.now) {
			m.advertise(m.said())
			m.nextAdvert()
		}
		m.tickGarp()
	}
}

// nextAdvert keeps the beat: a late advert does not move the next one, unless it
// came so late that the two would be sent together.
func (m *move) nextAdvert() {
	next := m.s.Due.Add(m.in.Advert)
	if next.Before(m.now.Add(m.in.Advert / 2)) {
		next = m.now.Add(m.in.Advert)
	}
	m.s.Due = next
}

func (m *move) tickGarp() {
	g := m.in.Garp
	if due(m.s.Second, m.now) {
		m.s.Second = time.Time{}
		m.do(Effect{Do: GratuitousARP, Count: g.Repeat})
	}
	if due(m.s.Lower, m.now) {
		m.s.Lower = time.Time{}
		m.do(Effect{Do: GratuitousARP, Count: g.LowerRepeat})
	}
	if due(m.s.Refresh, m.now) {
		m.s.Refresh = m.now.Add(g.Refresh)
		m.do(Effect{Do: GratuitousARP, Count: g.RefreshRepeat})
	}
	if due(m.s.Elsewhere, m.now) {
		m.s.Elsewhere = m.now.Add(m.in.Elsewhere)
		m.do(Effect{Do: AnnounceElsewhere})
	}
}

func (m *move) stop(ev Stop) {
	reason, told := WasStopped, Stopped
	if ev.Removed {
		reason, told = WasRemoved, Fault
	}
	m.leave(Stopped, reason, true)
	m.effects[len(m.effects)-1].To = told
}

func (m *move) followGroup(ev followGroup) {
	if m.s.Role != ev.role && m.s.Role != Stopped {
		m.leave(ev.role, ev.reason, ev.resign)
	}
}
