package vrrp

import "time"

// Standby is how far an operator has an instance hold back.
type Standby uint8

// The ways to hold back. A master that asks others to take over resigns with each of its
// adverts and holds the addresses until somebody else speaks: where nobody does, nothing
// is lost.
const (
	NoStandby   Standby = iota
	HandsOver           // a master asks; a backup defers
	HandedOver          // a backup defers to every master, and takes over from none that speaks
	Withdraws           // a master asks; the priority is the lowest
	Maintenance         // the priority is the lowest: every other router goes first
)

// Asks says whether a master asks others to take over.
func (s Standby) Asks() bool { return s == HandsOver || s == Withdraws }

// Defers says whether a backup takes over from no master that speaks.
func (s Standby) Defers() bool { return s == HandsOver || s == HandedOver }

// Lowest says whether every other router goes first.
func (s Standby) Lowest() bool { return s == Withdraws || s == Maintenance }

// reason is why an instance that holds back yields.
func (s Standby) reason() Reason {
	if s.Lowest() {
		return InMaintenance
	}
	return WasHandedOver
}

// AsksFor is how long a master asks at most: each router that hears one of three adverts
// has had its skew.
func (in Instance) AsksFor() time.Duration { return in.DownOf(PriorityLowest, in.Advert) }

// Under is the effective priority under these conditions.
func (in Instance) Under(c Conditions) uint8 {
	if c.Standby.Lowest() {
		return PriorityLowest
	}
	return in.Effective(c.Adjust)
}

// said is the priority in a master's adverts.
func (m *move) said() uint8 {
	if m.s.Conditions.Standby.Asks() {
		return PriorityResign
	}
	return m.s.Priority
}

// standBy has a master that begins or ceases to ask say so at once.
func (m *move) standBy(was Standby) {
	if is := m.s.Conditions.Standby; m.s.Role == Master && is.Asks() != was.Asks() {
		m.advertise(m.said())
		m.s.Due = m.now.Add(m.in.Advert)
	}
}

// afterResign is how long a backup waits after a master's priority 0. In maintenance it
// lets one more advert come: that master perhaps only asks, and goes on if nobody else is
// there.
func (m *move) afterResign() time.Duration {
	interval := m.in.interval(m.s)
	wait := m.in.Skew(m.s.Priority, interval)
	if m.s.Conditions.Standby.Lowest() {
		wait += interval
	}
	return wait
}

// givesWay says whether a master that asks hears a router that has taken over.
func (m *move) givesWay(adv Heard) bool {
	return m.s.Conditions.Standby.Asks() && adv.Priority != PriorityResign && adv.From != m.s.Conditions.Source
}

// yields is why a master yields to a better one: it would not have without an operator.
func (m *move) yields(adv Heard, why Reason) Reason {
	c := m.s.Conditions
	if c.Standby.Lowest() && adv.Priority <= m.in.Effective(c.Adjust) {
		return c.Standby.reason()
	}
	return why
}
