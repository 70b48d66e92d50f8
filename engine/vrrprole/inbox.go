package vrrprole

import (
	"slices"
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/vrrp"
)

// input is something that came in for the loop. What it means for the surroundings
// of the instances is looked at when reach has returned: see loop.settle.
type input interface{ reach(l *loop) }

// loopQuestion is a request from outside.
type loopQuestion func(*loop)

func (q loopQuestion) reach(l *loop) { q(l) }

// reach hands a packet to the router it is for, if that is still there.
func (p packet) reach(l *loop) {
	if r := l.addressee(p); r != nil && l.sockets.has(p.socket) {
		l.heard(r, p.packet)
	}
}

// reach has the socket opened anew with the next try.
func (d deafSocket) reach(l *loop) {
	if l.sockets.has(d.socket) {
		l.sockets.drop(d)
		l.changed = time.Now()
	}
}

func (n kernelNews) reach(l *loop) {
	switch ev := n.event.(type) {
	case kernel.LinkEvent:
		was := l.links.byName[ev.Link.Name]
		if l.links.link(ev) {
			if l.wish.about(ev.Link.Name) && (ev.Gone || was.Index != ev.Link.Index || was.MTU != ev.Link.MTU) {
				l.writer.wantAgain()
			}
			if ev.Renamed != "" {
				l.writer.follow(ev.Link.Name, ev.Renamed)
			}
			l.sockets.retry()
			l.changed = ev.At
		}
	case kernel.AddrEvent:
		l.links.address(ev)
		if !l.vips[ev.Prefix.Addr()] {
			l.changed = ev.At
		} else if ev.Gone {
			// It may have been our own doing, long overtaken.
			l.verify(func(r *router) bool { return r.holds(ev.Link, ev.Prefix) })
		}
	}
}

func (list linkList) reach(l *loop) {
	for from, to := range l.links.set(list) {
		l.writer.follow(from, to)
	}
	l.writer.wantAgain()
	l.sockets.retry()
	l.changed = time.Now()
	l.verify(func(*router) bool { return true })
}

// verify has the writer look after the addresses of masters.
func (l *loop) verify(which func(*router) bool) {
	for _, t := range l.teams {
		for _, r := range t.routers {
			if r.state.Role == vrrp.Master && which(r) {
				l.writer.verify(r.key)
			}
		}
	}
}

func (m missingAddresses) reach(l *loop) {
	r := l.routers[m.router]
	if r == nil || r.state.Role != vrrp.Master {
		return
	}
	words := make([]string, len(m.addrs))
	for i, p := range m.addrs {
		words[i] = p.String()
	}
	l.note(journal.Entry{Kind: journal.Drift, Object: r.cfg.Name, Facts: map[string]string{
		journal.FactOperation: "ip address del " + strings.Join(words, " "), journal.FactReason: string(vrrp.AddressRemoved)}})
	l.step(r.team, r.member, vrrp.AddressLost{}, time.Now())
}

func (v foreignAddress) reach(l *loop) {
	l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{
		journal.FactCode: code.AddressNotOurs, journal.FactAddress: v.Prefix.String(), journal.FactInterface: v.Link}})
}

func (v kernelRefusal) reach(l *loop) { l.refused(v) }

// refused tells of what the kernel did not do: once, not with every try.
func (l *loop) refused(v kernelRefusal) {
	l.later()
	if l.refusals[v] {
		return
	}
	l.refusals[v] = true
	l.note(journal.Entry{Kind: journal.KernelError, Facts: map[string]string{journal.FactOperation: v.operation, journal.FactReason: v.reason}})
}

func (u unable) reach(l *loop) {
	if !slices.Equal(u, l.unable) {
		l.unable = u
		l.sockets.retry()
		l.changed = time.Now()
	}
}

func (v scriptRan) reach(l *loop) {
	news, changed, known := l.scripts.observe(v)
	for _, e := range news {
		l.note(e)
	}
	if s := v.script; known {
		l.record.saveScript(s)
	}
	if changed {
		l.changed = v.at
	}
}

func (n scriptNotified) reach(l *loop) {
	l.note(journal.Entry{Kind: journal.ScriptFailed, Object: n.object,
		Facts: map[string]string{journal.FactCommand: strings.TrimSpace(n.command), journal.FactReason: n.reason}})
}
