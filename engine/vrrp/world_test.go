package vrrp

import (
	"container/heap"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"
)

var (
	worldCount = flag.Int("worlds", 3000, "how many random worlds are run")
	worldSeed  = flag.Uint64("seed", 0, "run only the world of this seed")
)

// TestAfterTheWireHealsExactlyOneMasterTheBest runs random worlds: a few routers
// on a wire that loses, delays and partitions, with links that fall, programs
// that crash and come back, and addresses that are taken away. Then everything is
// healed, and after a while there has to be one master, for good.
func TestAfterTheWireHealsExactlyOneMasterTheBest(t *testing.T) {
	if *worldSeed != 0 {
		w := newWorld(*worldSeed)
		w.trace = t.Logf
		if err := w.live(); err != nil {
			t.Fatal(err)
		}
		return
	}
	for seed := uint64(1); seed <= uint64(*worldCount); seed++ {
		if err := newWorld(seed).live(); err != nil {
			t.Errorf("-seed %d: %v", seed, err)
		}
	}
}

const (
	chaos  = 60 * time.Second
	settle = 60 * time.Second
	calm   = 20 * time.Second // at the end of which nothing may have moved
)

// world is one simulated network. Each member of a router's group has a segment
// of its own.
type world struct {
	rnd     *rand.Rand
	now     time.Time
	queue   events
	nodes   []*node
	loss    float64
	delay   time.Duration
	cut     [][]int // [segment][node]: which part of the segment a node is in
	healed  bool
	settled bool
	moved   error
	trace   func(string, ...any)
}

// node is one router: a sync group, or one instance alone.
type node struct {
	id      int
	group   Group
	states  []State
	holding []bool
	sent    []time.Time
	adjust  int
	standby Standby
	down    []bool // the link of each member
	running bool
	waking  time.Time // the earliest wake-up in the queue
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

func newWorld(seed uint64) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 1)), now: t0, trace: func(string, ...any) {}}
	members := 1
	if w.rnd.IntN(2) == 0 {
		members = 1 + w.rnd.IntN(3)
	}
	noPreempt, patient := w.rnd.IntN(5) == 0, w.rnd.IntN(5) == 0
	w.cut = make([][]int, members)
	n := 2 + w.rnd.IntN(3)
	for i := range w.cut {
		w.cut[i] = make([]int, n)
	}
	for id := range n {
		in := router()
		in.Priority = uint8(1 + w.rnd.IntN(254))
		switch w.rnd.IntN(6) {
		case 0:
			in.Priority = 100 // ties
		case 1:
			in.Priority = 255
		}
		in.Master = w.rnd.IntN(2) == 0
		in.NoPreempt = noPreempt && !in.Master
		if patient && !in.Master {
			in.PreemptDelay = time.Duration(w.rnd.IntN(8)) * time.Second
		}
		nd := &node{id: id}
		for range members {
			nd.group.Members = append(nd.group.Members, in)
		}
		nd.down = make([]bool, members)
		w.nodes = append(w.nodes, nd)
	}
	return w
}

func (w *world) after(d time.Duration, do func()) {
	heap.Push(&w.queue, event{w.now.Add(d), w.rnd.IntN(1 << 30), do})
}

func (w *world) upTo(d time.Duration) time.Duration { return time.Duration(w.rnd.Int64N(int64(d))) }

// live runs the world from start to verdict.
func (w *world) live() error {
	for _, n := range w.nodes {
		w.after(w.upTo(5*time.Second), func() { w.start(n, nil) })
	}
	for range w.rnd.IntN(40) {
		w.after(w.upTo(chaos), w.mishap)
	}
	w.after(chaos, w.heal)
	w.after(chaos+settle-calm, func() { w.settled = true })
	end := t0.Add(chaos + settle)
	for n := 0; len(w.queue) > 0 && w.moved == nil; n++ {
		if n > 100_000 { // a quiet world needs some thousand
			return fmt.Errorf("a storm of adverts")
		}
		ev := heap.Pop(&w.queue).(event)
		if ev.at.After(end) {
			break
		}
		w.now = ev.at
		ev.do()
	}
	if w.moved != nil {
		return w.moved
	}
	return w.verdict()
}

