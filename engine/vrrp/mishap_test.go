package vrrp

import "time"

// mishap is one thing going wrong, or right again.
func (w *world) mishap() {
	n := w.nodes[w.rnd.IntN(len(w.nodes))]
	m := w.rnd.IntN(len(n.down))
	switch w.rnd.IntN(18) {
	case 0:
		w.loss = w.rnd.Float64() * 0.6
	case 1:
		w.delays(w.upTo(w.beat / 20))
	case 2:
		w.delays(w.upTo(2 * w.beat)) // an advert comes behind those sent after it
	case 3:
		w.doubles = w.rnd.Float64() * 0.5
	case 4:
		for i := range w.cut[m] {
			w.cut[m][i] = w.rnd.IntN(2)
		}
	case 5:
		to := w.rnd.IntN(len(w.nodes))
		w.deaf[m][n.id][to] = !w.deaf[m][n.id][to]
	case 6:
		w.mendWire()
	case 7:
		n.down[m] = !n.down[m]
		w.tell(n, m, ConditionsChanged{w.conditions(n, m)})
	case 8:
		n.adjust = w.rnd.IntN(60) - 30
		w.stand(n)
	case 9:
		w.tell(n, m, AddressLost{})
	case 10:
		if !n.frozen {
			w.crash(n)
			w.after(w.upTo(8*w.beat), func() { w.start(n, n.saved) })
		}
	case 11:
		w.reboot(n)
	case 12:
		w.stop(n)
	case 13:
		w.stall(n, w.upTo(8*w.beat))
	case 14:
		w.freeze(n, w.upTo(8*w.beat))
	case 15:
		w.reload(n)
	case 16:
		w.order(n, [...]Standby{HandsOver, Withdraws}[w.rnd.IntN(2)])
	case 17:
		w.order(n, NoStandby)
	}
}

// order is an operator's wish. One that asks others does so for a while.
func (w *world) order(n *node, s Standby) {
	w.standby(n, s)
	w.after(n.group.Members[0].AsksFor(), func() {
		switch n.standby {
		case HandsOver: // nobody took over
			w.standby(n, NoStandby)
		case Withdraws:
			w.standby(n, Maintenance)
		}
	})
}

func (w *world) standby(n *node, s Standby) {
	if n.standby == s {
		return
	}
	w.trace("%v node %d stands by: %d", w.now.Sub(t0), n.id, s)
	n.standby = s
	w.stand(n)
}

// follow is what the role makes of a node that moved.
func (w *world) follow(n *node, to Role) {
	switch {
	case n.standby == HandsOver && to != Master:
		w.standby(n, HandedOver)
	case n.standby == Withdraws && to != Master:
		w.standby(n, Maintenance)
	case n.standby == HandedOver && to == Master:
		w.standby(n, NoStandby)
	}
}

// delays changes how long adverts take at most. What is on the way comes when it would
// have, so the time that two masters may take begins anew.
func (w *world) delays(longest time.Duration) {
	w.delay = longest
	clear(w.together)
}

// mendWire ends all that the wire does to adverts.
func (w *world) mendWire() {
	w.loss, w.doubles = 0, 0
	w.delays(w.beat / 1000)
	for _, part := range w.cut {
		clear(part)
	}
	for _, segment := range w.deaf {
		for _, to := range segment {
			clear(to)
		}
	}
}

// heal mends everything; a router that is away by then comes back by itself.
func (w *world) heal() {
	w.trace("%v healed", w.now.Sub(t0))
	w.mendWire()
	for _, n := range w.nodes {
		clear(n.down)
		w.stand(n)
	}
}

// crash ends the process of a node. Its addresses stay, until it is started again or its
// parent takes it for gone.
func (w *world) crash(n *node) {
	if !n.running {
		return
	}
	w.trace("%v node %d crashes", w.now.Sub(t0), n.id)
	n.turn++
	n.running, n.stalled, n.frozen, n.backlog, n.saved = false, false, false, nil, nil
	for m, s := range n.states {
		n.saved = append(n.saved, SavedState{Role: s.Role, Reason: s.Reason, Since: s.Since, Sent: n.sent[m],
			Due: s.Due, Interval: s.Interval, Priority: s.Priority, Holder: s.Holder, Held: s.HolderPriority})
	}
	w.attend(n)
}

