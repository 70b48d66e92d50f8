package vrrp

import "time"

// heard is an advert that counts, but for the owner that hears none.
func (m *move) heard(adv Heard) {
	if m.in.Ignores && m.s.Priority == PriorityOwner && m.s.Conditions.Standby == NoStandby {
		return
	}
	switch m.s.Role {
	case Backup:
		m.heardAsBackup(adv)
	case Master:
		m.heardAsMaster(adv)
	}
}

// heardAsBackup is RFC 3768, section 6.4.2, with keepalived's preempt_delay.
func (m *move) heardAsBackup(adv Heard) {
	s := &m.s
	if adv.Priority == PriorityResign {
		s.Due, s.Cause, s.Wants = m.after(m.afterResign()), PriorityZero, false
		return
	}
	if m.awaitsBetter(adv) {
		return
	}
	s.Holder, s.HolderPriority = adv.From, adv.Priority
	if !m.accepts(adv) {
		// The timer goes on: when it ends, we take over.
		s.Cause = Preempting
		return
	}
	m.learn(adv)
	s.Due, s.Cause, s.Wants = m.after(s.Down), AdvertTimeout, false
	if adv.Priority >= s.Priority || s.Conditions.Standby.Defers() {
		s.Preempt = time.Time{}
	} else if s.Preempt.IsZero() && m.in.PreemptDelay > 0 {
		s.Preempt = m.now.Add(m.in.PreemptDelay)
	}
}

// awaitsBetter says whether a backup of version 3 awaits a better master than the sender
// of adv for longer than adv would have it wait. That sender yields to the better one, with
// higher_prio_send_advert not without a last advert, or does not hear it. Its interval is
// the shorter one: by that a backup would take over from a master that is there, and yield
// with a last advert of its own, for ever.
func (m *move) awaitsBetter(adv Heard) bool {
	if m.in.Version != Version3 || adv.Interval <= 0 || !m.s.Holder.IsValid() || adv.From == m.s.Holder {
		return false
	}
	worse := adv.Priority < m.s.HolderPriority || adv.Priority == m.s.HolderPriority && adv.From.Less(m.s.Holder)
	return worse && m.after(m.in.DownOf(m.s.Priority, adv.Interval)).Before(m.s.Due)
}

// learn takes over the interval of a master that a backup of version 3 defers to (RFC
// 9568, section 6.4.2).
func (m *move) learn(adv Heard) {
	if m.in.Version == Version3 && adv.Interval > 0 {
		m.s.Interval = adv.Interval
		m.s.Down = m.in.DownOf(m.s.Priority, adv.Interval)
	}
}

// refused changes nothing but why a backup will be master: it does hear a router,
// whose adverts it may not count. Beside a master that it accepts this says nothing
// of that one.
func (m *move) refused(adv Refused) {
	s := &m.s
	silence := s.Cause == AdvertTimeout || s.Cause == StartMaster
	if s.Role == Backup && silence && (!s.Holder.IsValid() || s.Holder == adv.From) {
		s.Cause = AdvertsRefused
	}
}

// accepts says whether a backup defers to the sender of adv.
func (m *move) accepts(adv Heard) bool {
	if adv.Priority >= m.s.Priority || m.in.NoPreempt || m.s.Conditions.Standby.Defers() {
		return true
	}
	return m.in.PreemptDelay > 0 && !due(m.s.Preempt, m.now)
}

// heardAsMaster is RFC 3768, section 6.4.3; the answer to a lower priority is
// keepalived's (and RFC 9568's): assert at once, so that the other gives way, unless
// lower_prio_no_advert leaves it to the next advert.
func (m *move) heardAsMaster(adv Heard) {
	switch own := m.s.Conditions.Source; {
	case adv.Priority == PriorityResign && m.s.Conditions.Standby.Asks():
		// Both ask, and an answer would be answered. The lower address gives way, and
		// waits as after any priority 0: the other one perhaps stops.
		if own.Less(adv.From) {
			m.yield(adv, m.s.Conditions.Standby.reason())
			m.s.Due, m.s.Cause = m.after(m.afterResign()), PriorityZero
		}
	case adv.Priority == PriorityResign:
		m.assert()
	case m.givesWay(adv):
		m.yield(adv, m.s.Conditions.Standby.reason())
	case adv.Priority > m.s.Priority:
		m.yield(adv, m.yields(adv, HigherPriority))
	case adv.Priority == m.s.Priority && adv.From == own:
		// Our own address from elsewhere: there is nobody to elect against.
	case adv.Priority == m.s.Priority && own.Less(adv.From):
		m.yield(adv, m.yields(adv, HigherAddress))
	default:
		if !m.in.NoAnswer {
			m.assert()
		}
		m.announceLower()
		m.do(Effect{Do: NotifyLower})
	}
}

// assert sends an advert now and starts the interval anew; with lower_prio_no_advert,
// as with keepalived, the interval goes on.
func (m *move) assert() {
	m.advertise(m.s.Priority)
	if !m.in.NoAnswer {
		m.s.Due = m.now.Add(m.in.Advert)
	}
}

// yield gives the addresses to a better master, without resigning: it is there. With
// higher_prio_send_advert that one hears of us first, and so repeats its gratuitous ARP:
// after a partition clients have learned the router that spoke last.
func (m *move) yield(adv Heard, why Reason) {
	if m.in.LastAdvert {
		m.advertise(m.said())
	}
	m.leave(Backup, why, false)
	m.learn(adv)
	m.s.Due = m.after(m.s.Down)
	m.s.Holder, m.s.HolderPriority = adv.From, adv.Priority
}

// announceLower repeats the gratuitous ARP after somebody else claimed to be
// master, now and once more later: switches and neighbours may have learned him.
func (m *move) announceLower() {
	if m.s.Role != Master {
		return
	}
	m.do(Effect{Do: GratuitousARP, Count: m.in.Garp.LowerRepeat})
	if m.in.Garp.LowerDelay > 0 {
		m.s.Lower = m.now.Add(m.in.Garp.LowerDelay)
	}
}
