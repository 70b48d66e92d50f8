package vrrprole

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// writer writes addresses and gratuitous ARP, in the order in which it is
// asked. The loop never waits for it.
type writer struct {
	net      Net
	manifest manifest
	tell     func(input)
	wake     chan struct{} // one place: "there is something to do"; never closed

	mu        sync.Mutex // guards the queue: todo and announces
	todo      []task
	announces map[routerKey]*garpRounds // those in todo that take more

	verifying atomic.Bool // verifyAll is queued

	// What follows belongs to run.
	ctx       context.Context
	holdings  holdings
	announcer *announcer
	waiting   []chan struct{} // closed behind the batch
	refusals  map[any]refusal
	told      standing   // of them, as the loop knows
	did       plan.Plan  // what was carried out since the last change, until it is reported; nil: nobody asks
	adds      plan.State // of the batch: what the manifest has to name
	macvlans  macvlans
	wish      linkWish  // what is wanted of links
	prepared  plan.Plan // what was done for a change that is to come
	dropTable kernel.DropTable
}

// kernelRefusal says that the kernel did not do what the writer asked.
type kernelRefusal struct{ operation, reason string }

// garpRounds is gratuitous ARP that is queued.
type garpRounds struct {
	addrs []plan.Address
	n     int
}

// task is one thing to do. adds is what the manifest has to name before it begins.
type task struct {
	adds plan.State
	do   func(*writer)
}

func newWriter(net Net, runDir string, tell func(input)) *writer {
	h := &writer{
		net: net, manifest: manifest{file: state.ManifestOf(runDir, "vrrp")}, tell: tell, wake: make(chan struct{}, 1),
		holdings: newHoldings(), announces: map[routerKey]*garpRounds{}, refusals: map[any]refusal{},
	}
	h.announcer = &announcer{
		send: net.Announce, free: map[lane]time.Time{},
		holds:   func(n announcement) bool { return h.holdings.has(n.key, n.link, n.addr) },
		refused: func(n announcement, err error) { h.tell(kernelRefusal{"arping -U " + n.addr.String(), err.Error()}) },
	}
	return h
}

// run does what it is asked until ctx ends.
func (h *writer) run(ctx context.Context) {
	h.ctx = ctx
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		var due <-chan time.Time
		if at := h.announcer.due(); !at.IsZero() {
			pause.Reset(time.Until(at))
			due = pause.C
		}
		select {
		case <-h.wake:
		case <-due:
			h.announcer.tick(time.Now())
		case <-ctx.Done():
			return
		}
		for batch := h.take(); len(batch) > 0; batch = h.take() {
			h.carryOut(batch)
		}
	}
}

// carryOut does a batch. The manifest is written once before it, with all that
// the batch may add, and once after it.
func (h *writer) carryOut(batch []task) {
	var adds plan.State
	for _, d := range batch {
		adds = together(adds, d.adds)
	}
	h.adds = adds
	h.name()
	for _, d := range batch {
		d.do(h)
	}
	h.adds = plan.State{}
	h.name()
	h.settleRefusals()
	for _, c := range h.waiting {
		close(c)
	}
	h.waiting = nil
}

// name writes the manifest.
func (h *writer) name() {
	if err := h.manifest.name(h.holdings.all(), h.adds); err != nil {
		h.tell(kernelRefusal{"", err.Error()})
	}
}

