package vrrprole

import (
	"context"
	"errors"
	"slices"
	"sync"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
	"holdfast/engine/state"
)

// writer writes addresses and gratuitous ARP, in the order in which it is
// asked. The loop never waits for it.
type writer struct {
	net      Net
	manifest *state.Manifest
	tell     func(input)
	wake     chan struct{} // one place: "there is something to do"; never closed

	mu        sync.Mutex // guards the queue: all up to busy
	todo      []task
	announces map[routerKey]*garpRounds // those in todo that take more
	busy      bool

	// What follows belongs to run.
	ctx    context.Context
	wanted map[routerKey][]plan.Address // what each master is to hold
	placed map[plan.Address]bool        // what is in the kernel by our doing
	left   []plan.Address               // of an earlier run, until they are cleared
}

// garpRounds is gratuitous ARP that is queued.
type garpRounds struct {
	addrs []plan.Address
	n     int
}

// task is one thing to do. adds are addresses that the manifest has to name
// before it begins.
type task struct {
	adds []plan.Address
	do   func(*writer)
}

func newWriter(net Net, runDir string, tell func(input)) *writer {
	return &writer{
		net: net, manifest: state.ManifestOf(runDir, "vrrp"), tell: tell, wake: make(chan struct{}, 1),
		wanted: map[routerKey][]plan.Address{}, placed: map[plan.Address]bool{},
		announces: map[routerKey]*garpRounds{},
	}
}

// run does what it is asked until ctx ends.
func (h *writer) run(ctx context.Context) {
	h.ctx = ctx
	for {
		select {
		case <-h.wake:
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
	var adds []plan.Address
	for _, d := range batch {
		adds = append(adds, d.adds...)
	}
	h.name(adds)
	for _, d := range batch {
		d.do(h)
	}
	h.name(nil)
}

// add queues a deed.
func (h *writer) add(d task) {
	h.mu.Lock()
	h.todo = append(h.todo, d)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// do queues a deed that adds nothing.
func (h *writer) do(f func(*writer)) { h.add(task{do: f}) }

// take gives all that is queued; none means that the writer rests.
func (h *writer) take() []task {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := h.todo
	h.todo = nil
	h.busy = len(batch) > 0
	return batch
}

// done gives a channel that is closed when all that was queued is done.
func (h *writer) done() <-chan struct{} {
	c := make(chan struct{})
	h.do(func(h *writer) {
		h.name(nil)
		close(c)
	})
	return c
}

// there reads which addresses the kernel has, by link and prefix.
func (h *writer) there() (map[plan.Address]bool, error) {
	list, err := h.net.Addresses()
	there := map[plan.Address]bool{}
	for _, a := range list {
		there[plan.Address{Link: a.Link, Prefix: a.Prefix}] = true
	}
	return there, err
}

func (h *writer) put(addrs []plan.Address) {
	p := make(plan.Plan, len(addrs))
	for i, a := range addrs {
		p[i] = plan.Op{Verb: plan.AddAddress, Address: a}
		h.placed[a] = true
	}
	for _, refused := range h.apply(p) {
		delete(h.placed, refused.Address)
	}
}

// takeOff deletes addresses that no master wants any more.
func (h *writer) takeOff(addrs []plan.Address) {
	var p plan.Plan
	for _, a := range addrs {
		if !h.isWanted(a) {
			p = append(p, plan.Op{Verb: plan.DeleteAddress, Address: a})
			delete(h.placed, a)
		}
	}
	h.apply(p)
}

func (h *writer) isWanted(a plan.Address) bool {
	for _, addrs := range h.wanted {
		if slices.ContainsFunc(addrs, func(b plan.Address) bool { return a.Link == b.Link && a.Prefix == b.Prefix }) {
			return true
		}
	}
	return false
}

// apply carries a plan out and gives the operations that were refused.
func (h *writer) apply(p plan.Plan) plan.Plan {
	if len(p) == 0 {
		return nil
	}
	_, err := h.net.Apply(h.ctx, p)
	if err == nil {
		return nil
	}
	var refused plan.Plan
	for _, e := range kernel.Errors(err) {
		var op *kernel.OpError
		if !errors.As(e, &op) {
			h.tell(kernelRefusal{"", e.Error()})
			continue
		}
		refused = append(refused, op.Op)
		// Somebody took the address, or its link, off before us: it is gone.
		if op.Op.Verb == plan.AddAddress || h.linkThere(op.Op.Address.Link) {
			h.tell(kernelRefusal{op.Op.String(), op.Err.Error()})
		}
	}
	return refused
}

func (h *writer) linkThere(name string) bool {
	links, err := h.net.Links()
	return err != nil || slices.ContainsFunc(links, func(l kernel.Link) bool { return l.Name == name })
}

// rounds announces: each round goes over all addresses, back to back.
func (h *writer) rounds(addrs []plan.Address, n int) {
	for range n {
		for _, a := range addrs {
			if err := h.net.Announce(a.Link, a.Prefix.Addr()); err != nil {
				h.tell(kernelRefusal{"arping -U " + a.Prefix.Addr().String(), err.Error()})
				return
			}
		}
	}
}
