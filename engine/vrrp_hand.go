package engine

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"

	"holdfast/engine/kernel"
	"holdfast/engine/plan"
)

// vrrpHand writes addresses and gratuitous ARP, in the order in which it is
// asked. The loop never waits for it.
type vrrpHand struct {
	net  VRRPNet
	path string
	tell func(vrrpInput)
	wake chan struct{} // one place: "there is something to do"; never closed

	mu        sync.Mutex // guards the queue: all up to busy
	todo      []vrrpDeed
	announces map[vrrpKey]*vrrpRounds // those in todo that take more
	busy      bool

	// What follows belongs to run.
	ctx    context.Context
	wanted map[vrrpKey][]plan.Address // what each master is to hold
	placed map[plan.Address]bool      // what is in the kernel by our doing
	left   []plan.Address             // of an earlier run, until they are cleared
	named  string                     // the manifest as written
}

// vrrpRounds is gratuitous ARP that is queued.
type vrrpRounds struct {
	addrs []plan.Address
	n     int
}

// vrrpDeed is one thing to do. adds are addresses that the manifest has to name
// before it begins.
type vrrpDeed struct {
	adds []plan.Address
	do   func(*vrrpHand)
}

func newVRRPHand(net VRRPNet, runDir string, tell func(vrrpInput)) *vrrpHand {
	return &vrrpHand{
		net: net, path: filepath.Join(runDir, vrrpManifest), tell: tell, wake: make(chan struct{}, 1),
		wanted: map[vrrpKey][]plan.Address{}, placed: map[plan.Address]bool{},
		announces: map[vrrpKey]*vrrpRounds{},
	}
}

// run does what it is asked until ctx ends.
func (h *vrrpHand) run(ctx context.Context) {
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
func (h *vrrpHand) carryOut(batch []vrrpDeed) {
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
func (h *vrrpHand) add(d vrrpDeed) {
	h.mu.Lock()
	h.todo = append(h.todo, d)
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// do queues a deed that adds nothing.
func (h *vrrpHand) do(f func(*vrrpHand)) { h.add(vrrpDeed{do: f}) }

// take gives all that is queued; none means that the hand rests.
func (h *vrrpHand) take() []vrrpDeed {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := h.todo
	h.todo = nil
	h.busy = len(batch) > 0
	return batch
}

// done gives a channel that is closed when all that was queued is done.
func (h *vrrpHand) done() <-chan struct{} {
	c := make(chan struct{})
	h.do(func(h *vrrpHand) {
		h.name(nil)
		close(c)
	})
	return c
}

// there reads which addresses the kernel has, by link and prefix.
func (h *vrrpHand) there() (map[plan.Address]bool, error) {
	list, err := h.net.Addresses()
	there := map[plan.Address]bool{}
	for _, a := range list {
		there[plan.Address{Link: a.Link, Prefix: a.Prefix}] = true
	}
	return there, err
}

func (h *vrrpHand) put(addrs []plan.Address) {
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
func (h *vrrpHand) takeOff(addrs []plan.Address) {
	var p plan.Plan
	for _, a := range addrs {
		if !h.isWanted(a) {
			p = append(p, plan.Op{Verb: plan.DeleteAddress, Address: a})
			delete(h.placed, a)
		}
	}
	h.apply(p)
}

func (h *vrrpHand) isWanted(a plan.Address) bool {
	for _, addrs := range h.wanted {
		if slices.ContainsFunc(addrs, func(b plan.Address) bool { return a.Link == b.Link && a.Prefix == b.Prefix }) {
			return true
		}
	}
	return false
}

// apply carries a plan out and gives the operations that were refused.
func (h *vrrpHand) apply(p plan.Plan) plan.Plan {
	if len(p) == 0 {
		return nil
	}
	_, err := h.net.Apply(h.ctx, p)
	if err == nil {
		return nil
	}
	var refused plan.Plan
	for _, e := range unjoin(err) {
		var op *kernel.OpError
		if !errors.As(e, &op) {
			h.tell(vrrpRefused{"", e.Error()})
			continue
		}
		refused = append(refused, op.Op)
		// Somebody took the address, or its link, off before us: it is gone.
		if op.Op.Verb == plan.AddAddress || h.linkThere(op.Op.Address.Link) {
			h.tell(vrrpRefused{op.Op.String(), op.Err.Error()})
		}
	}
	return refused
}

func (h *vrrpHand) linkThere(name string) bool {
	links, err := h.net.Links()
	return err != nil || slices.ContainsFunc(links, func(l kernel.Link) bool { return l.Name == name })
}

// unjoin takes an errors.Join apart.
func unjoin(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var flat []error
		for _, e := range many.Unwrap() {
			flat = append(flat, unjoin(e)...)
		}
		return flat
	}
	return []error{err}
}

// rounds announces: each round goes over all addresses, back to back.
func (h *vrrpHand) rounds(addrs []plan.Address, n int) {
	for range n {
		for _, a := range addrs {
			if err := h.net.Announce(a.Link, a.Prefix.Addr()); err != nil {
				h.tell(vrrpRefused{"arping -U " + a.Prefix.Addr().String(), err.Error()})
				return
			}
		}
	}
}