// add queues a task.
func (h *writer) add(d task) {
	h.mu.Lock()
	h.todo = append(h.todo, d)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// do queues a task that adds nothing.
func (h *writer) do(f func(*writer)) { h.add(task{do: f}) }

// take gives all that is queued; none means that the writer rests.
func (h *writer) take() []task {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := h.todo
	h.todo = nil
	return batch
}

// done gives a channel that is closed when all that was queued is done, and the
// manifest says so.
func (h *writer) done() <-chan struct{} {
	c := make(chan struct{})
	h.do(func(h *writer) { h.waiting = append(h.waiting, c) })
	return c
}

// hold has a router hold this from now on, and nothing else.
func (h *writer) hold(key routerKey, things plan.State) {
	h.close(key, len(things.Addresses) == 0)
	h.add(task{adds: things, do: func(h *writer) {
		h.carry(h.holdings.change(wish{key, things}))
	}})
}

// holdAgain has a master go on holding what an earlier run of it held. Of announce
// it announces what was not there any more, or not in this form.
func (h *writer) holdAgain(key routerKey, things plan.State, announce []plan.Address, rounds int) {
	h.add(task{adds: things, do: func(h *writer) {
		there, err := h.there(things)
		if err != nil {
			h.tell(kernelRefusal{"ip address show", err.Error()})
		}
		added := h.carry(h.holdings.resume(wish{key, things}, there))
		h.rounds(key, slices.DeleteFunc(slices.Clone(announce), func(a plan.Address) bool {
			_, was := there.addresses[a.Key()]
			return was && !puts(added, a)
		}), rounds)
	}})
}

// release takes off what a master holds, except what another master holds too.
func (h *writer) release(key routerKey) { h.hold(key, plan.State{}) }

// newWish is a wish that comes with a new configuration, and the gratuitous ARP for
// what is new in it.
type newWish struct {
	wish
	announce []plan.Address
	rounds   int
}

// change makes masters hold what a new configuration says, all in one plan, and
// announces what is new to each or was put there anew.
func (h *writer) change(list []newWish) {
	var names plan.State
	for _, n := range list {
		h.close(n.router, len(n.Addresses) == 0)
		names = together(names, n.State)
	}
	h.add(task{adds: names, do: func(h *writer) {
		h.look()
		h.did = append(plan.Plan{}, h.prepared...)
		h.prepared = nil
		wishes, old := make([]wish, len(list)), make([][]plan.Address, len(list))
		for i, n := range list {
			wishes[i], old[i] = n.wish, h.holdings.addresses.wanted[n.router]
		}
		added := h.carry(h.holdings.change(wishes...))
		for i, n := range list {
			h.rounds(n.router, slices.DeleteFunc(slices.Clone(n.announce), func(a plan.Address) bool {
				held := slices.ContainsFunc(old[i], func(b plan.Address) bool { return a.Key() == b.Key() })
				return held && !puts(added, a)
			}), n.rounds)
		}
	}})
}

// puts says whether a plan adds an address.
func puts(p plan.Plan, a plan.Address) bool {
	return slices.ContainsFunc(p, func(o plan.Op) bool { return o.Verb == plan.AddAddress && o.Address.Key() == a.Key() })
}

// announce sends rounds of gratuitous ARP, unless the addresses were released
// meanwhile. What is asked for while the same is queued becomes one: a neighbour
// that claims the address again and again makes no backlog.
func (h *writer) announce(key routerKey, addrs []plan.Address, rounds int) {
	h.mu.Lock()
	queued := h.announces[key]
	if queued != nil {
		queued.addrs, queued.n = addrs, max(queued.n, rounds)
		h.mu.Unlock()
		return
	}
	queued = &garpRounds{addrs, rounds}
	h.announces[key] = queued
	h.mu.Unlock()
	h.do(func(h *writer) {
		h.mu.Lock()
		if h.announces[key] == queued {
			delete(h.announces, key)
		}
		now := *queued
		h.mu.Unlock()
		if h.holdings.addresses.wanted[key] != nil {
			h.rounds(key, now.addrs, now.n)
		}
	})
}

// close lets a queued announcement take no more: what follows is for other
// addresses. drop takes away what it has, too.
func (h *writer) close(key routerKey, drop bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if queued := h.announces[key]; queued != nil && drop {
		queued.n = 0
	}
	delete(h.announces, key)
}

// again tries once more to put on, and to take off, what the kernel refused.
func (h *writer) again() {
	h.do(func(h *writer) {
		h.remakeLinks()
		for _, key := range h.holdings.masters() {
			h.carry(h.holdings.change(wish{key, h.holdings.wanted(key)}))
		}
		h.carry(h.refusedDeletions())
	})
}

// retry is again for what one router is to hold.
func (h *writer) retry(key routerKey) {
	h.do(func(h *writer) { h.carry(h.holdings.change(wish{key, h.holdings.wanted(key)})) })
}

// follow takes our addresses along with a link that was renamed, and off it where no
// master is to hold them there: the kernel leaves them on the link.
func (h *writer) follow(from, to string) {
	h.do(func(h *writer) { h.carry(h.holdings.renamed(from, to)) })
}

// claim has the manifest name these daemons, and no others; the channel is closed when
// it does.
func (h *writer) claim(list []plan.SyncDaemon) <-chan struct{} {
	h.do(func(h *writer) { h.manifest.daemons = list })
	return h.done()
}

// inherit keeps what an earlier run left in the manifest until it is cleared.
func (h *writer) inherit(left plan.State) {
	h.add(task{adds: left, do: func(h *writer) { h.manifest.left = left }})
}

// carry carries a plan out and gives the operations that the kernel did. Where it had
// an address already that we knew nothing of, the address is made as it is asked for.
func (h *writer) carry(p plan.Plan) plan.Plan {
	done, unneeded := h.apply(p)
	more, _ := h.apply(h.remaining(unneeded))
	return append(done, more...)
}

// apply has the kernel do a plan. unneeded are the operations that it neither did nor
// refused: they count as carried out.
func (h *writer) apply(p plan.Plan) (done, unneeded plan.Plan) {
	if len(p) == 0 {
		return nil, nil
	}
	done, err := h.net.Apply(h.ctx, p)
	refused := h.tellRefusals(err)
	if h.ctx.Err() == nil {
		p = without(p, refused)
		unneeded = without(p, done)
		h.holdings.carried(p)
	} else {
		h.holdings.carried(done)
	}
	if h.did != nil {
		h.did = append(h.did, done...)
	}
	return done, unneeded
}

// without gives the operations of a plan that are not among others.
func without(p, others plan.Plan) plan.Plan {
	return slices.DeleteFunc(slices.Clone(p), func(o plan.Op) bool {
		return slices.ContainsFunc(others, func(r plan.Op) bool {
			return r.Verb == o.Verb && r.Address == o.Address && r.Route == o.Route && r.Rule == o.Rule && r.Drop == o.Drop
		})
	})
}

// remaining is what there is to do where the kernel found additions unneeded: it knows
// an address again by link and prefix, whatever its label, scope or broadcast are.
func (h *writer) remaining(unneeded plan.Plan) plan.Plan {
	var have, want plan.State
	for _, o := range unneeded {
		if o.Verb == plan.AddAddress {
			want.Addresses = append(want.Addresses, o.Address)
		}
	}
	if len(want.Addresses) == 0 {
		return nil
	}
	there, err := h.there(plan.State{})
	if err != nil {
		h.tell(kernelRefusal{"ip address show", err.Error()})
		return nil
	}
	for _, a := range want.Addresses {
		if now, is := there.addresses[a.Key()]; is {
			have.Addresses = append(have.Addresses, now)
		}
	}
	return plan.Diff(have, want)
}

// tellRefusals tells what the kernel did not do, and gives those operations.
func (h *writer) tellRefusals(err error) (refused plan.Plan) {
	for said, op := range refusals(err) {
		if op == nil {
			h.tell(said)
			continue
		}
		refused = append(refused, op.Op)
		if op.Op.Verb == plan.DeleteAddress && !h.linkThere(op.Op.Address.Link) {
			h.holdings.carried(plan.Plan{op.Op}) // the link went before us, with its addresses
			continue
		}
		h.refusals[aboutOf(op.Op)] = refusalOf(op.Op, op.Err)
		h.tell(said)
	}
	return refused
}

// refusals are what is said of each part of an error of the kernel, and the operation
// that it did not do; nil where the part is about none.
func refusals(err error) iter.Seq2[kernelRefusal, *kernel.OpError] {
	return func(yield func(kernelRefusal, *kernel.OpError) bool) {
		for _, e := range kernel.Errors(err) {
			said := kernelRefusal{"", e.Error()}
			var op *kernel.OpError
			if errors.As(e, &op) {
				said = kernelRefusal{op.Op.String(), op.Err.Error()}
			}
			if !yield(said, op) {
				return
			}
		}
	}
}

func (h *writer) linkThere(name string) bool {
	list, err := h.net.Links()
	return err != nil || slices.ContainsFunc(list, func(l kernel.Link) bool { return l.Name == name })
}

// rounds announces for a router: each round goes over all addresses, as fast as
// the pace of their interfaces allows.
func (h *writer) rounds(key routerKey, addrs []plan.Address, n int) {
	list := make([]announcement, 0, n*len(addrs))
	for range n {
		for _, a := range addrs {
			list = append(list, announcement{key, a.Link, a.Prefix.Addr()})
		}
	}
	h.announcer.add(time.Now(), list)
}

// setPace changes how fast announcements follow each other.
func (h *writer) setPace(p pace) { h.do(func(h *writer) { h.announcer.setPace(p) }) }
