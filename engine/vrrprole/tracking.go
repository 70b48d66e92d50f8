package vrrprole

import (
	"net/netip"
	"slices"
	"strconv"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// survey looks at what every instance stands on and tells it where that
// changed.
func (l *loop) survey(now time.Time) {
	if !l.begun {
		return
	}
	for _, t := range l.teams {
		for i, r := range t.routers {
			f := l.footing(r)
			l.holdBack(r, f)
			l.tellSurplus(r)
			if f != r.state.Conditions || r.state.Role == vrrp.Init {
				if f.Source.IsValid() {
					r.source = f.Source
				}
				l.step(t, i, vrrp.ConditionsChanged{Conditions: f}, now)
			}
		}
	}
}

// footing is what an instance stands on now.
func (l *loop) footing(r *router) vrrp.Conditions {
	f := r.core.Conditions(l.sourceOf(r), l.answer)
	switch {
	case slices.Contains(l.unable, string(vrrp.NoNetRaw)):
		f.Fault = vrrp.NoNetRaw
	case slices.Contains(l.unable, string(vrrp.NoNetAdmin)):
		f.Fault = vrrp.NoNetAdmin
	case len(r.addrs) > 0 && !r.addrs[0].Prefix.Addr().Is4():
		f.Fault = vrrp.NoVersion3
	case l.links[r.key.link].Name == "":
		f.Fault, f.Object = vrrp.NoInterface, r.key.link
	case f.Fault == vrrp.NoReason && r.socket == nil:
		f.Fault = vrrp.NoSocket
	}
	return f
}

// answer is what is known of a tracked thing.
func (l *loop) answer(t vrrp.Track) vrrp.Answer {
	if t.Kind == vrrp.ByScript {
		if s := l.scripts[t.Name]; s != nil {
			return s.answer()
		}
		return vrrp.Absent
	}
	link, exists := l.links[t.Name]
	switch {
	case !exists:
		return vrrp.Missing
	case link.Up && link.Running:
		return vrrp.Good
	}
	return vrrp.Bad
}

// sourceOf is the address a router speaks from: the configured one if it is on
// the interface, else the interface's first that is not virtual. The owner of the
// addresses has perhaps no other.
func (l *loop) sourceOf(r *router) netip.Addr {
	link := l.links[r.key.link]
	var virtual netip.Addr
	for _, p := range link.Addrs {
		ip := p.Addr()
		switch {
		case !ip.Is4():
		case r.cfg.Source.Val.IsValid():
			if ip == r.cfg.Source.Val {
				return ip
			}
		case !l.vips[ip]:
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
	var held []control.Held
	if f.Fault != vrrp.NoReason && f.Fault != vrrp.ScriptFailed {
		h := control.Held{Object: r.cfg.Name, Code: string(f.Fault), Args: map[string]string{"interface": r.key.link}}
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
		l.note(journal.Entry{Kind: journal.Unheld, Object: r.cfg.Name, Facts: map[string]string{"object": r.cfg.Name, "code": was[0].Code}})
	case len(held) > 0:
		l.note(journal.Entry{Kind: journal.Held, Object: r.cfg.Name, Facts: map[string]string{
			"object": r.cfg.Name, "code": held[0].Code, "interface": held[0].Args["interface"]}})
	}
}

// tellSurplus tells how many addresses of a router no advert speaks of, when
// that changes.
func (l *loop) tellSurplus(r *router) {
	n := len(r.told) - len(r.wire.Addrs)
	if n > 0 && n != r.surplus {
		l.note(journal.Entry{Kind: journal.Notice, Object: r.cfg.Name, Facts: map[string]string{
			"code": "addresses-not-advertised", "count": strconv.Itoa(n), "limit": strconv.Itoa(len(r.wire.Addrs))}})
	}
	r.surplus = n
}

// tryAgain looks anew at all that is held back: rights and sockets do not tell
// when they change. The writer does the looking.
func (l *loop) tryAgain(now time.Time) {
	l.openSockets()
	l.survey(now)
	for _, s := range l.scripts {
		if s.absent != "" {
			l.later()
		}
	}
	for _, t := range l.teams {
		for _, r := range t.routers {
			if len(r.held) > 0 {
				l.later()
			}
		}
	}
	if len(l.unable) > 0 {
		l.writer.do(func(*writer) { l.tell(unable(l.opt.Lacks())) })
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

func (u unable) reach(l *loop) {
	if !slices.Equal(u, l.unable) {
		l.unable = u
		l.openSockets()
		l.survey(time.Now())
	}
}

// arps says whether gratuitous ARP makes sense on a link.
func arps(link kernel.Link) bool { return link.Name != "" && !link.NoARP && !link.Loopback }
