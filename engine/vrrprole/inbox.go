package vrrprole

import (
	"slices"
	"strings"
	"time"

	"holdfast/engine/bfd"
	"holdfast/engine/code"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/plan"
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
	r := l.addressee(p)
	switch {
	case !l.sockets.has(p.socket):
		l.unheard.count(dropElsewhere)
	case r != nil:
		l.heard(r, p.packet)
	case p.socket.vrids.has(p.vrid()) && !p.socket.another(p.packet):
		l.unheard.count(dropElsewhere)
	case l.cfg.Global.LogUnknownVRIDs && len(l.hearers[hearer{p.socket.key, p.vrid()}]) == 0:
		l.unknown.heard(sender{p.socket.key.link, p.vrid(), p.packet.Src})
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
			l.relink(ev)
		}
	case kernel.AddrEvent:
		l.links.address(ev)
		if !ev.Gone {
			l.sessions.retry() // one may lack its own address
		}
		if !l.vips[ev.Prefix.Addr()] {
			l.changed = ev.At
		}
		if ev.Gone && l.isStatic(ev) {
			l.writer.verify(staticKey)
		}
		if ev.Gone && l.vips[ev.Prefix.Addr()] {
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
	l.writer.verifyAll()
}

// isStatic says whether news is of a static address.
func (l *loop) isStatic(ev kernel.AddrEvent) bool {
	return slices.ContainsFunc(l.static.Addresses, func(a plan.Address) bool { return a.Link == ev.Link && a.Prefix == ev.Prefix })
}

// relink has the static things of a link that has changed there again: the kernel takes
// the routes of a link that goes down without a word.
func (l *loop) relink(ev kernel.LinkEvent) {
	if l.watching {
		l.writer.verifyAll()
	}
	if !l.static.HoldsNothing() && !ev.Gone && ev.Link.Up {
		l.writer.verify(staticKey)
		l.writer.retry(staticKey)
	}
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

// routesGone says that a route or a rule was deleted. It may have been our own doing, long
// overtaken.
type routesGone kernel.RoutesGone

func (routesGone) reach(l *loop) { l.writer.verifyAll() }

func (m lostThings) reach(l *loop) {
	if m.router == staticKey {
		l.putBack(m.lost)
		return
	}
	r := l.routers[m.router]
	if r == nil || r.state.Role != vrrp.Master {
		return
	}
	lost := tracked(m.lost, r.untracked)
	if lost.HoldsNothing() {
		return
	}
	l.noteLost(r.cfg.Name, lost)
	l.step(r.team, r.member, vrrp.AddressLost{}, time.Now())
}

// putBack has static things there again that somebody else took away.
func (l *loop) putBack(lost plan.State) {
	if lost = tracked(lost, untrackedStatic(l.cfg)); !lost.HoldsNothing() {
		l.noteLost("", lost)
		l.writer.hold(staticKey, l.static)
	}
}

// noteLost tells what of an object somebody else took away.
func (l *loop) noteLost(object string, lost plan.State) {
	operation := ""
	switch {
	case len(lost.Addresses) > 0:
		words := make([]string, len(lost.Addresses))
		for i, a := range lost.Addresses {
			words[i] = a.Prefix.String()
		}
		operation = "ip address del " + strings.Join(words, " ")
	case len(lost.Routes) > 0:
		operation = plan.Op{Verb: plan.DeleteRoute, Route: lost.Routes[0]}.String()
	default:
		operation = plan.Op{Verb: plan.DeleteRule, Rule: lost.Rules[0]}.String()
	}
	l.note(journal.Entry{Kind: journal.Drift, Object: object, Facts: map[string]string{
		journal.FactOperation: operation, journal.FactReason: string(vrrp.AddressRemoved)}})
}

// watchRoutes begins to watch routes and rules where any are ours.
func (l *loop) watchRoutes() {
	ours := Static(l.cfg)
	for _, r := range l.routers {
		ours = together(ours, r.things())
	}
	if l.watching || len(ours.Routes)+len(ours.Rules) == 0 {
		return
	}
	l.watching = true
	l.wg.Go(func() { l.links.watchRoutes(l.work) })
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

func (sessionsMoved) reach(l *loop) {
	l.tellSessions()
	l.changed = time.Now()
	if err := l.sessions.save(l.record.dir); err != nil {
		l.refused(kernelRefusal{"", "write record: " + err.Error()})
	}
}

// sessionReasons are the codes of what ends a session.
var sessionReasons = map[bfd.Diag]string{bfd.Expired: code.SessionExpired, bfd.NeighborDown: code.SessionEnded, bfd.Stopped: code.SessionStopped}

// tellSessions notes in the journal what sessions did.
func (l *loop) tellSessions() {
	for _, n := range l.sessions.takeNews() {
		facts := map[string]string{journal.FactFrom: n.from.String(), journal.FactTo: n.to.String()}
		if why := sessionReasons[n.diag]; why != "" && n.to == bfd.Down {
			if n.excused {
				why = code.SessionStopped
			}
			facts[journal.FactReason] = why
		}
		l.note(journal.Entry{At: n.at, Kind: journal.SessionState, Object: n.name, Facts: facts})
	}
	if len(l.sessions.held()) > 0 {
		l.later()
	}
}

func (n scriptNotified) reach(l *loop) {
	l.note(journal.Entry{Kind: journal.ScriptFailed, Object: n.object,
		Facts: map[string]string{journal.FactCommand: strings.TrimSpace(n.command), journal.FactReason: n.reason}})
}
