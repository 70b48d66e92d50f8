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

// two demands that two masters that hear each other are two for one interval at most:
// by then the better one has advertised.
func (w *world) two(a, b *node) {
	since := &w.together[a.id*len(w.nodes)+b.id]
	switch {
	case !w.bothMasters(a, b):
		*since = time.Time{}
	case since.IsZero():
		*since = w.now
	default:
		longest := max(a.interval(), b.interval()) + w.delay + slack
		if both := w.now.Sub(*since); both > longest {
			w.moved = fmt.Errorf("nodes %d and %d hear each other and are both master for %v", a.id, b.id, both)
		}
	}
}

// interval is how often a node advertises at the least, by the clock of the world.
func (n *node) interval() (longest time.Duration) {
	for _, in := range n.group.Members {
		longest = max(longest, time.Duration(float64(in.Advert)/n.rate))
	}
	return longest
}

// bothMasters says whether two nodes are master and hear each other on any segment. What
// came late on the way is not heard yet.
func (w *world) bothMasters(a, b *node) bool {
	if !a.leads || !b.leads || w.loss > 0 {
		return false
	}
	for m := range a.down {
		if w.reaches(a, b, m) && w.reaches(b, a, m) && !a.down[m] && !b.down[m] {
			return true
		}
	}
	return false
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
