package vrrprole

import (
	"maps"
	"net/netip"
	"slices"
	"time"

	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/vrrp"
)

// maxComplaints bounds what is kept of one router: forged senders make no more.
const maxComplaints = 16

// complaints are what is wrong with the adverts that the routers hear, for as long as
// such adverts come. The journal tells of each fault of a router once, until its role
// or its master changes or the fault ends, and of that end.
type complaints struct {
	note func(journal.Entry)
	list []complaint
	told map[fault]bool
}

// fault is what is wrong with adverts for a router.
type fault struct {
	router routerKey
	why    vrrp.Refusal
}

// complaint is a fault of the adverts of one sender.
type complaint struct {
	fault
	from        netip.Addr
	object      string // the router's name
	count       uint64
	since, last time.Time
	ends        time.Time         // when it counts as over
	lacks       []netip.Addr      // our addresses that the adverts do not carry
	args        map[string]string // what its words name besides the sender
	muted       bool              // our adverts may keep the sender from speaking
	during      uint64            // how many came while we were master
}

// fewAdverts are as many as a sender gets out at most before our adverts mute it.
const fewAdverts = 3

// mutedFor is how long a sender that fell silent so may still be master.
const mutedFor = 10 * time.Minute

// add counts an advert that one tells of. The complaint is over when no other came
// until one.ends, or long after where the sender may have been muted: it said little.
func (c *complaints) add(one complaint) {
	same := func(other complaint) bool { return other.fault == one.fault && other.from == one.from }
	if i := slices.IndexFunc(c.list, same); i >= 0 {
		one.since, one.count, one.during = c.list[i].since, c.list[i].count+1, c.list[i].during
		one.wait()
		c.list[i] = one
	} else {
		c.makeRoom(one.router)
		one.since, one.count = one.last, 1
		one.wait()
		c.list = append(c.list, one)
	}
	if !c.told[one.fault] {
		c.told[one.fault] = true
		facts := map[string]string{journal.FactCode: string(one.why), journal.FactFrom: one.from.String()}
		maps.Copy(facts, one.args)
		c.note(journal.Entry{Kind: journal.Notice, Object: one.object, Facts: facts})
	}
}

// wait puts off the end of a complaint about a sender that may be muted.
func (one *complaint) wait() {
	if !one.muted {
		return
	}
	one.during++
	if one.muted = one.during <= fewAdverts; one.muted {
		one.ends = one.last.Add(mutedFor)
	}
}

// begins takes note that a router is master from now on: its adverts may mute those
// whose adverts it refused, and those with other addresses, who may refuse ours.
func (c *complaints) begins(router routerKey, now time.Time) {
	for i, one := range c.list {
		if one.router == router && (one.why.Mutes() || one.why == vrrp.OddAddresses) {
			c.list[i].during, c.list[i].muted, c.list[i].ends = 0, true, now.Add(mutedFor)
		}
	}
}

// speaks takes note that a sender speaks again and is understood, but for what is wrong
// with its adverts now.
func (c *complaints) speaks(router routerKey, from netip.Addr, wrong vrrp.Refusal, now time.Time) {
	for i, one := range c.list {
		if one.router == router && one.from == from && one.muted && one.why != wrong {
			c.list[i].muted, c.list[i].ends = false, now
		}
	}
}

// makeRoom forgets the sender that a router did not hear longest, if it has too many.
func (c *complaints) makeRoom(router routerKey) {
	list := c.of(router)
	if len(list) < maxComplaints {
		return
	}
	oldest := slices.MinFunc(list, func(a, b complaint) int { return a.last.Compare(b.last) })
	c.list = slices.DeleteFunc(c.list, func(one complaint) bool { return one.fault == oldest.fault && one.from == oldest.from })
}

// of gives those about the adverts for a router, in the order in which they began.
func (c *complaints) of(router routerKey) (list []complaint) {
	for _, one := range c.list {
		if one.router == router {
			list = append(list, one)
		}
	}
	return list
}

// tellAgain has the journal tell once more of what is wrong for a router.
func (c *complaints) tellAgain(router routerKey) {
	maps.DeleteFunc(c.told, func(f fault, _ bool) bool { return f.router == router })
}

// forget leaves out the routers that are not there any more.
func (c *complaints) forget(routers map[routerKey]*router) {
	c.list = slices.DeleteFunc(c.list, func(one complaint) bool { return routers[one.router] == nil })
	maps.DeleteFunc(c.told, func(f fault, _ bool) bool { return routers[f.router] == nil })
}

// end forgets what is over at an instant, and tells of a fault that nobody's adverts
// have any more.
func (c *complaints) end(now time.Time) {
	var over []complaint
	c.list = slices.DeleteFunc(c.list, func(one complaint) bool {
		if now.Before(one.ends) {
			return false
		}
		over = append(over, one)
		return true
	})
	for i, one := range over {
		same := func(other complaint) bool { return other.fault == one.fault }
		if !slices.ContainsFunc(c.list, same) && !slices.ContainsFunc(over[i+1:], same) {
			delete(c.told, one.fault)
			ended := vrrp.PacketsEnded
			if one.muted {
				ended = vrrp.PacketsSilent
			}
			c.note(journal.Entry{At: now, Kind: journal.Notice, Object: one.object, Facts: map[string]string{
				journal.FactCode: string(ended), journal.FactFrom: one.from.String()}})
		}
	}
}

// next is when the first of them is over; zero if there is none.
func (c *complaints) next() (next time.Time) {
	for _, one := range c.list {
		if next.IsZero() || one.ends.Before(next) {
			next = one.ends
		}
	}
	return next
}

// carries takes note that a sender's adverts carry all addresses of a router again.
func (c *complaints) carries(router routerKey, from netip.Addr) {
	for i, one := range c.list {
		if one.router == router && one.from == from {
			c.list[i].lacks = nil
		}
	}
}

// lackedBy gives the addresses of a router that a sender's adverts do not carry.
func (c *complaints) lackedBy(router routerKey, from netip.Addr) (lacks []netip.Addr) {
	for _, one := range c.list {
		if one.router == router && one.from == from {
			lacks = append(lacks, one.lacks...)
		}
	}
	return lacks
}

// status tells what is wrong with the adverts for a router.
func (c *complaints) status(router routerKey) (list []control.Complaint) {
	for _, one := range c.of(router) {
		list = append(list, control.Complaint{Code: string(one.why), From: one.from.String(), Count: one.count,
			Since: one.since, Last: one.last, Dropped: one.why.Drops(), Args: one.args})
	}
	return list
}
