package vrrp

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"
)

// How long a world is disturbed and then left in peace, in intervals of its slowest
// router, and at the end of that nothing may move any more.
const (
	chaos  = 40
	settle = 45
	calm   = 15
)

// world is one simulated network. Each member of a router's group has a segment
// of its own.
type world struct {
	rnd     *rand.Rand
	beat    time.Duration // the longest interval of any router
	now     time.Time
	queue   events
	nodes   []*node
	loss    float64
	doubles float64
	delay   time.Duration
	cut     [][]int    // [segment][node]: which part of the segment a node is in
	deaf    [][][]bool // [segment][from][to]: nothing gets there
	settled bool
	moved   error

	together []rivals // [(segment*n+node)*n+node]
	count    int      // of events
	masters  int      // how often a router became master
	trace    func(string, ...any)
}

// node is one router: a sync group, or one instance alone.
type node struct {
	id      int
	rate    float64 // how fast its clock goes
	group   Group
	states  []State
	holding []bool
	sent    []time.Time // by its own clock, like all below
	thawed  time.Time   // when its machine was last resumed
	adjust  int
	standby Standby
	down    []bool // the link of each member
	running bool
	saved   []SavedState // what a crash left
	stalled bool         // the process stands still
	frozen  bool         // and its machine with it
	backlog []func()     // what waits in the sockets of a stalled one
	waking  time.Time    // the earliest wake-up in the queue
	turn    int          // counts starts, crashes and stalls
	leads   bool         // it is master, and attends to that
}

type event struct {
	at  time.Time
	seq int
	do  func()
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || q[i].at.Equal(q[j].at) && q[i].seq < q[j].seq
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q *events) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func (w *world) after(d time.Duration, do func()) {
	heap.Push(&w.queue, event{w.now.Add(d), w.rnd.IntN(1 << 30), do})
}

// clock is what the clock of a node shows.
func (w *world) clock(n *node) time.Time {
	return t0.Add(time.Duration(float64(w.now.Sub(t0)) * n.rate))
}

// until is how long it takes until the clock of a node shows at, 0 if it did already.
func (w *world) until(n *node, at time.Time) time.Duration {
	left := float64(at.Sub(w.clock(n))) / n.rate
	return max(time.Duration(left)+time.Microsecond, 0)
}

// live runs the world from start to verdict.
func (w *world) live() error {
	for _, n := range w.nodes {
		w.after(w.upTo(5*w.beat), func() { w.start(n, nil) })
	}
	for range w.rnd.IntN(50) {
		w.after(w.upTo(chaos*w.beat), w.mishap)
	}
	w.after(chaos*w.beat, w.heal)
	w.after((chaos+settle-calm)*w.beat, func() { w.settled = true })
	end := t0.Add((chaos + settle) * w.beat)
	for len(w.queue) > 0 && w.moved == nil {
		if w.count++; w.count > 200_000 { // a quiet world needs some thousand
			return fmt.Errorf("a storm of adverts")
		}
		ev := heap.Pop(&w.queue).(event)
		if ev.at.After(end) {
			break
		}
		w.now = ev.at
		ev.do()
		w.judge()
	}
	if w.moved != nil {
		return fmt.Errorf("%v after the start: %w", w.now.Sub(t0), w.moved)
	}
	return w.verdict()
}

func (w *world) conditions(n *node, m int) Conditions {
	f := Conditions{Source: netip.AddrFrom4([4]byte{192, 0, 2, byte(n.id + 1)})}
	if len(n.down) == 1 {
		f.Adjust = n.adjust
	}
	f.Standby = n.standby
	if n.down[m] {
		f.Fault = LinkDown
	}
	return f
}

func (w *world) stand(n *node) {
	for m := range n.states {
		w.tell(n, m, ConditionsChanged{w.conditions(n, m)})
	}
}

// start begins a node, from its memories where they are fresh.
func (w *world) start(n *node, memories []SavedState) {
	if n.running {
		return
	}
	n.turn++
	n.running, n.waking, n.saved = true, time.Time{}, nil
	n.states = make([]State, len(n.down))
	n.sent = make([]time.Time, len(n.down))
	n.holding = make([]bool, len(n.down))
	fresh := false
	if len(memories) > 0 {
		found := make([]Conditions, len(memories))
		for m := range found {
			found[m] = w.conditions(n, m)
			n.sent[m] = memories[m].Sent
		}
		if states := Resume(n.group.Members, memories, found, w.clock(n)); states != nil {
			n.states, fresh = states, states[0].Role == Master
		}
		for m := range n.holding {
			n.holding[m] = fresh
		}
	}
	w.trace("%v node %d starts, fresh %v", w.now.Sub(t0), n.id, fresh)
	w.stand(n)
}

// tell lets a node take an event and carries out what follows.
func (w *world) tell(n *node, m int, ev Event) {
	if !n.running {
		return
	}
	if n.stalled {
		n.backlog = append(n.backlog, func() { w.tell(n, m, ev) })
		return
	}
	before := n.group.Role(n.states)
	var effects []Effect
	if len(n.states) == 1 {
		n.states[0], effects = n.group.Members[0].Step(n.states[0], ev, w.clock(n))
	} else {
		n.states, effects = n.group.Step(n.states, m, ev, w.clock(n))
	}
	for _, e := range effects {
		switch e.Do {
		case Advertise:
			w.send(n, e.Member, e.Priority)
		case AddAddresses:
			n.holding[e.Member] = true
		case RemoveAddresses:
			n.holding[e.Member] = false
		}
	}
	w.whole(n)
	if after := n.group.Role(n.states); after != before {
		w.trace("%v node %d (priority %d): %v -> %v, %v", w.now.Sub(t0), n.id, n.states[0].Priority, before, after, n.states[0].Reason)
		if after == Master {
			w.masters++
		}
		if w.settled {
			w.moved = fmt.Errorf("node %d still moves to %v", n.id, after)
		}
		w.follow(n, after)
	}
	w.wake(n)
}

// wake brings the node's next deadline into the queue.
func (w *world) wake(n *node) {
	var next time.Time
	for _, s := range n.states {
		if at := s.Next(); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.IsZero() || next.Equal(n.waking) {
		return
	}
	n.waking = next
	w.after(w.until(n, next), func() {
		if n.running && !n.stalled && n.waking.Equal(next) {
			w.tick(n)
		}
	})
}

// tick does what is due in a node.
func (w *world) tick(n *node) {
	n.waking = time.Time{}
	for m := range n.states {
		if due(n.states[m].Next(), w.clock(n)) {
			w.tell(n, m, Tick{})
		}
	}
	w.wake(n)
}

// send brings an advert to all who are on the same part of the segment.
func (w *world) send(from *node, segment int, priority uint8) {
	from.sent[segment] = w.clock(from)
	if from.down[segment] {
		return
	}
	heard := Heard{Priority: priority, From: w.conditions(from, segment).Source, Interval: from.group.Members[segment].Advert}
	for _, to := range w.nodes {
		if to == from || !w.reaches(from, to, segment) {
			continue
		}
		for copies := 1; copies > 0; copies-- {
			if w.rnd.Float64() < w.doubles {
				copies++
			}
			if w.rnd.Float64() < w.loss {
				continue
			}
			w.after(w.upTo(w.delay+time.Microsecond), func() {
				if !to.down[segment] && !to.frozen {
					w.tell(to, segment, heard)
				}
			})
		}
	}
}

// reaches says whether the wire brings adverts of a node to another one.
func (w *world) reaches(from, to *node, segment int) bool {
	return w.cut[segment][to.id] == w.cut[segment][from.id] && !w.deaf[segment][from.id][to.id]
}
