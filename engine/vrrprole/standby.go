package vrrprole

import (
	"maps"
	"slices"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/realtime"
	"holdfast/engine/vrrp"
)

// asksAgain is how often a node in maintenance asks others to take over what it has to
// hold: a backup that may not preempt takes over only when it is asked.
const asksAgain = time.Minute

// standbys are what operators want of who holds the addresses, and who asks now.
type standbys struct {
	orders
	asks map[string]time.Time // teams whose masters ask others to take over, until when
}

// of is how far a team holds back. An interface that has an address without VRRP cannot
// give it up.
func (s standbys) of(t *team) vrrp.Standby {
	if t == nil || s.Maintenance == nil && len(s.HandedOver) == 0 || t.owns() {
		return vrrp.NoStandby
	}
	_, asks := s.asks[t.name()]
	_, handed := s.handedOver(t)
	switch {
	case s.Maintenance != nil && asks:
		return vrrp.Withdraws
	case s.Maintenance != nil:
		return vrrp.Maintenance
	case handed && asks:
		return vrrp.HandsOver
	case handed:
		return vrrp.HandedOver
	}
	return vrrp.NoStandby
}

// handedOver is the hand-over of a team: one of any member is one of all.
func (s standbys) handedOver(t *team) (order, bool) {
	for _, r := range t.routers {
		if one, ok := s.HandedOver[r.cfg.Name]; ok {
			return one, true
		}
	}
	return order{}, false
}

// clone is a copy for a plan.
func (s standbys) clone() standbys { return standbys{s.orders, maps.Clone(s.asks)} }

// name is that of the sync group, or of the instance alone.
func (t *team) name() string {
	if t.group != nil {
		return t.group.Name
	}
	return t.routers[0].cfg.Name
}

// holder is the master that any of its backups hears; "" is none.
func (t *team) holder() string {
	for _, r := range t.routers {
		if holder := r.state.Holder; r.state.Role == vrrp.Backup && holder.IsValid() {
			return holder.String()
		}
	}
	return ""
}

func (t *team) members() (names []string) {
	for _, r := range t.routers {
		names = append(names, r.cfg.Name)
	}
	return names
}

// owns says whether an interface has addresses of the team without VRRP.
func (t *team) owns() bool {
	return slices.ContainsFunc(t.routers, func(r *router) bool { return len(r.own) > 0 })
}

// asksFor is how long its masters ask.
func (t *team) asksFor() (most time.Duration) {
	for _, r := range t.routers {
		most = max(most, r.core.AsksFor())
	}
	return most
}

// standby carries out what operators want of who holds the addresses. An order is on disk
// before it is in force, one after the other.
type standby struct {
	standbys
	file  ordersFile
	again map[string]time.Time // teams in maintenance that nobody took over from: when they ask again
	next  time.Time            // when the first of these, or a hand-over, is due
	queue []orderChange        // the first of them is under way
	waits []standbyWait
	write chan orders // to the goroutine that writes the file; never closed; the first of queue is all that waits
}

// orderChange is one change of the orders.
type orderChange struct {
	change func(orders) orders
	done   func(error)
}

func newStandby(file ordersFile) *standby {
	return &standby{standbys: standbys{asks: map[string]time.Time{}}, file: file, again: map[string]time.Time{}, write: make(chan orders, 1)}
}

// loadStandby takes up what operators wanted before the start.
func (l *loop) loadStandby() {
	var err error
	if l.standby.orders, err = l.standby.file.read(); err != nil {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{journal.FactCode: code.StandbyLost, journal.FactReason: err.Error()}})
	}
	l.wg.Go(func() {
		for {
			select {
			case next := <-l.standby.write:
				err := error(nil)
				realtime.Aside(func() { err = l.standby.file.write(next) })
				l.tell(ordersWritten{err})
			case <-l.work.Done():
				return
			}
		}
	})
}

// keepOrders makes a change of the orders, on disk first; done is told whether that could be.
func (l *loop) keepOrders(change func(orders) orders, done func(error)) {
	l.standby.queue = append(l.standby.queue, orderChange{change, done})
	if len(l.standby.queue) == 1 {
		l.standby.write <- change(l.standby.orders)
	}
}

// ordersWritten is what became of a change.
type ordersWritten struct{ err error }

func (w ordersWritten) reach(l *loop) {
	s := l.standby
	first := s.queue[0]
	if w.err == nil {
		s.orders = first.change(s.orders)
	}
	s.queue = s.queue[1:]
	first.done(w.err)
	if len(s.queue) > 0 {
		s.write <- s.queue[0].change(s.orders)
	}
	l.changed = time.Now()
}

