package vrrprole

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// evaluate looks at what the surroundings mean to every instance and tells it where
// that changed. lacking are the sockets that could not be opened.
func (l *loop) evaluate(now time.Time, lacking map[socketKey]bool) {
	for _, t := range l.teams {
		for i, r := range t.routers {
			c := l.conditions(r, lacking)
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

// conditions are what the surroundings mean to an instance now.
func (l *loop) conditions(r *router, lacking map[socketKey]bool) vrrp.Conditions {
	link, exists := l.links.byName[r.key.link]
	source := l.sourceOf(r, link)
	c := r.core.Conditions(source, l.answer)
	switch {
	case slices.Contains(l.unable, string(vrrp.NoNetRaw)):
		c.Fault = vrrp.NoNetRaw
	case slices.Contains(l.unable, string(vrrp.NoNetAdmin)):
		c.Fault = vrrp.NoNetAdmin
	case r.cfg.FaultNoPeer && !r.cfg.Unicast():
		c.Fault = vrrp.NoPeers
	case !exists:
		c.Fault, c.Object = vrrp.NoInterface, r.key.link
	case c.Fault == vrrp.NoReason && lacking[r.key.socket()]:
		c.Fault = vrrp.NoSocket
	}
	return c
}

// answer is what is known of a tracked thing.
func (l *loop) answer(t vrrp.Track) vrrp.Answer {
	if t.Kind == vrrp.ByScript {
		return l.scripts.answer(t.Name)
	}
	link, exists := l.links.byName[t.Name]
	switch {
	case !exists:
		return vrrp.Missing
	case link.Up && link.Running:
		return vrrp.Good
	}
	return vrrp.Bad
}

// sourceOf is the address a router speaks from: the configured one if it is on the
// interface, or for unicast anywhere on this host, else the interface's first that is
// not virtual. The owner of the addresses has perhaps no other.
func (l *loop) sourceOf(r *router, link kernel.Link) netip.Addr {
	if want := r.cfg.SourceIP(); want.IsValid() && r.wire.Unicast {
		for _, other := range l.links.byName {
			if slices.ContainsFunc(other.Addrs, func(p netip.Prefix) bool { return p.Addr() == want }) {
				return want
			}
		}
		return netip.Addr{}
	}
	return sourceOn(r, link, l.vips)
}

// sourceOn is sourceOf for an address of the interface.
func sourceOn(r *router, link kernel.Link, vips map[netip.Addr]bool) netip.Addr {
	var virtual netip.Addr
	for _, p := range link.Addrs {
		ip := p.Addr()
		switch {
		case ip.Is6() != r.wire.IPv6:
		case r.cfg.SourceIP().IsValid():
			if ip == r.cfg.SourceIP() {
				return ip
			}
		case r.wire.IPv6 && !ip.IsLinkLocalUnicast(): // RFC 9568, section 5.1.2.1
		case !vips[ip]:
			return ip
		case !virtual.IsValid():
			virtual = ip
		}
	}
	if r.core.Priority == vrrp.PriorityOwner {
		return virtual
	}
	return netip.Addr{}
}

// holdBack tells what keeps an instance from working, when that changes. A
// failed script is no obstacle of this machine: it is meant to be so.
func (l *loop) holdBack(r *router, f vrrp.Conditions) {
	var held []control.Blocked
	if f.Fault != vrrp.NoReason && f.Fault != vrrp.ScriptFailed {
		h := control.Blocked{Object: r.cfg.Name, Code: string(f.Fault), Args: map[string]string{"interface": r.key.link}}
		if f.Object != "" {
			h.Args["interface"] = f.Object
		}
		held = append(held, h)
		if l.retry.IsZero() {
			l.retry = time.Now().Add(l.opt.Retry)
		}
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
	l.changed = now
	if len(l.holdAll()) > 0 {
		l.later()
	}
	if len(l.unable) > 0 {
		l.writer.do(func(*writer) { l.tell(unable(l.opt.Lacks())) })
	}
	if len(l.leftovers.tables) > 0 {
		l.writer.do(func(*writer) { l.tell(foundTables(l.opt.KeepalivedTables())) })
	}
	l.writer.again()
}

// later asks for another try.
func (l *loop) later() {
	if l.retry.IsZero() {
		l.retry = time.Now().Add(l.opt.Retry)
	}
}

// unable is what this process may not do now.
type unable []string
