package vrrprole

import (
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/model"
)

// announcer sends gratuitous ARP and unsolicited neighbour advertisements, on each
// interface no faster than its pace: a switch that learns slowly loses what comes
// in a burst. It belongs to the writer; what has to wait waits in a queue, so that
// no address waits behind it.
type announcer struct {
	send    func(link string, a netip.Addr) error
	holds   func(announcement) bool // whether it still is to be sent: an address may be gone by then
	refused func(announcement, error)

	pace pace
	free map[lane]time.Time // when a lane may be used again
	late []announcement     // those that wait, in order
}

// announcement is one frame that is to be sent for a router.
type announcement struct {
	key  routerKey
	link string
	addr netip.Addr
}

// lane is what is paced as one for one family: an interface, or all those of a
// garp_group.
type lane struct {
	group int    // its place in the configuration, from 1; 0 is none
	link  string // where there is no group
	v6    bool
}

// pace is the least time between two announcements. The zero value sends them back
// to back.
type pace struct {
	garp, gna time.Duration // on an interface of no group
	groups    []paceGroup
}

// paceGroup is a garp_group: its interfaces wait for each other. An interval of 0
// says nothing, and that of an interface of no group counts.
type paceGroup struct {
	garp, gna time.Duration
	links     []string
}

// paceOf is how fast announcements may follow each other.
func paceOf(cfg model.Config) pace {
	p := pace{garp: cfg.Global.GarpInterval.Val.Duration(), gna: cfg.Global.GNAInterval.Val.Duration()}
	for _, g := range cfg.GarpGroups {
		p.groups = append(p.groups, paceGroup{g.GarpInterval.Val.Duration(), g.GNAInterval.Val.Duration(), g.Interfaces})
	}
	return p
}

// laneOf tells what an announcement is paced as, and how far apart its frames are.
func (p pace) laneOf(n announcement) (lane, time.Duration) {
	v6 := n.addr.Is6()
	of := func(garp, gna time.Duration) time.Duration {
		if v6 {
			return gna
		}
		return garp
	}
	for i, g := range p.groups {
		if every := of(g.garp, g.gna); every > 0 && slices.Contains(g.links, n.link) {
			return lane{group: i + 1, v6: v6}, every
		}
	}
	return lane{link: n.link, v6: v6}, of(p.garp, p.gna)
}

// setPace changes the pace. What waits goes on waiting for as long as it was to.
func (a *announcer) setPace(p pace) { a.pace = p }

// add sends what may be sent now and queues the rest, in place of what is queued
// of the same addresses: a neighbour that claims one again and again makes no
// backlog.
func (a *announcer) add(now time.Time, list []announcement) {
	fresh := make(map[announcement]bool, len(list))
	for _, n := range list {
		fresh[n] = true
	}
	a.late = slices.DeleteFunc(a.late, func(n announcement) bool { return fresh[n] })
	a.late = append(a.late, list...)
	a.tick(now)
}

// due is when tick has to be called again; zero if nothing waits.
func (a *announcer) due() (at time.Time) {
	for _, n := range a.late {
		in, _ := a.pace.laneOf(n)
		if free := a.free[in]; at.IsZero() || free.Before(at) {
			at = free
		}
	}
	return at
}

// tick sends all that is due. Once one of a router was refused the others of it are
// given up: they would be, too.
func (a *announcer) tick(now time.Time) {
	busy, broken := map[lane]bool{}, map[routerKey]bool{}
	var waiting []announcement
	for _, n := range a.late {
		if broken[n.key] || !a.holds(n) {
			continue
		}
		in, every := a.pace.laneOf(n)
		if every > 0 && (busy[in] || a.free[in].After(now)) {
			busy[in] = true
			waiting = append(waiting, n)
			continue
		}
		if err := a.send(n.link, n.addr); err != nil {
			broken[n.key] = true
			a.refused(n, err)
			continue
		}
		if every > 0 {
			a.free[in] = now.Add(every)
		}
	}
	a.late = slices.DeleteFunc(waiting, func(n announcement) bool { return broken[n.key] })
}
