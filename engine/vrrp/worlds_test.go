package vrrp

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

var (
	worldCount = flag.Uint64("worlds", 1500, "how many random worlds are run")
	worldFirst = flag.Uint64("first", 1, "the seed of the first of them")
	worldSeed  = flag.Uint64("seed", 0, "run only the world of this seed, and tell what happens in it")
)

// TestAfterTheWireHealsExactlyOneMasterTheBest runs random worlds: two to five routers
// on a wire that loses (also one way), doubles, delays, swaps and partitions, with links
// that fall, clocks that drift, programs that crash, stand still, are reloaded and come
// back, and addresses that are taken away. In each of them the laws of laws_test.go
// hold all the time. Then everything is healed, and after a while there has to be one
// master, for good. `make worlds` runs more of them.
func TestAfterTheWireHealsExactlyOneMasterTheBest(t *testing.T) {
	if *worldSeed != 0 {
		w := newWorld(*worldSeed)
		w.trace = t.Logf
		if err := w.live(); err != nil {
			t.Fatal(err)
		}
		return
	}
	var lived, events, masters atomic.Int64
	shards := uint64(runtime.GOMAXPROCS(0))
	t.Run("shard", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for seed := *worldFirst + shard; seed < *worldFirst+*worldCount && !t.Failed(); seed += shards {
					w := newWorld(seed)
					if err := w.live(); err != nil {
						t.Errorf("%v\nagain: go test -run OneMasterTheBest ./engine/vrrp/ -v -seed %d", err, seed)
					}
					lived.Add(1)
					events.Add(int64(w.count))
					masters.Add(int64(w.masters))
				}
			})
		}
	})
	t.Logf("%d random worlds, %d events, %d times a router became master", lived.Load(), events.Load(), masters.Load())
}

// newWorld draws the routers of a world.
func newWorld(seed uint64) *world {
	w := &world{rnd: rand.New(rand.NewPCG(seed, 1)), now: t0, trace: func(string, ...any) {}}
	members := 1
	if w.chance(2) {
		members = 1 + w.rnd.IntN(3)
	}
	n := 2 + w.rnd.IntN(4)
	base := w.drawRouter()
	noPreempt, patient, mixed := w.chance(5), w.chance(5), base.Version == Version3 && w.chance(3)
	for range members {
		w.cut = append(w.cut, make([]int, n))
		deaf := make([][]bool, n)
		for i := range deaf {
			deaf[i] = make([]bool, n)
		}
		w.deaf = append(w.deaf, deaf)
	}
	for id := range n {
		in := base
		if mixed {
			in.Advert = intervals[w.rnd.IntN(len(intervals))]
		}
		w.beat = max(w.beat, in.Advert)
		in.Priority = w.drawPriority()
		in.Master = w.chance(2)
		in.NoPreempt = noPreempt && !in.Master
		if patient && !in.Master {
			in.PreemptDelay = time.Duration(w.rnd.IntN(8)) * in.Advert
		}
		nd := &node{id: id, rate: 1, down: make([]bool, members)}
		if w.chance(2) {
			nd.rate = 1 + (w.rnd.Float64()-0.5)/10
		}
		for range members {
			nd.group.Members = append(nd.group.Members, in)
		}
		w.nodes = append(w.nodes, nd)
	}
	w.together = make([]rivals, members*n*n)
	w.delay = w.beat / 100
	return w
}

// intervals are those of version 3.
var intervals = []time.Duration{100 * time.Millisecond, 250 * time.Millisecond, time.Second}

// drawRouter is what all routers of a world have in common.
func (w *world) drawRouter() Instance {
	in := router()
	if in.Version = Version2; w.chance(2) {
		in.Version = Version3
		in.Advert = intervals[w.rnd.IntN(len(intervals))]
		in.Garp = Garp{Repeat: 1, Delay: 5 * in.Advert, LowerRepeat: 1}
	}
	if w.chance(4) {
		in.DownAdverts = 2 + w.rnd.IntN(4)
	}
	in.LastAdvert, in.NoAnswer = w.chance(6), w.chance(6)
	return in
}

func (w *world) drawPriority() uint8 {
	switch w.rnd.IntN(6) {
	case 0:
		return 100 // ties
	case 1:
		return PriorityOwner
	}
	return uint8(1 + w.rnd.IntN(254))
}

// chance is true in one of n cases.
func (w *world) chance(n int) bool { return w.rnd.IntN(n) == 0 }

// upTo is less than d, and 0 for none.
func (w *world) upTo(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(w.rnd.Int64N(int64(d)))
}