// attend has the parent release what a process holds that is dead or stands still, once
// a peer may count its adverts as missing. The record goes with the addresses.
func (w *world) attend(n *node) {
	turn := n.turn
	w.after(w.until(n, w.deadline(n)), func() {
		if n.turn != turn || n.frozen || !anyOf(n.holding) {
			return
		}
		w.trace("%v the parent of node %d releases", w.now.Sub(t0), n.id)
		if n.running {
			w.crash(n)
			w.after(w.upTo(w.beat), func() { w.start(n, n.saved) })
		}
		clear(n.holding)
		n.saved = nil
	})
}

// deadline is when the first of a node's peers may count it as gone, by its own clock.
func (w *world) deadline(n *node) (first time.Time) {
	for m, in := range n.group.Members {
		if at := n.sent[m].Add(time.Duration(in.DownAdverts) * in.Advert); m == 0 || at.Before(first) {
			first = at
		}
	}
	return first
}

func anyOf(list []bool) bool {
	for _, is := range list {
		if is {
			return true
		}
	}
	return false
}

// reboot takes a whole machine away, and what it held and kept.
func (w *world) reboot(n *node) {
	w.crash(n)
	clear(n.holding)
	n.saved = nil
	w.after(w.upTo(8*w.beat), func() {
		for m := range n.group.Members {
			n.group.Members[m].NotBefore = time.Time{}
			if w.chance(2) {
				n.group.Members[m].NotBefore = w.clock(n).Add(w.beat)
			}
		}
		w.start(n, nil)
	})
}

// stop ends a node in good order.
func (w *world) stop(n *node) {
	if !n.running || n.stalled {
		return
	}
	w.tell(n, Everyone, Stop{})
	n.turn++
	n.running, n.saved = false, nil
	w.after(w.upTo(8*w.beat), func() { w.start(n, nil) })
}

// stall stops the process of a node for a while; its sockets go on hearing.
func (w *world) stall(n *node, long time.Duration) {
	if !n.running || n.stalled {
		return
	}
	w.trace("%v node %d stands still for %v", w.now.Sub(t0), n.id, long)
	n.turn++
	n.stalled = true
	turn := n.turn
	w.attend(n)
	w.after(long, func() { w.goOn(n, turn) })
}

// freeze stops the machine of a node for a while. Nobody there attends to anything, and
// nothing answers at its addresses.
func (w *world) freeze(n *node, long time.Duration) {
	if !n.running || n.stalled {
		return
	}
	w.trace("%v the machine of node %d stands still for %v", w.now.Sub(t0), n.id, long)
	n.turn++
	n.stalled, n.frozen = true, true
	turn := n.turn
	w.after(long, func() {
		n.thawed = w.clock(n)
		w.goOn(n, turn)
	})
}

// goOn ends a standstill: what waits in the sockets is heard before the clock is read.
func (w *world) goOn(n *node, turn int) {
	if n.turn != turn || !n.stalled {
		return
	}
	w.trace("%v node %d goes on", w.now.Sub(t0), n.id)
	backlog := n.backlog
	n.turn++
	n.stalled, n.frozen, n.backlog = false, false, nil
	for _, take := range backlog {
		take()
	}
	w.tick(n)
	w.stand(n)
}

// reload gives a node another text. A master tells its peers first, as the role does.
func (w *world) reload(n *node) {
	if !n.running || n.stalled {
		return
	}
	for m, s := range n.states {
		if s.Role == Master {
			w.send(n, m, s.Priority)
		}
	}
	in := n.group.Members[0]
	in.Priority = w.drawPriority()
	if in.Version == Version3 {
		in.Advert = min(intervals[w.rnd.IntN(len(intervals))], w.beat)
	}
	in.PreemptDelay = 0
	if in.NoPreempt = in.NoPreempt && w.chance(2); !in.Master && w.chance(5) {
		in.PreemptDelay = time.Duration(w.rnd.IntN(8)) * in.Advert
	}
	clear(w.together)
	w.trace("%v node %d is reloaded: priority %d, interval %v", w.now.Sub(t0), n.id, in.Priority, in.Advert)
	for m := range n.group.Members {
		n.group.Members[m] = in
	}
	for m, s := range n.states {
		if s.Role != Init {
			w.tell(n, m, Reconfigured{})
		}
	}
	w.stand(n)
}
