package vrrprole

import (
	"strconv"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/journal"
	"holdfast/engine/model"
	"holdfast/engine/vrrp"
)

// evaluate looks at what the surroundings mean to every instance and tells it where
// that changed. lacking are the sockets that could not be opened.
func (l *loop) evaluate(now time.Time, lacking map[socketKey]bool) {
	l.states.observe(now, l.links.byName, boundOf(l.teams))
	s := l.surroundings(lacking)
	for _, t := range l.teams {
		for i, r := range t.routers {
			c := s.conditions(r)
			l.holdBack(r, c)
			l.tellSurplus(r)
			if c != r.state.Conditions || r.state.Role == vrrp.Init {
				if c.Source.IsValid() {
					r.source = c.Source
				}
				l.step(t, i, vrrp.ConditionsChanged{Conditions: c}, now)
			}
		}
	}
}

// surroundings are those of now.
func (l *loop) surroundings(lacking map[socketKey]bool) surroundings {
	return surroundings{l.links.byName, l.made, l.vips, l.unable, lacking, l.scripts.answer, l.processes.answer, l.files.value, l.sessions.answers(), l.states.up, l.standby.standbys}
}

// holdBack tells what keeps an instance from working, when that changes.
func (l *loop) holdBack(r *router, f vrrp.Conditions) {
	held := heldBy(r, f)
	if len(held) == 0 {
		held = Limited(r.cfg, l.links.byName[r.cfg.Interface])
	}
	if len(held) > 0 {
		l.later()
	}
	was := r.held
	r.held = held
	switch {
	case len(was) > 0 && len(held) > 0 && was[0].Code == held[0].Code:
		return
	case len(held) == 0 && len(was) > 0:
		l.note(journal.Entry{Kind: journal.Unheld, Object: r.cfg.Name, Facts: map[string]string{journal.FactObject: r.cfg.Name, journal.FactCode: was[0].Code}})
	case len(held) > 0:
		l.note(journal.Entry{Kind: journal.Held, Object: r.cfg.Name, Facts: map[string]string{
			journal.FactObject: r.cfg.Name, journal.FactCode: held[0].Code, journal.FactInterface: held[0].Args["interface"]}})
	}
}

// tellSurplus tells how many addresses of a router no advert speaks of, when
// that changes.
func (l *loop) tellSurplus(r *router) {
	n := len(r.told) - len(r.wire.Addrs)
	if n > 0 && n != r.surplus {
		l.note(journal.Entry{Kind: journal.Notice, Object: r.cfg.Name, Facts: map[string]string{
			journal.FactCode: code.AddressesNotAdvertised, journal.FactCount: strconv.Itoa(n), journal.FactLimit: strconv.Itoa(len(r.wire.Addrs))}})
	}
	r.surplus = n
}

// tryAgain looks anew at all that is held back: rights and sockets do not tell
// when they change. The writer does the looking.
func (l *loop) tryAgain(now time.Time) {
	l.sockets.retry()
	l.sessions.retry()
	l.changed = now
	if len(l.holdAll()) > 0 || len(l.standing) > 0 {
		l.later()
	}
	if len(l.unable) > 0 {
		l.writer.do(func(*writer) { l.tell(unable(l.opt.Lacks())) })
	}
	if len(l.leftovers.tables) > 0 {
		l.lookForTables()
	}
	l.writer.again()
}

// lookForTables has the writer look for tables that a keepalived left.
func (l *loop) lookForTables() {
	names := model.NftablesTables(l.cfg)
	l.writer.do(func(*writer) { l.tell(foundTables(l.opt.KeepalivedTables(names))) })
}

// later asks for another try.
func (l *loop) later() {
	if l.retry.IsZero() {
		l.retry = time.Now().Add(l.opt.Retry)
	}
}

// unable is what this process may not do now.
type unable []string
