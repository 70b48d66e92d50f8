package vrrp

import (
	"fmt"
	"time"
)

// whole demands that a group is master as a whole or not at all, and that a master has
// its addresses and nobody else any.
func (w *world) whole(n *node) {
	for i, s := range n.states {
		if (s.Role == Master) != (n.states[0].Role == Master) {
			w.moved = fmt.Errorf("node %d is master in part only", n.id)
		}
		if n.holding[i] != (s.Role == Master) {
			w.moved = fmt.Errorf("node %d is %v but holds its address: %v", n.id, s.Role, n.holding[i])
		}
	}
}

// judge looks, after each event, at what must hold at any time.
func (w *world) judge() {
	for _, n := range w.nodes {
		w.adverts(n)
		n.leads = n.running && !n.stalled && n.group.Role(n.states) == Master
	}
	for _, n := range w.nodes {
		for _, other := range w.nodes[n.id+1:] {
			w.two(n, other)
		}
	}
}

// adverts demands that no address outlives its adverts by more than the shortest time
// after which a peer counts the master as gone. A machine that stands still answers
// nobody, and holds nothing.
func (w *world) adverts(n *node) {
	if n.frozen {
		return
	}
	now := w.clock(n)
	for m, in := range n.group.Members {
		last := n.sent[:len(n.holding)]
		if !n.running && len(last) == 0 || m >= len(n.holding) || !n.holding[m] {
			continue
		}
		since := last[m]
		if n.thawed.After(since) {
			since = n.thawed
		}
		if silent := now.Sub(since); silent > time.Duration(in.DownAdverts)*in.Advert+slack {
			w.moved = fmt.Errorf("node %d holds an address without an advert for %v", n.id, silent)
		}
	}
}

// slack is for what a clock that drifts rounds.
const slack = time.Millisecond

// rivals are two nodes on one segment.
type rivals struct {
	since  time.Time // when both were masters that hear each other; zero: they are not
	better *node     // which of them stays
}

// two demands that two masters that hear each other are two for one interval at most. RFC
// 9568, section 6.4.3, has the worse one yield when it hears the better one, which
// advertises once in its interval, by its own clock; the wire adds its delay. That the
// better one answers the worse one makes it sooner, but lower_prio_no_advert forbids that.
// Where another priority makes the other one the better, that one may have advertised just
// before, as the worse: the interval begins anew. So it does on each segment by itself.
func (w *world) two(a, b *node) {
	for m := range a.down {
		p := &w.together[(m*len(w.nodes)+a.id)*len(w.nodes)+b.id]
		if !w.bothMasters(a, b, m) {
			*p = rivals{}
			continue
		}
		if better := betterOf(a, b, m); p.better != better {
			*p = rivals{w.now, better}
		}
		longest := time.Duration(float64(p.better.group.Members[m].Advert)/p.better.rate) + w.delay + slack
		if both := w.now.Sub(p.since); both > longest {
			w.moved = fmt.Errorf("nodes %d and %d hear each other and are both master for %v", a.id, b.id, both)
		}
	}
}

// betterOf is which of two masters stays: one that asks others to take over does not, and
// of two equal ones the higher address does, which b has.
func betterOf(a, b *node, m int) *node {
	rank := func(n *node) uint8 {
		if n.standby.Asks() {
			return PriorityResign
		}
		return n.states[m].Priority
	}
	if rank(a) > rank(b) {
		return a
	}
	return b
}

// bothMasters says whether two nodes are master and hear each other on a segment. What
// came late on the way is not heard yet.
func (w *world) bothMasters(a, b *node, m int) bool {
	return a.leads && b.leads && w.loss == 0 &&
		w.reaches(a, b, m) && w.reaches(b, a, m) && !a.down[m] && !b.down[m]
}

// verdict demands one master, whole, and the best where the best may preempt.
func (w *world) verdict() error {
	var holder *node
	best := uint8(0)
	free := true
	for _, n := range w.nodes {
		switch n.group.Role(n.states) {
		case Master:
			if holder != nil {
				return fmt.Errorf("nodes %d and %d are both master", holder.id, n.id)
			}
			holder = n
		case Backup:
		default:
			return fmt.Errorf("node %d is %v", n.id, n.group.Role(n.states))
		}
		for m, s := range n.states {
			if s.Role != n.states[0].Role {
				return fmt.Errorf("node %d is %v in one and %v in member %d", n.id, n.states[0].Role, s.Role, m)
			}
		}
		if n.standby != HandedOver {
			best = max(best, n.states[0].Priority)
		}
		free = free && !n.group.Members[0].NoPreempt
	}
	if holder == nil {
		return fmt.Errorf("nobody is master")
	}
	if free && holder.states[0].Priority != best {
		return fmt.Errorf("node %d of priority %d is master, the best has %d", holder.id, holder.states[0].Priority, best)
	}
	return nil
}