// mishap is one thing going wrong, or right again.
func (w *world) mishap() {
	n := w.nodes[w.rnd.IntN(len(w.nodes))]
	m := w.rnd.IntN(len(n.down))
	switch w.rnd.IntN(11) {
	case 0:
		w.loss = w.rnd.Float64() * 0.6
	case 1:
		w.delay = w.upTo(50 * time.Millisecond)
	case 2, 3:
		for i := range w.cut[m] {
			w.cut[m][i] = w.rnd.IntN(2)
		}
	case 4:
		n.down[m] = !n.down[m]
		w.tell(n, m, ConditionsChanged{w.conditions(n, m)})
	case 5:
		n.adjust = w.rnd.IntN(60) - 30
		w.stand(n)
	case 6:
		w.tell(n, m, AddressLost{})
	case 7: // a crash; the addresses stay where they are
		memories := w.crash(n)
		w.after(w.upTo(8*time.Second), func() { w.start(n, memories) })
	case 8:
		w.tell(n, Everyone, Stop{})
		n.running = false
		w.after(w.upTo(8*time.Second), func() { w.start(n, nil) })
	case 9:
		w.order(n, [...]Standby{HandsOver, Withdraws}[w.rnd.IntN(2)])
	case 10:
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

// heal mends everything; a router that is away by then comes back by itself.
func (w *world) heal() {
	w.trace("%v healed", w.now.Sub(t0))
	w.healed, w.loss = true, 0
	w.delay = time.Millisecond
	for _, part := range w.cut {
		clear(part)
	}
	for _, n := range w.nodes {
		clear(n.down)
		w.stand(n)
	}
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

func (w *world) crash(n *node) []SavedState {
	if !n.running {
		return nil
	}
	n.running = false
	var memories []SavedState
	for m, s := range n.states {
		memories = append(memories, SavedState{Role: s.Role, Reason: s.Reason, Since: s.Since, Sent: n.sent[m],
			Due: s.Due, Priority: s.Priority, Holder: s.Holder, Held: s.HolderPriority})
	}
	return memories
}

// start begins a node, from its memories where they are fresh.
func (w *world) start(n *node, memories []SavedState) {
	if n.running {
		return
	}
	n.running, n.waking = true, time.Time{}
	n.states = make([]State, len(n.down))
	n.sent = make([]time.Time, len(n.down))
	n.holding = make([]bool, len(n.down))
	fresh := false
	if len(memories) > 0 {
		found := make([]Conditions, len(memories))
		for m := range found {
			found[m] = w.conditions(n, m)
		}
		if states := Resume(n.group.Members, memories, found, w.now); states != nil {
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
	before := n.group.Role(n.states)
	var effects []Effect
	if len(n.states) == 1 {
		n.states[0], effects = n.group.Members[0].Step(n.states[0], ev, w.now)
	} else {
		n.states, effects = n.group.Step(n.states, m, ev, w.now)
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
	for i, s := range n.states {
		if (s.Role == Master) != (n.states[0].Role == Master) {
			w.moved = fmt.Errorf("node %d is master in part only", n.id)
		}
		if n.holding[i] != (s.Role == Master) {
			w.moved = fmt.Errorf("node %d is %v but holds its address: %v", n.id, s.Role, n.holding[i])
		}
	}
	if after := n.group.Role(n.states); after != before {
		w.trace("%v node %d (priority %d): %v -> %v, %v", w.now.Sub(t0), n.id, n.states[0].Priority, before, after, n.states[0].Reason)
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
	w.after(max(next.Sub(w.now), 0), func() {
		if !n.running || !n.waking.Equal(next) {
			return
		}
		n.waking = time.Time{}
		for m, s := range n.states {
			if due(s.Next(), w.now) {
				w.tell(n, m, Tick{})
			}
		}
		w.wake(n)
	})
}

// send brings an advert to all who are on the same part of the segment.
func (w *world) send(from *node, segment int, priority uint8) {
	from.sent[segment] = w.now
	if from.down[segment] {
		return
	}
	heard := Heard{Priority: priority, From: w.conditions(from, segment).Source}
	for _, to := range w.nodes {
		if to == from || w.cut[segment][to.id] != w.cut[segment][from.id] || w.rnd.Float64() < w.loss {
			continue
		}
		w.after(w.upTo(w.delay+time.Microsecond), func() {
			if !to.down[segment] {
				w.tell(to, segment, heard)
			}
		})
	}
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