// followStandby brings what operators want in line with who is master now, and what is due.
func (l *loop) followStandby(now time.Time) {
	s := l.standby
	s.next = time.Time{}
	if s.Maintenance == nil && len(s.HandedOver) == 0 && len(s.asks) == 0 && len(s.waits) == 0 {
		clear(s.again)
		return
	}
	for _, t := range l.teams {
		l.followTeam(t, now)
	}
	for name, until := range s.asks {
		if !slices.ContainsFunc(l.teams, func(t *team) bool { return t.name() == name }) {
			delete(s.asks, name) // it is configured no more
			continue
		}
		s.wake(until)
	}
	for name, at := range s.again {
		if _, asks := s.asks[name]; !asks {
			s.wake(at)
		}
	}
	l.answerStandby(now)
}

// wake has the loop look at the clock at an instant.
func (s *standby) wake(at time.Time) {
	if !at.IsZero() && (s.next.IsZero() || at.Before(s.next)) {
		s.next = at
	}
}

// followTeam is followStandby for one team.
func (l *loop) followTeam(t *team, now time.Time) {
	s, name, master := l.standby, t.name(), t.role() == vrrp.Master
	_, isHanded := s.handedOver(t)
	until, asks := s.asks[name]
	switch {
	case asks && !master:
		delete(s.asks, name)
		l.tellStandby(t, code.StandbyMoved)
	case asks && !now.Before(until) && s.Maintenance != nil:
		delete(s.asks, name)
		if _, told := s.again[name]; !told {
			l.tellStandby(t, code.StandbyKept)
		}
		s.again[name] = now.Add(asksAgain)
	case asks && !now.Before(until):
		delete(s.asks, name)
		l.endHandOver(t, code.StandbyKept)
	case asks:
	case s.Maintenance != nil && master && !t.owns():
		if at, waits := s.again[name]; !waits {
			s.again[name] = now.Add(asksAgain)
		} else if !now.Before(at) {
			s.asks[name] = now.Add(t.asksFor())
		}
	case isHanded && master && s.Maintenance == nil:
		l.endHandOver(t, code.StandbyBack)
	}
	_, asks = s.asks[name]
	if handed, still := s.handedOver(t); still && !asks && !handed.Until.IsZero() {
		if s.wake(handed.Until); !now.Before(handed.Until) {
			l.endHandOver(t, code.StandbyEnded)
			s.wake(now) // once more, without it
		}
	}
	if _, told := s.again[name]; told && (!master || s.Maintenance == nil) {
		delete(s.again, name)
		if s.Maintenance != nil {
			l.tellStandby(t, code.StandbyMoved)
		}
	}
}

// endHandOver ends the hand-over of a team by itself. It is over now, whether the disk
// knows that or not: what is read after a restart ends in the same way.
func (l *loop) endHandOver(t *team, why string) {
	names := t.members()
	l.tellStandby(t, why)
	l.standby.orders = l.standby.with(names, nil)
	l.keepOrders(func(o orders) orders { return o.with(names, nil) }, func(err error) {
		if err != nil {
			l.log.Warn("the end of a hand-over is not on disk", "object", t.name(), "reason", err)
		}
	})
}

// tellStandby puts into the journal what became of a team whose masters asked, or held back.
func (l *loop) tellStandby(t *team, what string) {
	facts := map[string]string{journal.FactTo: what}
	one, handed := l.standby.handedOver(t)
	if m := l.standby.Maintenance; m != nil {
		one, facts[journal.FactReason] = *m, code.InMaintenance
	} else if handed {
		facts[journal.FactReason] = code.HandedOver
	}
	facts[journal.FactOwner], facts[journal.FactNote] = one.Owner, one.Reason
	if holder := t.holder(); holder != "" {
		facts[journal.FactHolder] = holder
	}
	l.note(journal.Entry{Kind: journal.HandOver, Object: t.name(), Facts: facts})
}

// standbyCode is where a team stands that holds back.
func (l *loop) standbyCode(t *team) string {
	_, asks := l.standby.asks[t.name()]
	switch {
	case t.owns():
		return code.StandbyOwns
	case asks:
		return code.StandbyAsks
	case t.role() == vrrp.Master:
		return code.StandbyKept
	}
	return code.StandbyMoved
}

// standbyStatus is how far operators have a team hold back; nil: not at all.
func (l *loop) standbyStatus(t *team) *control.StandbyStatus {
	s := control.StandbyStatus{Mode: "maintenance", Code: l.standbyCode(t)}
	one, handed := l.standby.handedOver(t)
	switch {
	case l.standby.Maintenance != nil:
		one = *l.standby.Maintenance
	case handed:
		s.Mode = "hand-over"
	default:
		return nil
	}
	s.Owner, s.Reason, s.Since, s.Until = one.Owner, one.Reason, one.Since, one.Until
	return &s
}

// maintenanceStatus is the maintenance of the node; nil: it is in none.
func (l *loop) maintenanceStatus() *control.MaintenanceStatus {
	m := l.standby.Maintenance
	if m == nil {
		return nil
	}
	s := &control.MaintenanceStatus{Owner: m.Owner, Reason: m.Reason, Since: m.Since}
	for _, t := range l.teams {
		if t.role() == vrrp.Master {
			s.Holds = append(s.Holds, t.name())
		}
	}
	return s
}
