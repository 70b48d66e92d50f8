package vrrp

import (
	"net/netip"
	"time"
)

func (m *move) advertise(priority uint8) {
	m.do(Effect{Do: Advertise, Priority: priority})
}

// becomeMaster goes in keepalived's order. The advert comes first so that the
// old master can drop its addresses before our gratuitous ARP.
func (m *move) becomeMaster(why Reason) {
	from := m.enter(Master, why)
	m.s.Holder, m.s.HolderPriority = m.s.Conditions.Source, m.s.Priority
	m.s.Due = m.now.Add(m.in.Advert)
	if m.in.Garp.Delay > 0 {
		m.s.Second = m.now.Add(m.in.Garp.Delay)
	}
	if m.in.Garp.Refresh > 0 {
		m.s.Refresh = m.now.Add(m.in.Garp.Refresh)
	}
	if m.in.Elsewhere > 0 {
		m.s.Elsewhere = m.now.Add(m.in.Elsewhere)
	}
	m.advertise(m.s.Priority)
	m.do(Effect{Do: LogTransition, From: from, To: Master, Reason: why, Priority: m.s.Priority})
	m.do(Effect{Do: AddAddresses})
	m.do(Effect{Do: GratuitousARP, Count: m.in.Garp.Repeat})
	m.do(Effect{Do: Notify, From: from, To: Master, Reason: why, Priority: m.s.Priority})
}

// becomeBackup is leave for those who hold nothing.
func (m *move) becomeBackup(why Reason) { m.leave(Backup, why, false) }

// leave goes to any role but Master. A master drops its addresses before it
// tells of the change, and first of all resigns if it is to (FAULT, stop): the
// backup then takes over after its skew.
func (m *move) leave(to Role, why Reason, resign bool) {
	from := m.enter(to, why)
	if from == Master {
		if resign {
			m.advertise(PriorityResign)
		}
		m.do(Effect{Do: RemoveAddresses})
	}
	if to == Backup {
		wait := m.s.Down
		if resign {
			wait = m.in.Skew(m.s.Priority, m.in.Advert) // like every backup that heard priority 0
		}
		m.s.Due, m.s.Cause = m.after(wait), AdvertTimeout
	}
	m.do(Effect{Do: LogTransition, From: from, To: to, Reason: why, Priority: m.s.Priority})
	m.do(Effect{Do: Notify, From: from, To: to, Reason: why, Priority: m.s.Priority})
}

// enter sets the role and forgets whatever belonged to the old one. It gives
// the role before.
func (m *move) enter(to Role, why Reason) Role {
	from := m.s.Role
	m.s = State{
		Role: to, Since: m.now, Reason: why,
		Conditions: m.s.Conditions, Priority: m.s.Priority, Down: m.in.Down(m.s.Priority),
		Holder: netip.Addr{}, Due: time.Time{},
	}
	return from
}
